public import TarnServices

extension Table {
    /// Moves old instants from the active timeline to the archive. When there are more completed writes than the upper bound,
    /// the newest stay, as many as the lower bound says; cleans and rollbacks are counted apart.
    ///
    /// Nothing is moved from an unfinished instant or a savepoint on, nor a replacecommit whose replaced files were not
    /// cleaned yet, nor the newest commit with the source ledger. Snapshots, of the past too, do not change.
    ///
    /// - Throws: ``TableError``: `conflict` when another writer is at work, `unsupported` for a table that is not written.
    @discardableResult
    public func archive(keepingCommits range: ClosedRange<Int> = 20...30) async throws -> ArchiveReport {
        try await tableErrors { try await Archival(handle, keeping: range).archive() }
    }
}
