import TarnBase
import TarnStorage
import TarnTable
import TarnTestSupport
import Testing

/// Framing of log files: hudi-format §5.2.
@Suite struct LogReaderTests {
    static let first = "20260101000000001"
    static let second = "20260101000000002"
    static let third = "20260101000000003"

    private let path = ObjectPath("t/.f-0_1.log.1")!

    /// The blocks of a log, and what was passed over.
    private func read(_ log: [UInt8], windowBytes: Int = 1 << 20) async throws -> (blocks: [LogBlock], corrupt: [Range<Int64>]) {
        let store = MemoryStore()
        try await store.put(Bytes(log), at: path, condition: .always)
        var reader = LogReader(path: path, size: Int64(log.count), store: store, windowBytes: windowBytes)
        var blocks: [LogBlock] = []
        while let block = try await reader.next() { blocks.append(block) }
        return (blocks, reader.corruptRanges)
    }

    private func code(of log: [UInt8]) async -> (TableError.Code, Int64?)? {
        do { _ = try await read(log) } catch let error as TableError { return (error.code, error.offset) } catch { Issue.record("untyped: \(error)") }
        return nil
    }

    private let data = LogBytes.rows(at: first, [.init("a", 1, "one"), .init("b", 2, "two")])
    private let deletes = LogBytes.deletes(at: second, [("a", LogBytes.noOrdering)])

    @Test func `the 105 bytes of a rollback are one command block`() async throws {
        // The worked example of hudi-format, appendix A.3.
        let bytes: [UInt8] =
            [0x23, 0x48, 0x55, 0x44, 0x49, 0x23, 0, 0, 0, 0, 0, 0, 0, 0x5b, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0x11]
            + Array("20250126040936578".utf8) + [0, 0, 0, 3, 0, 0, 0, 1] + Array("0".utf8) + [0, 0, 0, 1, 0, 0, 0, 0x11] + Array("20250126040826878".utf8)
            + [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x61]
        #expect(bytes.count == 105 && bytes == LogBytes.rollback(of: "20250126040826878", at: "20250126040936578"))
        let (blocks, corrupt) = try await read(bytes)
        let block = try #require(blocks.first)
        #expect(blocks.count == 1 && corrupt.isEmpty && block.type == .command && block.offset == 0 && block.content.isEmpty)
        #expect(block.instant.description == "20250126040936578" && block.rolledBack?.description == "20250126040826878")
    }

    @Test func `blocks follow each other, with their headers and contents, whatever the window`() async throws {
        let log = data + LogBytes.rollback(of: Self.first, at: Self.second) + deletes + LogBytes.block(5, [(2, "{}"), (0, Self.third), (6, "0,0"), (99, "later")], [7, 8, 9])
        for windowBytes in [1, 40, 333, 1 << 20] {
            let (blocks, corrupt) = try await read(log, windowBytes: windowBytes)
            #expect(blocks.map(\.type) == [.avroData, .command, .delete, .parquetData] && corrupt.isEmpty, "window of \(windowBytes)")
            #expect(blocks.map(\.instant.description) == [Self.first, Self.second, Self.second, Self.third])
            #expect(blocks.map { Int($0.offset) } == [0, data.count, data.count + 105, data.count + 105 + deletes.count])
            #expect(blocks[0].header[.schema] == LogBytes.Columns.value.schema)
            #expect(Array(log[Int(blocks[3].content.lowerBound)..<Int(blocks[3].content.upperBound)]) == [7, 8, 9])
        }
    }

    @Test func `an empty log has no blocks`() async throws {
        let (blocks, corrupt) = try await read([])
        #expect(blocks.isEmpty && corrupt.isEmpty)
    }

    @Test func `a block cut short by a crash is skipped and later blocks are read`() async throws {
        for cut in 1..<data.count {
            for windowBytes in [64, 1 << 20] {
                let (blocks, corrupt) = try await read(data[..<cut] + deletes, windowBytes: windowBytes)
                #expect(blocks.map(\.type) == [.delete] && corrupt == [0..<Int64(cut)], "cut at \(cut), window of \(windowBytes)")
            }
        }
    }

    @Test func `a log cut at any length gives the whole blocks before the cut`() async throws {
        let log = data + deletes + LogBytes.rollback(of: Self.first, at: Self.third)
        let ends = [data.count, data.count + deletes.count, log.count]
        for cut in 0...log.count {
            let (blocks, corrupt) = try await read(Array(log[..<cut]))
            let whole = ends.filter { $0 <= cut }
            #expect(blocks.count == whole.count, "cut at \(cut)")
            #expect(corrupt == (cut == whole.last ?? 0 ? [] : [Int64(whole.last ?? 0)..<Int64(cut)]), "cut at \(cut)")
        }
    }

    @Test func `bytes between blocks are passed over`() async throws {
        let magics = try await read(data + Array("#HUDI##HUDI# nothing #HUD".utf8) + deletes)
        #expect(magics.blocks.map(\.type) == [.avroData, .delete])
        #expect(magics.corrupt == [Int64(data.count)..<Int64(data.count + 6), Int64(data.count + 6)..<Int64(data.count + 25)])
        // A block that no magic follows is not trusted by Hudi either.
        let others = try await read(data + Array("nothing".utf8) + deletes)
        #expect(others.blocks.map(\.type) == [.delete] && others.corrupt == [0..<Int64(data.count + 7)])
        #expect(try await read(Array("nothing".utf8) + data + deletes).blocks.map(\.type) == [.avroData, .delete])
    }

    @Test func `a block whose two lengths disagree is passed over`() async throws {
        for change in [-1, 1, 1 << 40, -(1 << 40)] as [Int64] {
            var size = data
            size.replaceSubrange(6..<14, with: LogBytes.int64(Int64(data.count - 14) &+ change))
            #expect(try await read(size + deletes).blocks.map(\.type) == [.delete], "size \(change)")
            var total = data
            total.replaceSubrange((data.count - 8)..., with: LogBytes.int64(Int64(data.count - 8) &+ change))
            #expect(try await read(total + deletes).blocks.map(\.type) == [.delete], "total \(change)")
        }
    }

    @Test func `lengths inside a whole frame that contradict each other are reported at its offset`() async throws {
        let header = 22 + 4
        for (place, width) in [(22, 4), (header + 4, 4), (header + 8 + 17 + 4, 4)] {
            for value in [Int32.max, -1, .min, 1 << 20] {
                var log = deletes + data
                log.replaceSubrange((deletes.count + place)..<(deletes.count + place + width), with: LogBytes.int32(value))
                let found = await code(of: log)
                #expect(found?.0 == .corrupt && found?.1 == Int64(deletes.count), "\(value) at \(place)")
            }
        }
        let contentLength = 22 + 4 + 8 + 17 + 8 + LogBytes.Columns.value.schema.utf8.count
        for value in [Int64.max, -1, .min, 1 << 40] {
            var log = data
            log.replaceSubrange(contentLength..<(contentLength + 8), with: LogBytes.int64(value))
            let found = await code(of: log)
            #expect(found?.0 == .corrupt && found?.1 == 0, "\(value)")
        }
    }

    @Test func `a footer that does not fit is reported`() async throws {
        var log = data
        log.replaceSubrange((data.count - 12)..<(data.count - 8), with: LogBytes.int32(1))
        #expect(await code(of: log)?.0 == .corrupt)
        #expect(try await read(LogBytes.block(0, [(0, Self.second), (3, "0"), (1, Self.first)], footer: [(0, "x")])).blocks.count == 1)
    }

    @Test func `what a later release writes is refused by name`() async throws {
        #expect(await code(of: LogBytes.block(3, [(0, Self.first)], version: 2))?.0 == .unsupported)
        for type in [2, 7, -1] as [Int32] { #expect(await code(of: LogBytes.block(type, [(0, Self.first)]))?.0 == .unsupported, "\(type)") }
        #expect(await code(of: LogBytes.block(0, [(0, Self.first), (3, "1"), (1, Self.first)]))?.0 == .unsupported)
        #expect(await code(of: LogBytes.block(0, [(0, Self.first), (1, Self.first)]))?.0 == .unsupported)
        #expect(await code(of: LogBytes.block(3, [(0, Self.first), (7, "true")]))?.0 == .unsupported)
    }

    @Test func `a block without the instants it must have is corrupt`() async throws {
        #expect(await code(of: LogBytes.block(3, [(2, "{}")]))?.0 == .corrupt)
        #expect(await code(of: LogBytes.block(1, [(0, "yesterday")]))?.0 == .corrupt)
        #expect(await code(of: LogBytes.block(0, [(0, Self.first), (3, "0")]))?.0 == .corrupt)
        #expect(await code(of: LogBytes.block(3, [(0, Self.first), (4, "\(Self.first),x")]))?.0 == .corrupt)
    }

    @Test func `a log of nothing but magics is refused before it costs a request for each`() async throws {
        let fake = LogBytes.magic + LogBytes.int64(600_000)
        let log = Array(repeatElement(fake, count: 100_000).joined())
        let store = MemoryStore()
        try await store.put(Bytes(log), at: path, condition: .always)
        let recording = RecordingStore(store)
        var reader = LogReader(path: path, size: Int64(log.count), store: recording, windowBytes: 1 << 16)
        await #expect(throws: TableError.self) { while try await reader.next() != nil {} }
        #expect(recording.calls.count < 5000)
    }

    @Test func `a header larger than the window is read, a hostile one is not`() async throws {
        let schema = String(repeating: "s", count: 300_000)
        let (blocks, _) = try await read(LogBytes.block(3, [(0, Self.first), (2, schema)], [1]) + deletes, windowBytes: 1 << 10)
        #expect(blocks.map(\.type) == [.avroData, .delete] && blocks[0].header[.schema]?.utf8.count == 300_000)
        let many = LogBytes.block(3, (0..<65).map { (Int32($0 + 10), "") } + [(0, Self.first)], [1])
        #expect(await code(of: many)?.0 == .corrupt)
    }

    @Test func `what came along with a header is kept without the window around it`() async throws {
        let big = LogBytes.block(3, [(0, Self.first), (2, "{}")], Array(repeating: 1, count: 900_000))
        let (blocks, _) = try await read(big + deletes + big)
        #expect(blocks.count == 3 && blocks[1].contentBytes.map { $0.retainedByteCount < 10_000 } ?? true)
    }
}
