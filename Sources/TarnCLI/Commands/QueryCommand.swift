import Tarn
import TarnBase
import TarnColumns
import TarnCommandLine
import TarnLocations
import TarnParquet
import TarnRead
import TarnStorage
import TarnTable

struct QueryCommand: Command {
    enum Format: String, ArgumentValue { case table, ndjson, csv, parquet }

    var table = ""
    var s3 = S3Options()
    var select: NameList?
    var conditions: [String] = []
    var asOf: String?
    var since: String?
    var until: String?
    var readOptimized = false
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
        .option("as-of", "INSTANT", "The table as it was at this instant.", \.asOf),
        .option("since", "INSTANT", "Only rows that commits after this instant wrote.", \.since),
        .option("until", "INSTANT", "With --since: by commits up to this instant (all).", \.until),
        .flag("read-optimized", "Of a merge-on-read table the base files alone.", \.readOptimized),
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
        let snapshot = try await snapshot()
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

    private func snapshot() async throws -> Snapshot {
        let table = try TableLocation(self).table
        guard let since else {
            guard until == nil else { throw Failure(.usage, "--until needs --since") }
            return try await table.snapshot(asOf: try asOf.map { try instant($0, "--as-of") }, readOptimized: readOptimized)
        }
        guard asOf == nil, !readOptimized else { throw Failure(.usage, "--since goes with neither --as-of nor --read-optimized") }
        return try await table.incremental(after: try instant(since, "--since"), upTo: try until.map { try instant($0, "--until") })
    }

    /// An instant's digits; fewer stand for the first instant that begins with them, as text compares.
    private func instant(_ text: String, _ option: String) throws -> InstantTime {
        let digits = text.count < 14 ? text + String(repeating: "0", count: 14 - text.count) : text
        guard let time = InstantTime(digits) else { throw Failure(.usage, "\(option) takes an instant, digits as in \(InstantTime.zero): '\(text)'") }
        return time
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
