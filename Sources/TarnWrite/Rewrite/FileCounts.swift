/// The rows of one file by what this write did to them.
struct FileCounts: Hashable, Sendable {
    var inserted: Int64 = 0
    var updated: Int64 = 0
    var deleted: Int64 = 0
    /// Milliseconds, of the changes in the file that have one.
    var firstEvent: Int64?
    var lastEvent: Int64?

    mutating func see(event: Int64) {
        firstEvent = min(firstEvent ?? event, event)
        lastEvent = max(lastEvent ?? event, event)
    }
}
