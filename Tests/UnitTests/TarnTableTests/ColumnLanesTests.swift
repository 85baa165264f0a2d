import TarnBase
import TarnColumns
import TarnParquet
import TarnStorage
import TarnTable
import TarnTestSupport
import Testing

struct ColumnLanesTests {
    private func file(_ bytes: Bytes) async throws -> BaseFileReader {
        let store = MemoryStore()
        let path = try #require(ObjectPath("f.parquet"))
        try await store.put(bytes, at: path, condition: .always)
        return try await BaseFileReader.open(path, in: store)
    }

    private func bytes(of batch: RecordBatch, rowGroupRows: Int, pageBytes: Int) throws -> Bytes {
        var options = ParquetWriteOptions()
        (options.rowGroupRows, options.pageBytes) = (rowGroupRows, pageBytes)
        let writer = try ParquetFileWriter(schema: batch.schema, options: options)
        try writer.append(batch)
        var bytes = ByteBuilder()
        for part in try writer.takeOutput() + writer.finish() { bytes.append(part) }
        return bytes.finish()
    }

    @Test func `columns decoded side by side give the rows of one after another`() async throws {
        try await withSeed { _, seed in
            var random = RandomColumns()
            for _ in 0..<20 {
                let rows = random.int(0..<300)
                let schema = Schema((0..<random.int(1..<9)).map { Field("c\($0)", RandomColumns.allTypes[random.int(0..<RandomColumns.allTypes.count)]) })
                let batch = RecordBatch(schema: schema, columns: schema.fields.map { random.column($0.type, rows: rows) }, rowCount: rows)
                let file = try await file(try bytes(of: batch, rowGroupRows: random.int(1..<400), pageBytes: random.int(16..<4096)))
                let options = ScanOptions(batchRows: random.int(1..<200))
                for tasks in [1, 2, 3, 99] {
                    var next = 0
                    for try await chunk in file.rows(options: options, tasks: tasks) {
                        #expect(chunk.firstRow == Int64(next), "TARN_SEED=\(seed)")
                        for (column, expected) in zip(chunk.batch.columns, batch.columns) {
                            for row in 0..<chunk.batch.rowCount {
                                #expect(column.cell(at: row) == expected.cell(at: next + row), "TARN_SEED=\(seed) \(tasks) tasks, row \(next + row)")
                            }
                        }
                        next += chunk.batch.rowCount
                    }
                    #expect(next == rows, "TARN_SEED=\(seed)")
                }
            }
        }
    }

    @Test func `of several damaged columns the same one is named however many tasks read`() async throws {
        let columns = (0..<6).map { number in Column(.int64, cells: (0..<1000).map { .int(Int64($0 * (number + 1))) }) }
        let schema = Schema((0..<6).map { Field("c\($0)", .int64) })
        let whole = try bytes(of: RecordBatch(schema: schema, columns: columns, rowCount: 1000), rowGroupRows: 1000, pageBytes: 1024)
        let chunks = try await file(whole).metadata.rowGroups[0].columns
        var damaged = whole.array
        for column in [1, 2, 4, 5] { damaged[Int(chunks[column].byteRange.upperBound) - 20] ^= 0x55 }
        let file = try await file(Bytes(damaged))
        var errors: [String] = []
        for tasks in [1, 2, 2, 2] {
            let error = await #expect(throws: TableError.self) { for try await _ in file.rows(options: ScanOptions(batchRows: 100, verifyChecksums: true), tasks: tasks) {} }
            errors.append(try #require(error).description)
        }
        #expect(Set(errors[1...]).count == 1)
        #expect(errors.allSatisfy { error in [1, 2, 4, 5].contains { error.contains("c\($0)") } })
    }
}
