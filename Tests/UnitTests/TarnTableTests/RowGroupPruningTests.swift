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
    private func reader(of batch: RecordBatch, rowGroupRows: Int, in store: any ObjectStore = MemoryStore()) async throws -> BaseFileReader {
        var options = ParquetWriteOptions()
        options.rowGroupRows = rowGroupRows
        let writer = try ParquetFileWriter(schema: batch.schema, options: options)
        try writer.append(batch)
        var bytes = ByteBuilder()
        for part in try writer.takeOutput() + writer.finish() { bytes.append(part) }
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

    @Test func `of a struct the members asked for are read, and no byte of the others`() async throws {
        let members = [Field("a", .int64), Field("long", .string), Field("inner", .struct([Field("x", .int32), Field("y", .string)]))]
        let schema: Schema = [Field("id", .int64), Field("s", .struct(members)), Field("l", .list(.struct([Field("p", .int64), Field("q", .string)])))]
        var random = RandomColumns()
        let batch = RecordBatch(schema: schema, columns: schema.fields.map { random.column($0.type, rows: 500) }, rowCount: 500)
        let store = RecordingStore(MemoryStore())
        let reader = try await reader(of: batch, rowGroupRows: 200, in: store)
        let plans: [(columns: [String], filter: Filter?, leaves: Set<String>)] = [
            (["s.inner.x"], nil, ["s.inner.x"]), (["l.element.p", "s.a"], nil, ["l.list.element.p", "s.a"]), (["s.a"], .isNotNull("s.inner.x"), ["s.a", "s.inner.x"]),
            (["id"], .isNull("s"), ["id", "s.a"]), (["s.inner"], .greater("s.a", 0), ["s.a", "s.inner.x", "s.inner.y"]),
        ]
        for (columns, filter, leaves) in plans {
            store.removeAllCalls()
            var selection = ColumnSelection(of: schema)
            for column in columns { try selection.add(column) }
            let passing = try filter.map { batch.filter(try BoundFilter($0, schema: schema).evaluate(batch)) } ?? batch
            let expected = try passing.adapted(to: selection.schema)
            var found = 0
            for try await part in try reader.rows(of: columns, where: filter) {
                #expect(part.schema == selection.schema)
                for row in 0..<part.rowCount { #expect(part.row(at: row) == expected.row(at: found + row), "\(columns) TARN_SEED=\(testSeed)") }
                found += part.rowCount
            }
            #expect(found == expected.rowCount, "\(columns) TARN_SEED=\(testSeed)")
            let asked = store.calls.flatMap { call -> [Range<Int64>] in if case .get(_, let ranges) = call { ranges ?? [] } else { [] } }
            for group in reader.metadata.rowGroups {
                for (leaf, chunk) in zip(reader.metadata.tree.leaves, group.columns) {
                    let isRead = asked.contains { $0.overlaps(chunk.startOffset..<(chunk.startOffset + chunk.compressedByteCount)) }
                    #expect(leaves.contains(leaf.name) || !isRead, "\(leaf.name) for \(columns)")
                }
            }
        }
    }
}
