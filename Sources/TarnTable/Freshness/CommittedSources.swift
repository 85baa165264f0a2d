/// What the newest commits say about the sources a table is fed from (freshness.md §1).
package struct CommittedSources: Sendable {
    /// The newest ledger; nil: no active commit carries one. Archived commits are not searched.
    package let ledger: SourceLedger?
    /// The commit that carries it.
    package let ledgerInstant: Instant?

    /// Cost: one request for each commit back to the one that carries the ledger.
    package static func load(_ commits: CompletedCommits) async throws -> CommittedSources {
        guard let found = try await commits.newest(carrying: SourceLedger.key) else {
            return CommittedSources(ledger: nil, ledgerInstant: nil)
        }
        do {
            return CommittedSources(ledger: try SourceLedger(parsing: found.value), ledgerInstant: found.instant)
        } catch {
            throw TableError(error, at: commits.table.timelineFile(found.instant.fileName), instant: found.instant.time)
        }
    }
}
