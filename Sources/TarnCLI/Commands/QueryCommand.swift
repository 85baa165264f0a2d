import Tarn
import TarnBase
import TarnColumns
import TarnCommandLine
import TarnParquet
import TarnRead
import TarnStorage

struct QueryCommand: Command {
    enum Format: String, ArgumentValue { case table, ndjson, csv, parquet }

    var table = ""
    var select: NameList?
    var conditions: [String] = []
    var limit: Int?
    var countsOnly = false
    var format = Format.table
    var output: String?
    var withMetaFields = false
    var noMetadataTable = false
    var noProgress = false
    var asJSON = false

    static let word = "query"
    static let abstract = "Prints the rows of a table."
    static let parameters: [Parameter<Self>] = [
        .positional("TABLE", "The table.", \.table),
        .option("select", "a,b", "Only these columns, in this order (all).", \.select),
        .options("where", "EXPR", "Only rows for which it holds: COL OP LITERAL, with = != < <= > >= in not-in is-null not-null.", \.conditions),
        .option("limit", "ROWS", "Stop after ROWS rows.", \.limit),
        .flag("count", "Print the number of rows alone.", \.countsOnly),
        .option("format", "table|ndjson|csv|parquet", "How to print rows (table).", \.format),
        .option("output", "FILE", "Write to FILE, replacing it (standard output).", \.output),
        .flag("with-meta-fields", "The five _hoodie_ columns first.", \.withMetaFields),
        .flag("no-metadata-table", "List files from storage; always so.", \.noMetadataTable),
        .flag("no-progress", "No progress on standard error.", \.noProgress),
        .flag("json", "Errors as JSON.", \.asJSON),
    ]

    func run() async throws -> Int32 {
        if table.hasSuffix(".parquet") { throw Failure(.unsupported, "querying a single Parquet file does not work yet: \(table)") }
        if let limit, limit < 0 { throw Failure(.usage, "--limit must not be negative") }
        let snapshot = try await TableLocation(table).table.snapshot()
        let filter = Filter.all(try conditions.map { try Filter(parsing: $0) })
        if countsOnly {
            let count = try await snapshot.count(where: filter)
            try await write(Bytes("\(limit.map { min(count, Int64($0)) } ?? count)\n"))
            return 0
        }
        let scan = snapshot.scan(columns: select?.names, where: filter, withMetaFields: withMetaFields)
        switch format {
        case .table: try await print(scan, TableText(schema: try scan.schema))
        case .ndjson: try await print(scan, NDJSONWriter(schema: try scan.schema))
        case .csv: try await print(scan, CSVWriter(schema: try scan.schema))
        case .parquet: try await writeParquet(scan)
        }
        return 0
    }

    /// The scan's batches, up to the limit.
    private func forEachBatch(_ scan: Scan, _ body: (RecordBatch) async throws -> Void) async throws {
        var left = limit ?? .max
        guard left > 0 else { return }
        for try await batch in scan {
            try await body(batch.rowCount <= left ? batch : batch.slice(0..<left))
            left -= min(left, batch.rowCount)
            if left == 0 { return }
        }
    }

    private func print(_ scan: Scan, _ writer: some RowTextWriter) async throws {
        var writer = writer
        let target = try await OutputFile.open(output)
        try await forEachBatch(scan) { try await target.write(writer.append($0)) }
        try await target.write(writer.finish())
        try await target.finish()
    }

    private func writeParquet(_ scan: Scan) async throws {
        guard output != nil else { throw Failure(.usage, "--format parquet needs --output FILE") }
        let target = try await OutputFile.open(output)
        let writer = try ParquetFileWriter(schema: try scan.schema, options: ParquetWriteOptions())
        try await forEachBatch(scan) { batch in
            try writer.append(batch)
            for bytes in writer.takeOutput() { try await target.write(bytes) }
        }
        for bytes in try writer.finish(keyValueMetadata: []) { try await target.write(bytes) }
        try await target.finish()
    }

    private func write(_ bytes: Bytes) async throws {
        let target = try await OutputFile.open(output)
        try await target.write(bytes)
        try await target.finish()
    }
}
