import TarnBase
import TarnColumns
package import TarnTable
package import TarnWrite

/// A copy-on-write table as a sink.
package struct TableSink: ChangeSink {
    private let table: TableHandle
    private let settings: WriteSettings

    package init(_ table: TableHandle, _ settings: WriteSettings) {
        self.table = table
        self.settings = settings
    }

    package func state() async throws -> SinkState {
        let properties = try await TableProperties.load(table)
        let commits = CompletedCommits(table, timeline: try await Timeline.load(table))
        guard let schema = try await TableSchema.load(properties, commits)?.schema else {
            throw TableError(.unsupported, "no commit and no property tells the table's schema", at: table.path)
        }
        let sources = try await CommittedSources.load(commits, try ArchiveFolder(table, properties))
        return SinkState(
            schema: schema, keyFields: properties.recordKeyFields, orderingField: properties.orderingField, ledger: sources.ledger,
            hasRows: try await commits.newest { !$1.partitions.isEmpty } != nil)
    }

    package func begin() async throws -> any ChangeTransaction {
        TableTransaction(try await WriteTransaction.begin(table, settings))
    }

    /// Cost: a listing of the timeline; the archive, if one of them is not on it.
    package func failedInstants(among instants: Set<InstantTime>) async throws -> Set<InstantTime> {
        let timeline = try await Timeline.load(table)
        // What is older than the oldest write may be archived, and its archive gone. The newest is not: archival never takes
        // that, so nothing is archived where it is the only one.
        let oldest = timeline.completedWrites.dropLast().first?.time
        let missing = instants.subtracting(timeline.completed.map(\.time)).filter { time in oldest.map { time > $0 } ?? true }
        guard !missing.isEmpty else { return [] }
        // Whatever order others archive in.
        return missing.subtracting(try await ArchiveFolder(table, try await TableProperties.load(table)).load().times)
    }
}

private final class TableTransaction: ChangeTransaction {
    private let write: WriteTransaction

    init(_ write: WriteTransaction) { self.write = write }

    func ledger() async throws -> SourceLedger? { try write.sourceLedgerText.map { try SourceLedger(parsing: $0) } }
    func storedRows(forKeys keys: Column) async throws -> RecordBatch { try await write.storedRows(forKeys: keys) }
    func stage(_ changes: ChangeBatch) async throws -> [RejectedRow] { try await write.stage(changes) }
    func commit(_ extras: CommitExtras) async throws -> CommitReport { try await write.commit(extras) }
    func abandon() async { await write.abandon() }
    func holdingLock<Result>(_ body: () async throws -> Result) async throws -> Result { try await write.holdingLock(body) }
}
