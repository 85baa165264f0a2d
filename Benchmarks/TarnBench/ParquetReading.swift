import TarnColumns
import TarnTable

/// W2: a Parquet file to columns. `scan`: all of them; `prune`: three, of a day and an intent, most row groups ruled out by
/// their statistics; `filter`: three, of a tenant whose rows are everywhere.
final class ParquetReading: Workload {
    static let name = "W2"
    static let variants = ["scan", "prune", "filter"]

    private let variant: String
    private let base: String
    private let out: String
    private let tasks: Int
    private var batches: [RecordBatch] = []

    init(_ arguments: Arguments) throws {
        variant = arguments.variant
        base = try arguments.path("base")
        tasks = arguments.usesAllThreads ? 2 : 1
        out = try arguments.path("out") + "/o.parquet"
    }

    func prepare() async throws {}

    func run() async throws {
        if variant == "scan" {
            batches = try await ParquetFiles.batches(of: base, tasks: tasks)
            return
        }
        let filter = variant == "prune" ? Conversations.prunable : Conversations.ofTenant
        batches = try await ParquetFiles.batches(of: base, columns: Conversations.selected, where: filter, tasks: tasks)
    }

    func finish() async throws -> [(key: String, value: Int64)] {
        try await ParquetFiles.write(batches, schema: batches[0].schema, to: out)
        return [("rows", batches.reduce(0) { $0 + Int64($1.rowCount) })]
    }
}
