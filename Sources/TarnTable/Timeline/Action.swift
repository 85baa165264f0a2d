/// What an instant does to the table. Raw values are the words of file names (hudi-format §2.2).
package enum Action: String, Hashable, Sendable, CaseIterable {
    case commit
    case deltaCommit = "deltacommit"
    case compaction
    case logCompaction = "logcompaction"
    /// Insert-overwrite, delete-partition and clustering.
    case replaceCommit = "replacecommit"
    case clean
    case rollback
    case savepoint
    case restore
    case indexing
    /// In `.hoodie/.schema`, not on the timeline proper.
    case schemaCommit = "schemacommit"

    /// The action under which this one completes: what its completed file is called, and what its states are grouped by.
    package var comparable: Action {
        switch self {
        case .compaction: .commit
        case .logCompaction: .deltaCommit
        default: self
        }
    }

    /// Whether its completed file names data files that readers see: commits of every kind.
    package var writesData: Bool {
        switch comparable {
        case .commit, .deltaCommit, .replaceCommit: true
        default: false
        }
    }
}
