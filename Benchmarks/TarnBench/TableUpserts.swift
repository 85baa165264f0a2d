import Tarn
import TarnTable

/// W3: batches of changes, a commit each, into a table by day: copy-on-write, or merge-on-read.
final class TableUpserts: Workload {
    static let name = "W3"
    static let variants = ["upsert", "upsert-mor"]

    private let type: TableConfiguration.TableType
    private let base: String
    private let batches: String
    private let table: BenchTable

    init(_ arguments: Arguments) throws {
        type = arguments.variant == "upsert" ? .copyOnWrite : .mergeOnRead
        base = try arguments.path("base")
        batches = try arguments.path("batches")
        table = try BenchTable(below: try arguments.path("out"))
    }

    func prepare() async throws { try await table.load(base, type: type) }

    func run() async throws {
        let opened = try await Table.open(table.path.text, in: table.store)
        var options = WriteOptions()
        options.deletes = .equal("op", "d")
        for file in try await Arguments.files(in: batches, ending: ".parquet") {
            let changes = try await ParquetFiles.open(file).rows(of: ["op"] + Conversations.schema.names)
            try await opened.upsert(changes, options: options)
            table.commits += 1
        }
    }

    func finish() async throws -> [(key: String, value: Int64)] { table.figures }
}
