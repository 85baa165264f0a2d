import TarnBase
import TarnColumns
import TarnTable

/// W1: columns in memory to one Parquet file.
final class ParquetWriting: Workload {
    static let name = "W1"
    static let variants = ["zstd", "snappy", "none"]

    private let codec: Codec
    private let base: String
    private let out: String
    private let tasks: Int
    private var batches: [RecordBatch] = []

    init(_ arguments: Arguments) throws {
        codec = arguments.variant == "zstd" ? .zstd(level: 3) : arguments.variant == "snappy" ? .snappy : .none
        base = try arguments.path("base")
        out = try arguments.path("out") + "/o.parquet"
        tasks = arguments.usesAllThreads ? 2 : 1
    }

    /// Plain values, as the peers have them: the codes of dictionary pages would spare the writer its own dictionaries.
    func prepare() async throws {
        batches = try await ParquetFiles.batches(of: base).map { batch in
            RecordBatch(schema: batch.schema, columns: batch.columns.map(ParquetWriting.plain), rowCount: batch.rowCount)
        }
    }

    func run() async throws {
        try await ParquetFiles.write(batches, schema: batches[0].schema, to: out, codec: codec, tasks: tasks)
    }

    func finish() async throws -> [(key: String, value: Int64)] { [("rows", batches.reduce(0) { $0 + Int64($1.rowCount) })] }

    private static func plain(_ column: Column) -> Column {
        guard case .list(let offsets, let elements) = column.values else { return column.decoded() }
        return Column(column.type, count: column.count, values: .list(offsets: offsets, elements: plain(elements)), validity: column.validity)
    }
}
