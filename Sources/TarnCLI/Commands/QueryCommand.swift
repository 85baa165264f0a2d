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
    enum Int96Unit: String, ArgumentValue { case us, ns }

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
    var int96: Int96Unit?
    var withMetaFields = false
    var noMetadataTable = false
    var noProgress = false
    var asJSON = false

    static let word = "query"
    static let abstract = "Prints the rows of a table, or of a single Parquet file."
    static let parameters: [Parameter<Self>] = [
        .positional("TABLE", "The table, or a Parquet file.", \.table),
        .option("select", "a,b", "Only these columns, in this order (all); S.M is a member of a struct.", \.select),
        .options("where", "EXPR", "Only rows for which it holds: COL OP LITERAL, with = != < <= > >= in not-in is-null not-null.", \.conditions),
        .option("as-of", "INSTANT", "The table as it was at this instant.", \.asOf),
        .option("since", "INSTANT", "Only rows that commits after this instant wrote.", \.since),
        .option("until", "INSTANT", "With --since: by commits up to this instant (all).", \.until),
        .flag("read-optimized", "Of a merge-on-read table the base files alone.", \.readOptimized),
        .option("limit", "ROWS", "Stop after ROWS rows.", \.limit),
        .flag("count", "Print the number of rows alone.", \.countsOnly),
        .option("format", "table|ndjson|csv|parquet", "How to print rows (table).", \.format),
        .option("output", "FILE", "Write to FILE, replacing it (standard output).", \.output),
        .option("int96", "us|ns", "Of a single file: what times stored as INT96 are read as (us).", \.int96),
        .flag("with-meta-fields", "The five _hoodie_ columns first.", \.withMetaFields),
        .flag("no-metadata-table", "List files from storage; always so.", \.noMetadataTable),
        .flag("no-progress", "No progress on standard error.", \.noProgress),
        .flag("json", "Errors as JSON.", \.asJSON),
    ]

    func run() async throws -> Int32 {
        if let limit, limit < 0 { throw Failure(.usage, "--limit must not be negative") }
        let filter = Filter.all(try conditions.map { try Filter(parsing: $0) })
        if let file = try ParquetFile(table, s3) {
            try refuseWhatOnlyTablesHave()
            do { try await query(file, filter) } catch { throw Failure(error).ofFile(table) }
            return 0
        }
        guard int96 == nil else { throw Failure(.usage, "--int96 goes with a single file, not with tables") }
        let snapshot = try await snapshot()
        if countsOnly {
            try await write(count: try await snapshot.count(where: filter))
            return 0
        }
        let scan = snapshot.scan(columns: select?.names, where: filter, withMetaFields: withMetaFields)
        try await print(scan, try scan.schema)
        return 0
    }

    private func query(_ file: ParquetFile, _ filter: Filter?) async throws {
        var reader = try await file.reader()
        if int96 == .ns { reader = try reader.readingInt96AsNanoseconds() }
        guard countsOnly else {
            let rows = try reader.rows(of: select?.names, where: filter, tasks: format == .parquet ? Processors.count : 1)
            return try await print(rows, rows.schema)
        }
        var count = filter == nil ? reader.rowCount : 0
        if filter != nil {
            for try await batch in try reader.rows(of: [], where: filter) { count += Int64(batch.rowCount) }
        }
        try await write(count: count)
    }

    private func refuseWhatOnlyTablesHave() throws {
        let given = [
            ("--as-of", asOf != nil), ("--since", since != nil), ("--until", until != nil), ("--read-optimized", readOptimized),
            ("--with-meta-fields", withMetaFields),
        ]
        if let first = given.first(where: { $0.1 }) { throw Failure(.usage, "\(first.0) goes with tables, not with a single file") }
    }

    private func print<Rows: AsyncSequence>(_ rows: Rows, _ schema: Schema) async throws where Rows.Element == RecordBatch {
        switch format {
        case .table: try await print(rows, TableText(schema: schema))
        case .ndjson: try await print(rows, NDJSONWriter(schema: schema))
        case .csv: try await print(rows, CSVWriter(schema: schema))
        case .parquet: try await writeParquet(rows, schema)
        }
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

    /// The batches of `rows`, up to the limit.
    private func forEachBatch<Rows: AsyncSequence>(
        _ rows: Rows, _ body: (RecordBatch) async throws -> Void
    ) async throws where Rows.Element == RecordBatch {
        var left = limit ?? .max
        guard left > 0 else { return }
        for try await batch in rows {
            try await body(batch.rowCount <= left ? batch : batch.slice(0..<left))
            left -= min(left, batch.rowCount)
            if left == 0 { return }
        }
    }

    private func print<Rows: AsyncSequence>(_ rows: Rows, _ writer: some RowTextWriter) async throws where Rows.Element == RecordBatch {
        var writer = writer
        let target = try await OutputFile.open(output)
        try await forEachBatch(rows) { try await target.write(writer.append($0)) }
        try await target.write(writer.finish())
        try await target.finish()
    }

    private func writeParquet<Rows: AsyncSequence>(_ rows: Rows, _ schema: Schema) async throws where Rows.Element == RecordBatch {
        guard output != nil else { throw Failure(.usage, "--format parquet needs --output FILE") }
        let target = try await OutputFile.open(output)
        var options = ParquetWriteOptions()
        options.schemaHints = .arrow
        let writer = try ParquetFileWriter(schema: schema, options: options)
        try await forEachBatch(rows) { batch in
            try await writer.append(batch, tasks: Processors.count)
            for bytes in writer.takeOutput() { try await target.write(bytes) }
        }
        for bytes in try await writer.finish(tasks: Processors.count) { try await target.write(bytes) }
        try await target.finish()
    }

    private func write(count: Int64) async throws {
        let target = try await OutputFile.open(output)
        try await target.write(Bytes("\(limit.map { min(count, Int64($0)) } ?? count)\n"))
        try await target.finish()
    }
}
