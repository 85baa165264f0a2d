import Tarn
import TarnTable

/// W5: a merge-on-read table, its logs Avro or Parquet, to columns.
final class SnapshotReading: Workload {
    static let name = "W5"
    static let variants = ["snapshot", "snapshot-parquet"]

    private let table: String
    private let out: String
    private var batches: [RecordBatch] = []

    init(_ arguments: Arguments) throws {
        table = try arguments.path(arguments.variant == "snapshot" ? "mor_avro" : "mor_parquet")
        out = try arguments.path("out") + "/o.parquet"
    }

    func prepare() async throws {}

    func run() async throws {
        let (store, path) = try Arguments.place(table)
        for try await batch in try await Table.open(path.text, in: store).snapshot().scan() { batches.append(batch) }
    }

    func finish() async throws -> [(key: String, value: Int64)] {
        try await ParquetFiles.write(batches, schema: batches[0].schema, to: out)
        return [("rows", batches.reduce(0) { $0 + Int64($1.rowCount) })]
    }
}
