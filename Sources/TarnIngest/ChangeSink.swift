package import TarnColumns
package import TarnTable
package import TarnWrite

/// Where an ingest puts its changes: a table, or a script in tests.
package protocol ChangeSink: Sendable {
    /// What the table says of itself now. Cost: a listing of the timeline and what the newest ledger needs.
    func state() async throws -> SinkState
    /// Begins one commit.
    func begin() async throws -> any ChangeTransaction
    /// Those that are known not to have become commits, for telling what they left behind.
    func failedInstants(among instants: Set<InstantTime>) async throws -> Set<InstantTime>
}

/// One commit: any number of `stage`, then `commit` or `abandon`. See ``TarnWrite/WriteTransaction``.
package protocol ChangeTransaction: AnyObject {
    /// The newest ledger, read under the writer's lock.
    func ledger() async throws -> SourceLedger?
    func storedRows(forKeys keys: Column) async throws -> RecordBatch
    func stage(_ changes: ChangeBatch) async throws -> [RejectedRow]
    func commit(_ extras: CommitExtras) async throws -> CommitReport
    func abandon() async
    /// Runs `body`, and sees to it that the writer's lock lasts: for waits between the other calls.
    func holdingLock<Result>(_ body: () async throws -> Result) async throws -> Result
}

extension ChangeTransaction {
    /// Of a sink without a lock.
    package func holdingLock<Result>(_ body: () async throws -> Result) async throws -> Result { try await body() }
}

package struct SinkState: Sendable {
    /// The table's columns, without meta fields.
    package let schema: Schema
    package let keyFields: [String]
    package let orderingField: String?
    package let ledger: SourceLedger?
    /// Whether a commit brought rows.
    package let hasRows: Bool

    package init(schema: Schema, keyFields: [String], orderingField: String?, ledger: SourceLedger?, hasRows: Bool) {
        self.schema = schema
        self.keyFields = keyFields
        self.orderingField = orderingField
        self.ledger = ledger
        self.hasRows = hasRows
    }
}
