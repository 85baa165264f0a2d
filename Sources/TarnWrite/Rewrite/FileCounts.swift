/// The rows of one file by what this write did to them.
package struct FileCounts: Hashable, Sendable {
    package var inserted: Int64 = 0
    package var updated: Int64 = 0
    package var deleted: Int64 = 0
    /// Milliseconds, of the changes in the file that have one.
    package var firstEvent: Int64?
    package var lastEvent: Int64?

    package init() {}

    package mutating func see(event: Int64) {
        firstEvent = min(firstEvent ?? event, event)
        lastEvent = max(lastEvent ?? event, event)
    }
}
