import TarnBase
import TarnStorage
import TarnTestSupport
import TarnWrite
import Testing

@Suite struct SortedRunsTests {
    /// A record whose order is a part of it only, so that equal ones can be told apart.
    private struct Numbered: SortableRecord, Hashable {
        let key: UInt64
        let arrival: UInt64
        static func precedes(_ left: Numbered, _ right: Numbered) -> Bool { left.key < right.key }
    }

    private func drain(_ cursor: SortedCursor<Numbered>) throws -> [Numbered] {
        var cursor = cursor
        var records: [Numbered] = []
        while let record = cursor.first {
            guard try cursor.next() == record else { throw Unexpected("first and next differ") }
            records.append(record)
        }
        return try cursor.next() == nil ? records : []
    }

    @Test func `records come out in order whatever fits in memory, each once`() throws {
        try withSeed { random, seed in
            let scratch = ScratchSpace()
            // Runs hold at least 1,024 records: none, one run, several, and a last one that is full or nearly empty.
            for count in [0, 1, 1023, 1024, 1025, 2048, 5000, 20_000 + Int(random.next() % 5000)] {
                for spread in [1, 50, UInt64.max] {
                    let sorter = SortedRuns<Numbered>(memoryLimit: 0, scratch: scratch)
                    let records = (0..<UInt64(count)).map { Numbered(key: random.next() % spread, arrival: $0) }
                    for record in records { try sorter.append(record) }
                    let sorted = try sorter.finish()
                    #expect(sorted.count == Int64(count))
                    let all = try drain(sorted.cursor())
                    #expect(all.map(\.key) == records.map(\.key).sorted(), "count \(count), TARN_SEED=\(seed)")
                    #expect(Set(all).count == count, "count \(count), TARN_SEED=\(seed)")
                    for _ in 0..<10 {
                        let start = Int(random.next() % UInt64(count + 1))
                        let end = start + Int(random.next() % UInt64(count - start + 1))
                        #expect(try drain(sorted.cursor(Int64(start)..<Int64(end))) == Array(all[start..<end]), "\(start)..<\(end) of \(count), TARN_SEED=\(seed)")
                    }
                }
            }
            #expect(scratch.writtenBytes > 0 && scratch.usedBytes == 0)
        }
    }

    @Test func `what stays in memory touches no disk`() throws {
        let scratch = ScratchSpace(folder: "/nowhere")
        let sorter = SortedRuns<Numbered>(memoryLimit: 1 << 20, scratch: scratch)
        for key in (0..<1000 as Range<UInt64>).reversed() { try sorter.append(Numbered(key: key, arrival: 0)) }
        #expect(try drain(sorter.finish().cursor()).map(\.key) == Array(0..<1000))
    }
}
