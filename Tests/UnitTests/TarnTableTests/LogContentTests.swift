import TarnAvro
import TarnBase
import TarnColumns
import TarnParquet
import TarnStorage
import TarnTable
import TarnTestSupport
import Testing

/// Contents of data and delete blocks: hudi-format §5.3, appendix A.4.
@Suite struct LogContentTests {
    private static let time = "20260101000000001"
    private let store = MemoryStore()
    private let path = ObjectPath("t/.f-0_1.log.1")!
    private let wanted: Schema = [Field("_hoodie_record_key", .string), Field("ts", .int64), Field("value", .string)]

    private func block(_ bytes: [UInt8]) async throws -> LogBlock {
        try await store.put(Bytes(bytes), at: path, condition: .always)
        var reader = LogReader(path: path, size: Int64(bytes.count), store: store)
        let block = try await reader.next()
        return try #require(block)
    }

    private func rows(_ bytes: [UInt8], as schema: Schema? = nil, batchRows: Int = 8192) async throws -> [[Cell]] {
        var data = try await DataBlock.open(try await block(bytes), as: schema ?? wanted, in: store, batchRows: batchRows)
        var rows: [[Cell]] = []
        while let batch = try await data.next() {
            #expect(batch.rowCount > 0 && batch.rowCount <= batchRows)
            rows += (0..<batch.rowCount).map { batch.row(at: $0) }
        }
        return rows
    }

    private func code(_ bytes: [UInt8], as schema: Schema? = nil) async -> TableError.Code? {
        do {
            if try await block(bytes).type == .delete { _ = try await DeleteBlock.keys(of: try await block(bytes), in: store) } else { _ = try await rows(bytes, as: schema) }
        } catch let error as TableError {
            #expect(error.path == path && error.offset == 0)
            return error.code
        } catch { Issue.record("untyped: \(error)") }
        return nil
    }

    private func avro(_ content: [UInt8], schema: String? = LogBytes.Columns.value.schema) -> [UInt8] {
        LogBytes.block(3, [(0, Self.time)] + (schema.map { [(Int32(2), $0)] } ?? []), content)
    }

    // MARK: Rows

    @Test func `the rows of an Avro block come in order, in batches of at most what was asked for`() async throws {
        let all = (0..<50).map { LogBytes.Row("k\($0)", $0 % 7 == 0 ? nil : Int64($0), "v\($0)") }
        let expected = all.map { row in [Cell.text(Bytes(row.key!)), row.ts.map { .int($0) } ?? .null, .text(Bytes(row.value))] }
        for batchRows in [1, 7, 50, 8192] { #expect(try await rows(LogBytes.rows(at: Self.time, all), batchRows: batchRows) == expected) }
        #expect(try await rows(LogBytes.rows(at: Self.time, [])).isEmpty)
        for version in [1, 2] as [Int32] { #expect(try await rows(avro(LogBytes.content([LogBytes.Columns.value.record(all[1])], version: version))) == [expected[1]]) }
    }

    @Test func `a block of an older schema has nulls where columns came later, and smaller numbers grow`() async throws {
        #expect(try await rows(LogBytes.rows(at: Self.time, [.init("a", 7, "")], columns: .older)) == [["a", 7, nil]])
        #expect(await code(LogBytes.rows(at: Self.time, [.init("a", 7, "x")]), as: [Field("value", .int32)]) != nil)
    }

    @Test func `rows larger than the window are read`() async throws {
        let large = String(repeating: "0123456789abcdef", count: 40_000)
        let all = (0..<12).map { LogBytes.Row("k\($0)", 1, $0 % 2 == 0 ? large : "small") }
        let read = try await rows(LogBytes.rows(at: Self.time, all))
        #expect(read.map { $0[2] } == all.map { .text(Bytes($0.value)) })
    }

    @Test func `the rows of a Parquet block are those of the file it holds`() async throws {
        let schema: Schema = [Field("_hoodie_record_key", .string), Field("ts", .int32), Field("other", .string)]
        let writer = try ParquetFileWriter(schema: schema)
        try writer.append(RecordBatch(schema: schema, rows: (0..<20).map { [.text(Bytes("k\($0)")), .int(Int64($0)), "o"] }))
        let file = try writer.finish().flatMap(\.array)
        let block = LogBytes.block(5, [(0, Self.time), (2, "{}")], file)
        #expect(try await rows(block, batchRows: 6) == (0..<20).map { [.text(Bytes("k\($0)")), .int(Int64($0)), nil] })
        #expect(await code(LogBytes.block(5, [(0, Self.time)], Array(file.dropLast()))) == .corrupt)
        #expect(await code(LogBytes.block(5, [(0, Self.time)])) == .corrupt)
        #expect(await code(block, as: [Field("elsewhere", .string)]) == .corrupt)
    }

    @Test func `an Avro block that contradicts itself is corrupt`() async throws {
        let record = LogBytes.Columns.value.record(.init("a", 1, "x"))
        let sound = LogBytes.content([record, record])
        #expect(await code(avro(sound)) == nil)
        for length in 0..<sound.count { #expect(await code(avro(Array(sound[..<length]))) == .corrupt, "cut at \(length)") }
        for count in [-1, 1, 3, .max] as [Int32] {
            let other = LogBytes.int32(3) + LogBytes.int32(count) + sound[8...]
            #expect(await code(avro(other)) == .corrupt, "\(count) records")
        }
        for length in [-1, 0, 1, 1 << 30, .max] as [Int32] {
            let other = sound[..<8] + LogBytes.int32(length) + sound[12...]
            #expect(await code(avro(Array(other))) == .corrupt, "a record of \(length) bytes")
        }
        #expect(await code(avro(sound + [0])) == .corrupt)
        #expect(await code(avro(sound, schema: nil)) == .corrupt)
        #expect(await code(avro(sound, schema: "{")) == .corrupt)
        #expect(await code(avro(LogBytes.content([record], version: 4))) == .unsupported)
        #expect(await code(LogBytes.block(4, [(0, Self.time)], [1, 2, 3])) == .unsupported)
    }

    // MARK: Deletes

    @Test func `the keys of a delete block have the ordering values of the worked example`() async throws {
        let a4 = LogBytes.int32(3) + LogBytes.int32(0x1d) + [
            4, 2, 0x0a, 0x6b, 0x30, 0x30, 0x30, 0x38, 2, 4, 0x70, 0x30, 6, 0x90, 3, 2, 0x0a, 0x6b, 0x30, 0x30, 0x32, 0x32, 2, 4, 0x70, 0x30, 6, 0x14, 0,
        ]
        let deleted = try await DeleteBlock.keys(of: try await block(LogBytes.block(1, [(0, Self.time)], a4)), in: store)
        #expect(deleted.keys.cells == ["k0008", "k0022"] && deleted.orderings == [.long(200), .long(10)])
    }

    @Test func `every branch of an ordering value is read, and those that no column has are told apart`() async throws {
        let branches: [([UInt8], DeletedKeys.Ordering)] = [
            ([0], .none), ([2, 1], .boolean(true)), ([4, 0], .none), ([4, 10], .int(5)), ([6, 0], .long(0)), ([8, 0, 0, 0x80, 0x3f], .float(1)),
            ([10, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f], .double(1)), ([12, 2, 9], .incomparable), ([0x0e, 0x0e] + Array("o000200".utf8), .incomparable),
            ([0x10, 0xa6, 0xb7, 2], .incomparable), ([0x12, 0x0e, 7, 0x1a, 0xfd, 0x49, 0x8d, 0, 0], .incomparable),
            ([6, 0x8e, 0x88, 0xe7, 0xc0, 0xe3, 0xf5, 0x86, 6], .long(1_704_067_400_000_007)), ([0x14, 4], .incomparable), ([0x16, 4], .incomparable),
        ]
        let bytes = LogBytes.deletes(at: Self.time, branches.enumerated().map { ("k\($0.offset)", $0.element.0) })
        let deleted = try await DeleteBlock.keys(of: try await block(bytes), in: store)
        #expect(deleted.orderings == branches.map(\.1) && deleted.keys.count == branches.count)
        #expect(try await DeleteBlock.keys(of: try await block(LogBytes.deletes(at: Self.time, [])), in: store).keys.count == 0)
    }

    @Test func `a delete block that contradicts itself is corrupt, one that only Java can read is refused`() async throws {
        func deletes(_ payload: [UInt8], length: Int32? = nil, version: Int32 = 3) -> [UInt8] {
            LogBytes.block(1, [(0, Self.time)], LogBytes.int32(version) + LogBytes.int32(length ?? Int32(payload.count)) + payload)
        }
        let sound: [UInt8] = [2, 2, 2, 0x61, 2, 0, 4, 0, 0]
        #expect(await code(deletes(sound)) == nil)
        for length in 0..<sound.count { #expect(await code(deletes(Array(sound[..<length]))) == .corrupt, "cut at \(length)") }
        for length in [-1, 0, 8, 10, .max] as [Int32] { #expect(await code(deletes(sound, length: length)) == .corrupt, "\(length) bytes") }
        #expect(await code(deletes(sound + [0])) == .corrupt)
        #expect(await code(deletes([2, 0, 2, 0, 4, 0, 0])) == .corrupt, "no key")
        #expect(await code(deletes([2, 2, 2, 0xff, 2, 0, 4, 0, 0])) == .corrupt, "not UTF-8")
        #expect(await code(deletes([2, 2, 2, 0x61, 2, 0, 0x18, 0, 0])) == .corrupt, "branch 12")
        for count in [Int64.max, .min, 1 << 40] { #expect(await code(deletes(LogBytes.long(count))) == .corrupt, "\(count) deletes") }
        for version in [0, 1, 2, 4] as [Int32] { #expect(await code(deletes(sound, version: version)) == .unsupported) }
        for length in 0..<8 { #expect(await code(LogBytes.block(1, [(0, Self.time)], Array(repeating: 0, count: length))) == .corrupt) }
    }
}
