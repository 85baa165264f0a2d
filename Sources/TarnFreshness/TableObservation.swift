package import TarnTable

/// What a table's timeline tells of its sources, as of one moment. Read from storage by ``FreshnessObserver``; everything that
/// is concluded from it is a pure function.
package struct TableObservation: Hashable, Sendable {
    /// A completed commit of data, newest last.
    package struct Commit: Hashable, Sendable {
        /// When it was completed, milliseconds since 1970 UTC.
        package var completedAt: Int64
        /// Offsets after it; nil where another engine wrote no ledger.
        package var ledger: [String: Entry]?

        package init(completedAt: Int64, ledger: [String: Entry]?) {
            self.completedAt = completedAt
            self.ledger = ledger
        }
    }

    /// A partition in the ledger.
    package struct Entry: Hashable, Sendable {
        /// The first offset not committed.
        package var next: Int64
        package var rows: Int64?
        package var firstEvent: Int64?
        package var lastEvent: Int64?
        package var greatestEvent: Int64?
        package var movedAt: Int64?

        package init(
            next: Int64, rows: Int64? = nil, firstEvent: Int64? = nil, lastEvent: Int64? = nil, greatestEvent: Int64? = nil,
            movedAt: Int64? = nil
        ) {
            self.next = next
            self.rows = rows
            self.firstEvent = firstEvent
            self.lastEvent = lastEvent
            self.greatestEvent = greatestEvent
            self.movedAt = movedAt
        }
    }

    /// The newest commits of data up to the moment, oldest first.
    package var commits: [Commit]
    package var smallFiles: Int
    /// What waits in log files.
    package var backlog: CompactionBacklog

    package init(commits: [Commit], smallFiles: Int = 0, backlog: CompactionBacklog = CompactionBacklog()) {
        self.commits = commits
        self.smallFiles = smallFiles
        self.backlog = backlog
    }

    /// The newest ledger; commits of other engines in between hide nothing.
    package var ledger: [String: Entry]? { commits.last { $0.ledger != nil }?.ledger }

    /// The 90th percentile of the last 20 gaps between commits of data, milliseconds; nil with fewer than two commits.
    package var usualCommitInterval: Int64? {
        let times = commits.map(\.completedAt).suffix(21)
        let gaps = zip(times, times.dropFirst()).map { $1 - $0 }.sorted()
        guard !gaps.isEmpty else { return nil }
        return gaps[(gaps.count * 9 + 9) / 10 - 1]
    }
}
