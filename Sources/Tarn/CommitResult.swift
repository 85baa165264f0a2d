public import TarnTable

/// What a write did.
public struct CommitResult: Hashable, Sendable {
    /// The commit; nil when there was nothing to do.
    public let instant: InstantTime?
    public let statistics: Statistics
    /// The commit token was known: this commit was made before, and nothing was done now.
    public let wasAlreadyCommitted: Bool

    public struct Statistics: Hashable, Sendable {
        public let rowsIn: Int64
        public let inserted: Int64
        public let updated: Int64
        public let deleted: Int64
        /// Older than the stored row.
        public let stale: Int64
        /// Lost to another change of the same key in this write.
        public let duplicates: Int64
        public let filesWritten: Int64
        public let bytesWritten: Int64
        public let filesRead: Int64
        public let bytesRead: Int64
        public let seconds: Double
    }
}
