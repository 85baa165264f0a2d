/// Which blocks of logs count in a read (hudi-format §5.4, rules 3 to 5).
package struct LogVisibility: Sendable {
    private let completed: Set<InstantTime>
    private let firstActive: InstantTime?
    private let maximum: InstantTime?
    private let minimum: InstantTime?

    /// - Parameters:
    ///   - maximum: The instant read at; nil for now.
    ///   - minimum: Blocks up to and including this instant are left out: the begin of an incremental read.
    package init(_ timeline: Timeline, upTo maximum: InstantTime? = nil, after minimum: InstantTime? = nil) {
        completed = Set(timeline.completedWrites.map(\.time))
        firstActive = timeline.firstActive
        self.maximum = maximum
        self.minimum = minimum
    }

    /// Whether rows or deletes written at `time` count: the write is completed, or older than the active timeline, and in
    /// the range.
    package func shows(_ time: InstantTime) -> Bool {
        if let maximum, time > maximum { return false }
        if let minimum, time <= minimum { return false }
        return completed.contains(time) || firstActive.map { time < $0 } ?? false
    }
}
