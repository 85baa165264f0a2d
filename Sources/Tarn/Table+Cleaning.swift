public import TarnServices
import TarnTable

extension Table {
    /// Deletes file versions that no snapshot worth keeping reads, in one instant.
    ///
    /// The newest version of every file group stays, as does what a savepoint or a pending compaction or clustering needs.
    /// Cleans that died are finished first. Reads of what was cleaned away are refused from then on.
    ///
    /// - Throws: ``TableError``: `conflict` when another writer is at work, `unsupported` for a table that is not written.
    ///
    /// Cost: a listing of the table; three requests, and one for each started 1,000 files that go.
    @discardableResult
    public func clean(keeping retention: Retention = .commits(10)) async throws -> CleanReport {
        try await tableErrors { try await Cleaning(handle, keeping: retention).clean() }
    }
}
