import TarnBase
import TarnColumns
import TarnTable
import TarnTestSupport
import Testing

/// Whatever memory a merge has, the rows are the same.
@Suite struct MergeMemoryTests {
    /// A base file, and logs of rows and deletes of its keys and others, some of them rolled back.
    private func slice(_ random: inout SplitMix64) -> LogSlice {
        let keyCount = Int.random(in: 50...3000, using: &random)
        func key() -> String { "key \(Int.random(in: 0..<keyCount * 2, using: &random))" }
        func row(_ day: Int) -> LogBytes.Row {
            LogBytes.Row(
                key(), Int64.random(in: 0..<100, using: &random), "day \(day), \(random.next() % 1000) of a text that is longer than a view",
                isDeleted: random.next() % 20 == 0 ? true : nil)
        }
        let isLogOnly = random.next() % 5 == 0
        var slice = LogSlice(base: isLogOnly ? nil : (0..<keyCount).map { LogBytes.Row("key \($0)", Int64.random(in: 0..<100, using: &random), "base") })
        for day in 2...Int.random(in: 2...8, using: &random) {
            var log = LogBytes.rows(
                at: LogSlice.time(day), (0..<Int.random(in: 1...2000, using: &random)).map { _ in row(day) }, columns: .deleteMark)
            if random.next() % 2 == 0 {
                let deletes = (0..<Int.random(in: 1...50, using: &random)).map { _ in
                    (key: key(), ordering: random.next() % 2 == 0 ? LogBytes.noOrdering : LogBytes.longOrdering(Int64.random(in: 0..<100, using: &random)))
                }
                log += LogBytes.deletes(at: LogSlice.time(day), deletes)
            }
            if random.next() % 6 == 0 { log += LogBytes.rollback(of: LogSlice.time(day), at: LogSlice.time(day + 1)) }
            slice.logs.append(log)
        }
        slice.rule = MergeRule(orderingField: random.next() % 4 == 0 ? nil : "ts", comparesWithStored: random.next() % 3 != 0)
        return slice
    }

    @Test func `a slice merged with little memory gives the rows of one merged with much`() async throws {
        try await withSeed { random, seed in
            for round in 0..<12 {
                var slice = slice(&random)
                slice.budget = .mebibytes(64)
                let wanted = try await slice.rows()
                // From what drops superseded rows over what spills to what merges a share of the keys at a time.
                for budget in [ByteCount.kibibytes(2000), .kibibytes(600), .kibibytes(200), .kibibytes(60), .kibibytes(24)] {
                    slice.budget = budget
                    let rows = try await slice.rows()
                    #expect(rows.sorted() == wanted.sorted(), "TARN_SEED=\(seed), round \(round), \(budget)")
                    #expect(try await slice.rows() == rows, "the order differs from run to run: TARN_SEED=\(seed), round \(round), \(budget)")
                }
            }
        }
    }

    @Test func `rows that spill keep their order`() async throws {
        let rows = (0..<6000).map { LogBytes.Row("key \($0)", 2, "a text that is longer than a view and takes room: \($0)") }
        var slice = LogSlice(base: (0..<3000).map { LogBytes.Row("key \($0)", 1, "base") }, logs: [LogBytes.rows(at: LogSlice.time(2), rows.reversed())])
        let wanted = try await slice.rows()
        slice.budget = .kibibytes(500)
        #expect(try await slice.rows() == wanted)
    }

    @Test func `where not even one key fits the merge is refused`() async throws {
        var slice = LogSlice(base: nil, logs: [LogBytes.rows(at: LogSlice.time(2), [LogBytes.Row("a", 1, "x")])])
        slice.budget = .bytes(100)
        await #expect(throws: TableError.self) { try await slice.rows() }
    }
}
