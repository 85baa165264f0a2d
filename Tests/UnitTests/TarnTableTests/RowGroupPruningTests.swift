import TarnBase
import TarnColumns
import TarnParquet
import TarnStorage
import TarnTable
import TarnTestSupport
import Testing

struct RowGroupPruningTests {
    private static let types: [DataType] = [.int32, .int64, .date, .timestamp(.microseconds), .float, .double, .string, .boolean]

    /// A file of several row groups in a memory store.
    private func reader(of batch: RecordBatch, rowGroupRows: Int) async throws -> BaseFileReader {
        var options = ParquetWriteOptions()
        options.rowGroupRows = rowGroupRows
        let writer = try ParquetFileWriter(schema: batch.schema, options: options)
        try writer.append(batch)
        var bytes = ByteBuilder()
        for part in try writer.takeOutput() + writer.finish() { bytes.append(part) }
        let store = MemoryStore()
        let path = try #require(ObjectPath("f.parquet"))
        try await store.put(bytes.finish(), at: path, condition: .always)
        return try await BaseFileReader.open(path, in: store)
    }

    @Test func `reading with a filter gives the rows that filtering everything gives`() async throws {
        try await withSeed { _, seed in
            var random = RandomColumns()
            let schema = Schema(Self.types.enumerated().map { Field("c\($0)", $1) })
            for _ in 0..<40 {
                let rows = random.int(1..<60)
                let batch = RecordBatch(schema: schema, columns: schema.fields.map { random.column($0.type, rows: rows) }, rowCount: rows)
                let reader = try await reader(of: batch, rowGroupRows: random.int(1..<20))
                for (position, field) in schema.fields.enumerated() {
                    let literal = Self.literal(batch.columns[position].cell(at: random.int(0..<rows)))
                    for filter in [Filter.equal(field.name, literal), .less(field.name, literal), .greaterOrEqual(field.name, literal), .isNull(field.name), !.equal(field.name, literal)] {
                        guard let bound = try? BoundFilter(filter, schema: schema) else { continue }
                        let expected = batch.filter(bound.evaluate(batch))
                        var found = 0
                        for try await part in try reader.rows(of: ["c0", "c6"], where: filter) {
                            for row in 0..<part.rowCount {
                                #expect(part.columns[0].cell(at: row) == expected.columns[0].cell(at: found + row), "TARN_SEED=\(seed)")
                                #expect(part.columns[1].cell(at: row) == expected.columns[6].cell(at: found + row), "TARN_SEED=\(seed)")
                            }
                            found += part.rowCount
                        }
                        #expect(found == expected.rowCount, "TARN_SEED=\(seed) \(filter)")
                    }
                }
            }
        }
    }

    private static func literal(_ cell: Cell) -> Filter.Literal {
        switch cell {
        case .boolean(let value): .boolean(value)
        case .int(let value): .integer(value)
        case .float(let value): .double(Double(value))
        case .double(let value): .double(value)
        case .text(let bytes): .text(String(decoding: bytes.array, as: UTF8.self))
        default: .integer(0)
        }
    }

    @Test func `row groups that cannot match are not asked for`() async throws {
        let ids = Column(.int64, cells: (0..<100).map { .int(Int64($0)) })
        let names = Column(.string, cells: (0..<100).map { .text(Bytes("name \($0 / 10)")) })
        let reader = try await reader(of: RecordBatch(schema: [Field("id", .int64), Field("name", .string)], columns: [ids, names], rowCount: 100), rowGroupRows: 10)
        func groups(_ filter: Filter) throws -> [Int] { reader.metadata.rowGroups(matching: try BoundFilter(filter, schema: reader.schema)) }
        #expect(try groups(.equal("id", 42)) == [4])
        #expect(try groups(.less("id", 20)) == [0, 1])
        #expect(try groups(.equal("name", "name 7")) == [7])
        #expect(try groups(.isNull("name")) == [])
        // A column that the table knows by another type is not judged.
        #expect(reader.metadata.rowGroups(matching: try BoundFilter(.equal("id", 42), schema: [Field("id", .double)])) == Array(0..<10))
    }
}
