import Tarn
import TarnColumns
import TarnIngest
import TarnTable
import TarnWrite

/// W7 `parse`: Debezium envelopes, a line each, to columns.
final class EventParsing: Workload {
    static let name = "W7"
    static let variants = ["parse"]

    private let snapshot: String
    private let out: String
    private let sink = ColumnSink()

    init(_ arguments: Arguments) throws {
        snapshot = try arguments.path("snapshot")
        out = try arguments.path("out") + "/o.parquet"
    }

    func prepare() async throws {}

    func run() async throws { try await Events.ingest([snapshot], into: sink) }

    func finish() async throws -> [(key: String, value: Int64)] {
        try await ParquetFiles.write(sink.batches, schema: sink.batches[0].schema, to: out)
        return [("rows", sink.batches.reduce(0) { $0 + Int64($1.rowCount) })]
    }
}

/// A sink that keeps the rows it gets in memory.
// Sendable: an ingest calls its sink one call after the other.
private final class ColumnSink: ChangeSink, ChangeTransaction, @unchecked Sendable {
    private(set) var batches: [RecordBatch] = []

    func state() async throws -> SinkState {
        SinkState(schema: Conversations.schema, keyFields: ["conversation_id"], orderingField: "event_ts", ledger: nil, hasRows: false)
    }
    func begin() async throws -> any ChangeTransaction { self }
    func failedInstants(among instants: Set<InstantTime>) async throws -> Set<InstantTime> { [] }

    func ledger() async throws -> SourceLedger? { nil }
    func storedRows(forKeys keys: Column) async throws -> RecordBatch { RecordBatch(schema: Conversations.schema, rows: []) }
    func stage(_ changes: ChangeBatch) async throws -> [RejectedRow] {
        batches.append(changes.rows)
        return []
    }
    func commit(_ extras: CommitExtras) async throws -> CommitReport { CommitReport(operation: .upsert) }
    func abandon() async {}
}
