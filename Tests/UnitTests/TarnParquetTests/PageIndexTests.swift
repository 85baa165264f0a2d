import TarnBase
import TarnParquet
import Testing

@Suite struct PageIndexTests {
    private let offsets: OffsetIndex = {
        var index = OffsetIndex(pages: (0..<40).map { OffsetIndex.Page(offset: 4 + 1000 * Int64($0), byteCount: 900, firstRow: 17 * Int64($0)) })
        index.byteArrayByteCounts = (0..<40).map { $0 * 31 }
        return index
    }()

    private let columns: ColumnIndex = {
        var index = ColumnIndex()
        index.isNullPage = [false, true, false]
        index.minima = [Bytes("a"), Bytes(), Bytes("m")]
        index.maxima = [Bytes("k"), Bytes(), Bytes("z")]
        index.order = .ascending
        index.nullCounts = [0, 20, 3]
        index.definitionLevels = [0, 20, 20, 0, 3, 17]
        index.repetitionLevels = [20, 20, 20]
        return index
    }()

    @Test func `an offset index reads back`() throws {
        #expect(try OffsetIndex(decoding: offsets.encoded()) == offsets)
    }

    @Test func `a column index reads back`() throws {
        #expect(try ColumnIndex(decoding: columns.encoded()) == columns)
    }

    @Test func `an index cut anywhere or with any byte changed is read or refused`() throws {
        for encoded in [offsets.encoded(), columns.encoded()] {
            for length in 0..<encoded.count {
                #expect(throws: ParquetError.self) { try OffsetIndex(decoding: encoded[0..<length]) }
                #expect(throws: ParquetError.self) { try ColumnIndex(decoding: encoded[0..<length]) }
            }
            for position in 0..<encoded.count {
                for bit in 0..<8 {
                    var bytes = encoded.array
                    bytes[position] ^= 1 << UInt8(bit)
                    _ = try? OffsetIndex(decoding: Bytes(bytes))
                    _ = try? ColumnIndex(decoding: Bytes(bytes))
                }
            }
        }
    }

    @Test func `an offset index whose pages are out of order is refused`() throws {
        typealias Page = OffsetIndex.Page
        let wrong: [[Page]] = [
            [],
            [Page(offset: 4, byteCount: 10, firstRow: 1)],
            [Page(offset: -4, byteCount: 10, firstRow: 0)],
            [Page(offset: 4, byteCount: 0, firstRow: 0)],
            [Page(offset: 4, byteCount: 10, firstRow: 0), Page(offset: 13, byteCount: 10, firstRow: 5)],
            [Page(offset: 4, byteCount: 10, firstRow: 0), Page(offset: 14, byteCount: 10, firstRow: 5), Page(offset: 24, byteCount: 10, firstRow: 4)],
            [Page(offset: .max, byteCount: 10, firstRow: 0)],
        ]
        for pages in wrong {
            #expect(throws: ParquetError.self) { try OffsetIndex(decoding: OffsetIndex(pages: pages).encoded()) }
        }
    }

    @Test func `a column index whose lists differ in length is refused`() throws {
        var short = columns
        short.minima.removeLast()
        #expect(throws: ParquetError(.malformed, "a column index whose lists differ in length")) { try ColumnIndex(decoding: short.encoded()) }
    }

    @Test func `a bloom filter holds what was inserted and little else, and reads back`() throws {
        let blocks = SplitBlockBloomFilter.blockCount(values: 1000, falsePositiveRate: 0.01)
        var filter = SplitBlockBloomFilter(blockCount: blocks)
        for value in 0..<1000 { filter.insert(hash: SplitBlockBloomFilter.hash(Bytes("value \(value)"))) }
        let read = try SplitBlockBloomFilter(decoding: filter.encoded())
        #expect(read == filter)
        for value in 0..<1000 { #expect(read.mayContain(hash: SplitBlockBloomFilter.hash(Bytes("value \(value)")))) }
        let wrong = (1000..<11_000).count { read.mayContain(hash: SplitBlockBloomFilter.hash(Bytes("value \($0)"))) }
        #expect(wrong < 200, "of 10,000 at 1%")
    }

    @Test func `a bloom filter that claims what is not there allocates nothing`() throws {
        var filter = SplitBlockBloomFilter(blockCount: 4).encoded()
        for length in 0..<filter.count {
            #expect(throws: ParquetError.self) { try SplitBlockBloomFilter(decoding: filter[0..<length]) }
        }
        // 128 MiB in five bytes of zigzag varint.
        filter = Bytes([0x15, 0x80, 0x80, 0x80, 0x80, 0x01] + filter.array.dropFirst(3))
        #expect(throws: ParquetError(.truncated, "a bloom filter of 134217728 bytes")) { try SplitBlockBloomFilter(decoding: filter) }
    }
}
