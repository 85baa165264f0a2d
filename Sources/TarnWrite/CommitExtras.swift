package import TarnTable

/// What a commit carries besides data.
package struct CommitExtras: Sendable {
    /// Entries of the commit's extra metadata, such as `tarn.sources` and `tarn.watermark_ms` (freshness.md 1). They
    /// replace what would be carried forward from the commits before.
    package var metadata: [(key: String, value: String)] = []
    /// Events that were read from the source for this commit; nil = as many as rows were staged.
    package var eventsRead: Int64?
    /// Events that were read and put aside.
    package var eventsQuarantined: Int64 = 0
    /// Called with the commit's instant when all data is written and nothing is visible yet, for what must be durable
    /// before the commit and is named by it (quarantine files). An error ends the write without a commit.
    package var beforeCompletion: (@Sendable (InstantTime) async throws -> Void)?
    /// Commit even if no row changes: there is a source position or a token to record.
    package var commitsWithoutChanges = false

    package init() {}
}
