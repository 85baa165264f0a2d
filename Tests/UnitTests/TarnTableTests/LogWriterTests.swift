import TarnAvro
import TarnBase
import TarnColumns
import TarnStorage
import TarnTable
import TarnTestSupport
import Testing

@Suite struct LogWriterTests {
    private static let columns = Schema([Field("id", .string), Field("ts", .int64), Field("tags", .list(.string))])
    private static let fileColumns = MetaFields.schema(inFrontOf: columns)
    private static let instant = InstantTime("20260110080000123")!

    private func table() -> TableHandle {
        let runtime = Runtime.simulated(seed: 1)
        return TableHandle(store: MemoryStore(runtime: runtime), path: ObjectPath("t")!, runtime: runtime)
    }

    private func rows(_ range: Range<Int>) -> RecordBatch {
        RecordBatch(
            schema: Self.fileColumns,
            rows: range.map { ["20260110080000123", .text(Bytes("20260110080000123_0_\($0)")), .text(Bytes("k\($0)")), "p", "f-0", .text(Bytes("k\($0)")), .int(Int64($0)), .list([.text(Bytes("tag \($0)"))])] })
    }

    private func write(_ table: TableHandle, blockBytes: Int, _ body: (LogWriter) async throws -> Void) async throws -> Int64 {
        let schema = try AvroSchema(Self.columns, table: HudiNames(table: "t"), withMetaFields: true)
        let writer = try await LogWriter(
            ObjectPath("t/p/log")!, in: table, instant: Self.instant, schemaText: schema.description,
            rows: AvroColumnEncoder(Self.fileColumns), blockBytes: blockBytes)
        try await body(writer)
        return try await writer.finish()
    }

    private func blocks(_ table: TableHandle, size: Int64) async throws -> [LogBlock] {
        var reader = LogReader(path: ObjectPath("t/p/log")!, size: size, store: table.store)
        var blocks: [LogBlock] = []
        while let block = try await reader.next() { blocks.append(block) }
        #expect(reader.corruptRanges.isEmpty)
        return blocks
    }

    @Test func `what is written is read back: rows in blocks of bounded size, then deletes`() async throws {
        let table = table()
        let size = try await write(table, blockBytes: 2000) { writer in
            for start in stride(from: 0, to: 100, by: 10) { try await writer.append(rows(start..<(start + 10))) }
            var deletes = DeletedKeysEncoder(partitionPath: "p", orderingType: .int64)
            deletes.append(Column(strings: ["gone"]), orderings: Column(int64: [7]))
            try await writer.append(deletes: deletes.finish())
        }
        let blocks = try await blocks(table, size: size)
        #expect(blocks.map(\.type) == Array(repeating: .avroData, count: blocks.count - 1) + [.delete])
        #expect(blocks.count > 3 && blocks.allSatisfy { $0.instant == Self.instant && $0.header[.schema]?.contains("_hoodie_file_name") == true })
        var found: [Cell] = []
        for block in blocks.dropLast() {
            #expect(block.content.count < 4000)
            var rows = try await DataBlock.open(block, as: Self.fileColumns, in: table.store)
            while let batch = try await rows.next() { found += batch.columns[5].cells }
        }
        #expect(found == (0..<100).map { .text(Bytes("k\($0)")) })
        let deleted = try await DeleteBlock.keys(of: blocks[blocks.count - 1], in: table.store)
        #expect(deleted.keys.cells == ["gone"] && deleted.orderings == [.long(7)])
    }

    /// hudi-format, appendix A.3.
    @Test func `a rollback block has the 105 bytes that Spark gives it`() {
        let block = LogBlockFrame(.command, .rollback(of: InstantTime("20250126040826878")!, under: InstantTime("20250126040936578")!))
        let bytes = Array("#HUDI#".utf8) + [0, 0, 0, 0, 0, 0, 0, 0x5B, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 3]
            + [0, 0, 0, 0, 0, 0, 0, 0x11] + Array("20250126040936578".utf8) + [0, 0, 0, 3, 0, 0, 0, 1] + Array("0".utf8)
            + [0, 0, 0, 1, 0, 0, 0, 0x11] + Array("20250126040826878".utf8) + [0, 0, 0, 0, 0, 0, 0, 0] + [0, 0, 0, 0] + [0, 0, 0, 0, 0, 0, 0, 0x61]
        #expect(block.bytes.array == bytes && block.byteCount == 105)
    }
}

/// Log files of the reference implementation, encoded again from what we read in them.
@Suite(.enabled(if: GoldenTable.areThere, Comment(rawValue: GoldenTable.missing)))
struct GoldenLogTests {
    @Test(arguments: ["v6-0.15-mor-avro-softdelete", "v6-0.15-mor-avro-manyblocks", "v6-0.15-mor-types-avro", "v6-0.15-mor-logs-default-timestamp", "v6-0.15-mor-upsert-after-rollback"])
    func `blocks of the reference implementation come out byte for byte`(name: String) async throws {
        let golden = try GoldenTable("spark-lab/\(name)")
        let table = TableHandle(store: golden.store, path: .root, runtime: .simulated())
        let logs = try await ListedFiles(table).allFiles().logFiles
        var kinds: Set<LogBlockType> = []
        for file in logs where file.size > 0 {
            var reader = LogReader(file, in: table)
            var byteCount: Int64 = 0
            while let block = try await reader.next() {
                kinds.insert(block.type)
                let content = try await table.store.get(block.path, ranges: [block.content])[0]
                let again = LogBlockFrame(block.type, block.header, content: [try await encodedAgain(block, content, in: table)])
                byteCount += again.byteCount
                // Java's header entries are in no order.
                #expect(again.parts[1] == content && again.parts[0].count + Int(block.offset) == Int(block.content.lowerBound), "\(file.relativePath)")
                let copy = ObjectPath("again")!
                try await table.store.put(again.bytes, at: copy, condition: .always)
                var second = LogReader(path: copy, size: again.byteCount, store: table.store)
                #expect(try await second.next()?.header == block.header)
            }
            #expect(byteCount == file.size)
        }
        #expect(kinds.contains(.avroData))
    }

    private func encodedAgain(_ block: LogBlock, _ content: Bytes, in table: TableHandle) async throws -> Bytes {
        guard block.type == .avroData, let text = block.header[.schema] else { return content }
        let schema = try Schema(avro: AvroSchema(parsing: text))
        var rows = try await DataBlock.open(block, as: schema, in: table.store)
        let encoder = try AvroColumnEncoder(schema)
        var records = ByteBuilder()
        records.append(content[0..<8])
        while let batch = try await rows.next() { records.append(try encoder.encodeWithLengths(batch)) }
        return records.finish()
    }
}
