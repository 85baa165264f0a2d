import BenchSupport
import Glibc
import TarnBase
import TarnColumns
import TarnParquet
import TarnTable

/// Rows that suites work on, and what they are held against.
struct SuiteData {
    let batches: [RecordBatch]
    let rowCount: Int
    let valueCount: Int
    /// As PLAIN, with the levels.
    let byteCount: Int
    let checksum: UInt64

    var schema: Schema { batches[0].schema }

    init(_ batches: [RecordBatch]) throws {
        precondition(!batches.isEmpty, "a suite works on rows")
        self.batches = batches
        rowCount = batches.reduce(0) { $0 + $1.rowCount }
        valueCount = rowCount * batches[0].columns.count
        checksum = batches.checksum()
        var options = ParquetWriteOptions()
        options.codec = .none
        options.usesDictionaries = false
        byteCount = try MemoryFile(batches.written(options)).metadata.rowGroups.reduce(0) { $0 + Int($1.byteCount) }
    }

    /// Conversations, as the peer kit's: those of the file, if one is given.
    static func conversations(_ arguments: SuiteArguments) throws -> SuiteData {
        let rows = arguments.rows
        if let file = arguments.file { return try SuiteData(plain(MemoryFile(read(file)).batches(), rows)) }
        return try SuiteData(stride(from: 0, to: rows, by: 8192).map { ConversationRows.batch($0..<min(rows, $0 + 8192)) })
    }

    /// Plain values: the codes of dictionary pages would spare the writer its own dictionaries.
    private static func plain(_ batches: [RecordBatch], _ rows: Int) -> [RecordBatch] {
        var left = rows
        return batches.compactMap { batch in
            guard left > 0 else { return nil }
            let part = batch.slice(0..<min(left, batch.rowCount))
            left -= part.rowCount
            return RecordBatch(schema: part.schema, columns: part.columns.map(plain), rowCount: part.rowCount)
        }
    }

    private static func plain(_ column: Column) -> Column {
        guard case .list(let offsets, let elements) = column.values else { return column.decoded() }
        return Column(column.type, count: column.count, values: .list(offsets: offsets, elements: plain(elements)), validity: column.validity)
    }

    private static func read(_ path: String) throws -> Bytes {
        guard let file = fopen(path, "r") else { throw TableError(.invalid, "\(path) cannot be read") }
        defer { fclose(file) }
        fseek(file, 0, SEEK_END)
        let size = ftell(file)
        rewind(file)
        return Bytes(unsafeUninitializedCapacity: size) { fread($0.baseAddress, 1, size, file) }
    }
}

extension [RecordBatch] {
    /// The pieces of a Parquet file, as a store takes them.
    func written(_ options: ParquetWriteOptions) throws -> [Bytes] {
        let writer = try ParquetFileWriter(schema: self[0].schema, options: options)
        var pieces: [Bytes] = []
        for batch in self {
            try writer.append(batch)
            pieces += writer.takeOutput()
        }
        return try pieces + writer.finish()
    }

    func written(_ options: ParquetWriteOptions, tasks: Int) async throws -> [Bytes] {
        let writer = try ParquetFileWriter(schema: self[0].schema, options: options)
        var pieces: [Bytes] = []
        for batch in self {
            try await writer.append(batch, tasks: tasks)
            pieces += writer.takeOutput()
        }
        return try await pieces + writer.finish(tasks: tasks)
    }
}
