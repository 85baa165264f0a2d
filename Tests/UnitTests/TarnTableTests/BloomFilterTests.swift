import TarnBase
import TarnColumns
import TarnTable
import TarnTestSupport
import Testing

@Suite struct BloomFilterTests {
    private func views(_ keys: [String]) -> Views {
        let column = Column(strings: keys)
        guard case .views(let views) = column.values else { preconditionFailure() }
        return views
    }

    /// The procedure of hudi-format §4.5 as it is written there, one key at a time.
    private func positions(_ key: String, bits: Int, hashes: Int) -> Set<Int> {
        let d = Array(key.utf8)
        let m: Int32 = 0x5bd1_e995
        func shifted(_ value: Int32, _ by: Int32) -> Int32 { Int32(bitPattern: UInt32(bitPattern: value) >> UInt32(by)) }
        func murmur(_ seed: Int32) -> Int32 {
            var h = seed ^ Int32(d.count)
            for group in 0..<(d.count / 4) {
                var k = Int32(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(d[group * 4 + $1]) << UInt32(8 * $1) })
                k = k &* m
                k ^= shifted(k, 24)
                k = k &* m
                h = h &* m
                h ^= k
            }
            func byte(_ fromEnd: Int) -> Int32 { Int32(Int8(bitPattern: d[d.count - fromEnd])) }
            let r = d.count % 4
            if r >= 3 { h ^= byte(3) << 16 }
            if r >= 2 { h ^= byte(2) << 8 }
            if r >= 1 { h ^= byte(1) }
            if r > 0 { h = h &* m }
            h ^= shifted(h, 13)
            h = h &* m
            return h ^ shifted(h, 15)
        }
        var iv: Int32 = 0
        return Set((0..<hashes).map { _ in
            iv = murmur(iv)
            return Int(abs(Int64(iv) % Int64(bits)))
        })
    }

    @Test func `sizes are Hudi's, and so is the written form`() throws {
        let standard = RecordBloomFilter(entries: 60_000)
        #expect(standard.bitsPerRow == 2_587_966 && standard.hashCount == 30 && standard.serialized().count == 323_534)
        #expect(standard.footerText().utf8.count == 431_380 && standard.typeCode == "DYNAMIC_V0")
        let simple = RecordBloomFilter(entries: 50, errorRate: 0.01, kind: .simple)
        #expect(simple.bitsPerRow == 480 && simple.hashCount == 7 && simple.serialized().count == 13 + 60 && simple.typeCode == nil)
        #expect(RecordBloomFilter(entries: 500).serialized().count == 2734)
        #expect(RecordBloomFilter(entries: 0).bitsPerRow == 44)
        #expect(RecordBloomFilter(entries: 1, errorRate: 0.9).bitsPerRow >= 1)
    }

    @Test func `the bits set are those of the procedure, alone, in fours and by dictionary`() throws {
        try withSeed { random, seed in
            let letters = Array("abc-0189é日🐟")
            for round in 0..<40 {
                let sameLength = round % 2 == 0
                let keys = (0..<Int.random(in: 1..<30, using: &random)).map { _ in
                    String((0..<(sameLength ? round + 1 : Int.random(in: 1..<40, using: &random))).map { _ in letters.randomElement(using: &random)! })
                }
                var filter = RecordBloomFilter(entries: Int.random(in: 1..<50, using: &random), kind: .simple)
                filter.insert(views(keys))
                var expected = [UInt8](repeating: 0, count: (filter.bitsPerRow + 7) / 8)
                for key in keys { for bit in positions(key, bits: filter.bitsPerRow, hashes: filter.hashCount) { expected[bit / 8] |= 1 << UInt8(bit % 8) } }
                #expect(filter.serialized().array.dropFirst(13).elementsEqual(expected), "TARN_SEED=\(seed)")

                var byDictionary = RecordBloomFilter(entries: 20)
                let codes = (0..<50).map { _ in UInt32.random(in: 0..<UInt32(keys.count), using: &random) }
                let column = Column(
                    .string, count: 50, values: .dictionary(codes: codes.withUnsafeBytes { Bytes(copying: $0) }, dictionary: Column(strings: keys)))
                byDictionary.insert(column)
                var plain = RecordBloomFilter(entries: 20)
                for code in codes { plain.insert(views([keys[Int(code)]])) }
                #expect(byDictionary.serialized() == plain.serialized() && plain.entryCount == 50)

                let back = try RecordBloomFilter(footerText: byDictionary.footerText(), typeCode: "DYNAMIC_V0")
                #expect(back.serialized() == byDictionary.serialized())
                #expect(back.missing(views(codes.map { keys[Int($0)] })).isEmpty)
                #expect(codes.allSatisfy { back.mayContain(keys[Int($0)]) })
            }
        }
    }

    @Test func `keys that were not added are denied`() {
        var filter = RecordBloomFilter(entries: 1000, errorRate: 1e-4)
        filter.insert(views((0..<1000).map { "key-\($0)" }))
        let others = views((1000..<11000).map { "key-\($0)" })
        let denied = filter.missing(others)
        #expect(denied.count > 9980)
        #expect(filter.missing(others, limit: 3) == Array(denied.prefix(3)))
    }

    @Test func `a filter cut or changed anywhere is an error, not a trap`() throws {
        var filter = RecordBloomFilter(entries: 5)
        filter.insert(views(["a", "b"]))
        let good = filter.serialized()
        for length in 0..<good.count { #expect(throws: TableError.self) { try RecordBloomFilter(parsing: good[0..<length], kind: .dynamic) } }
        for kind in [RecordBloomFilter.Kind.dynamic, .simple] {
            for position in 0..<good.count {
                for value in [UInt8(0), 1, 0x7F, 0x80, 0xFF] {
                    var bytes = good.array
                    bytes[position] = value
                    if let read = try? RecordBloomFilter(parsing: Bytes(bytes), kind: kind) { _ = read.mayContain("a") }
                }
            }
        }
        #expect(throws: TableError.self) { try RecordBloomFilter(footerText: "####", typeCode: nil) }
        #expect(throws: TableError.self) { try RecordBloomFilter(footerText: filter.footerText(), typeCode: "OTHER") }
    }
}
