import TarnStorage

/// What the newest commits say about the sources a table is fed from (freshness.md §1).
package struct CommittedSources: Sendable {
    /// The newest ledger of a completed commit, active or archived; nil if there is none.
    package let ledger: SourceLedger?

    /// Cost: one request for each commit back to the one that carries the ledger; the archive, where no active commit does.
    package static func load(_ commits: CompletedCommits, _ archive: ArchiveFolder) async throws -> CommittedSources {
        if let found = try await commits.newest(carrying: SourceLedger.key) {
            return try parse(found.value, found.instant.time, at: commits.table.timelineFile(found.instant.fileName))
        }
        guard commits.timeline.firstActive != nil, let archived = try await archive.load().newestLedger, let text = archived.extra[SourceLedger.key] else {
            return CommittedSources(ledger: nil)
        }
        return try parse(text, archived.commit, at: archive.path)
    }

    private static func parse(_ text: String, _ commit: InstantTime, at path: ObjectPath) throws(TableError) -> CommittedSources {
        do { return CommittedSources(ledger: try SourceLedger(parsing: text)) } catch { throw TableError(error, at: path, instant: commit) }
    }
}
