import BenchSupport
import TarnBase
import TarnColumns
import TarnParquet

/// Row groups of which one column changes: copied but for that column, beside decoded and encoded anew as a whole.
///
/// Both put what comes out one behind the other, as a store would have it.
enum CopySuite: Suite {
    static let name = "copy"
    static let rows = 500_000

    static func cases(_ arguments: SuiteArguments) throws -> [Case] {
        let source = try arguments.file == nil ? trips(arguments.rows) : SuiteData.conversations(arguments)
        let file = try MemoryFile(source.batches.written(ParquetWriteOptions()))
        let after = try SuiteData(source.batches.map { replacing($0) })
        return [
            Case("one column encoded, the others copied", after, { try copy(file) }, checksum: { try MemoryFile($0).checksum() }),
            Case("all columns decoded and encoded", after, { try encode(file) }, checksum: { try MemoryFile($0).checksum() }),
        ]
    }

    private static func trips(_ rows: Int) throws -> SuiteData {
        let schema = Schema([Field("file", .string)] + Trips.schema.fields)
        return try SuiteData(
            stride(from: 0, to: rows, by: 8192).map { start in
                let batch = Trips.batch(start..<min(rows, start + 8192), cities: 100, version: 1)
                return RecordBatch(schema: schema, columns: [.constant("before", count: batch.rowCount)] + batch.columns, rowCount: batch.rowCount)
            })
    }

    private static func replacing(_ batch: RecordBatch) -> RecordBatch {
        var columns = batch.columns
        columns[0] = .constant("after", count: batch.rowCount)
        return RecordBatch(schema: batch.schema, columns: columns, rowCount: batch.rowCount)
    }

    // MARK: The two ways

    private static func copy(_ file: MemoryFile) throws -> Bytes {
        let writer = try ParquetFileWriter(schema: file.metadata.schema)
        var pieces: [Bytes] = []
        let kept = Array(file.metadata.tree.fields.indices.dropFirst())
        for (number, group) in file.metadata.rowGroups.enumerated() {
            let copy = try RowGroupCopy(of: number, in: file.metadata, fields: kept, fileSize: Int64(file.bytes.count))
            let copied = try copy.fields(from: copy.ranges.map { file[$0] }).map { RowGroupColumn.encoded($0) }
            try writer.appendRowGroup([.values(.constant("after", count: Int(group.rowCount)))] + copied, rowCount: Int(group.rowCount))
            pieces += writer.takeOutput()
        }
        return Bytes(joining: try pieces + writer.finish())
    }

    private static func encode(_ file: MemoryFile) throws -> Bytes {
        let writer = try ParquetFileWriter(schema: file.metadata.schema)
        var pieces: [Bytes] = []
        try file.forEachBatch { batch in
            try writer.append(replacing(batch))
            pieces += writer.takeOutput()
        }
        return Bytes(joining: try pieces + writer.finish())
    }
}
