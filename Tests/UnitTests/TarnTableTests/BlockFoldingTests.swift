import TarnBase
import TarnTable
import TarnTestSupport
import Testing

/// Which blocks of a slice's logs count: hudi-format §5.4.
@Suite struct BlockFoldingTests {
    private func data(_ day: Int, _ key: String, ts: Int64 = 1, compacted: [Int] = []) -> [UInt8] {
        LogBytes.rows(at: LogSlice.time(day), [.init(key, ts, "d\(day)")], compacted: compacted.isEmpty ? nil : compacted.map(LogSlice.time).joined(separator: ","))
    }
    private func delete(_ day: Int, _ key: String, compacted: [Int] = []) -> [UInt8] {
        LogBytes.deletes(at: LogSlice.time(day), [(key, LogBytes.noOrdering)], compacted: compacted.isEmpty ? nil : compacted.map(LogSlice.time).joined(separator: ","))
    }
    private func rollback(of target: Int, at day: Int) -> [UInt8] { LogBytes.rollback(of: LogSlice.time(target), at: LogSlice.time(day)) }

    private func rows(_ logs: [UInt8]..., base: [LogBytes.Row]? = nil, completed: Set<Int> = Set(1...9), pending: Set<Int> = [], asOf: Int? = nil, after: Int? = nil) async throws -> [String] {
        var slice = LogSlice(base: base, logs: logs)
        slice.completed = completed
        slice.pending = pending
        return try await slice.rows(asOf: asOf, after: after)
    }

    @Test func `blocks of instants that are not completed are left out, those older than the timeline count`() async throws {
        let logs = [data(2, "a"), data(3, "b"), data(4, "c"), data(5, "d")]
        #expect(try await rows(logs[0], logs[1], logs[2], logs[3], completed: [3, 5], pending: [4]) == ["a:1:d2", "b:1:d3", "d:1:d5"])
        #expect(try await rows(logs[0], logs[1], completed: []) == [], "an empty timeline completes nothing")
        #expect(try await rows(logs[0] + logs[1] + logs[2] + logs[3], completed: [2, 3, 4]) == ["a:1:d2", "b:1:d3", "c:1:d4"])
        #expect(try await rows(data(2, "a"), delete(4, "a"), completed: [2], pending: [4]) == ["a:1:d2"])
    }

    @Test func `a rollback command hides what its target wrote before it, and nothing else`() async throws {
        #expect(try await rows(data(2, "a"), data(3, "b"), rollback(of: 2, at: 4)) == ["b:1:d3"])
        #expect(try await rows(data(2, "a"), delete(3, "a"), rollback(of: 3, at: 4)) == ["a:1:d2"])
        #expect(try await rows(data(2, "a"), rollback(of: 2, at: 4), data(2, "b")) == ["b:1:d2"], "what is written after it stays")
        #expect(try await rows(data(2, "a"), data(3, "b"), data(2, "c"), rollback(of: 2, at: 4)) == ["b:1:d3"], "not only the last run of its blocks")
        #expect(try await rows(data(2, "a"), rollback(of: 3, at: 4)) == ["a:1:d2"], "a target that wrote nothing here")
        #expect(try await rows(data(2, "a"), data(3, "b"), rollback(of: 3, at: 5), rollback(of: 2, at: 6), rollback(of: 2, at: 7)) == [])
        #expect(try await rows(rollback(of: 2, at: 4), data(2, "a")) == ["a:1:d2"])
    }

    @Test func `instants need not rise`() async throws {
        #expect(try await rows(data(5, "a", ts: 5), data(3, "a", ts: 6), data(4, "b")) == ["a:6:d3", "b:1:d4"])
        #expect(try await rows(data(5, "a", ts: 5), data(3, "b"), asOf: 4) == ["b:1:d3"], "a block of later is passed over, not stopped at")
    }

    @Test func `time travel reads the blocks up to its instant, an increment those behind its begin`() async throws {
        let log = data(2, "a", ts: 2) + data(3, "a", ts: 3) + delete(4, "a") + data(5, "a", ts: 5)
        var travelled: [[String]] = []
        for day in 1...5 { travelled.append(try await rows(log, asOf: day)) }
        #expect(travelled == [[], ["a:2:d2"], ["a:3:d3"], [], ["a:5:d5"]])
        #expect(try await rows(log, asOf: 3, after: 2) == ["a:3:d3"])
        #expect(try await rows(log, asOf: 4, after: 3) == [])
        #expect(try await rows(log, after: 5) == [])
    }

    @Test func `a log compaction takes the place of the blocks it names`() async throws {
        let before = data(2, "a") + data(3, "b") + delete(4, "a")
        let compacted = data(5, "b", compacted: [4, 3, 2]) + delete(5, "a", compacted: [4, 3, 2])
        #expect(try await rows(before, compacted, base: [.init("a", 0, "base")]) == ["b:1:d5"])
        #expect(try await rows(before, compacted, data(6, "a"), base: [.init("a", 0, "base")]) == ["a:1:d6", "b:1:d5"])
        #expect(try await rows(before + compacted + data(6, "c", compacted: [5])) == ["c:1:d6"], "it is an input of the next one")
        #expect(try await rows(before, compacted, completed: [1, 2, 3, 4], pending: [5]) == ["b:1:d3"], "while it is pending its inputs count")
        #expect(try await rows(data(2, "a"), data(5, "b", compacted: [3])) == ["a:1:d2"], "none of what it names is here")
        #expect(try await rows(before, compacted, asOf: 4) == ["b:1:d3"])
    }

    @Test func `a rolled-back log compaction leaves nothing of itself`() async throws {
        let log = data(2, "a") + data(3, "b") + data(5, "c", compacted: [3, 2]) + rollback(of: 5, at: 6)
        #expect(try await rows(log, completed: [1, 2, 3, 4]) == ["a:1:d2", "b:1:d3"])
    }

    @Test func `change logs and blocks of them do not count`() async throws {
        let change = LogBytes.block(6, [(0, LogSlice.time(3)), (2, LogBytes.Columns.value.schema)], LogBytes.content([LogBytes.Columns.value.record(.init("z", 1, "z"))]))
        #expect(try await rows(data(2, "a") + change + data(4, "b")) == ["a:1:d2", "b:1:d4"])
    }

    @Test func `logs spread over files read like one`() async throws {
        try await withSeed { random, seed in
            for _ in 0..<40 {
                var blocks: [[UInt8]] = []
                for _ in 0..<Int.random(in: 1...12, using: &random) {
                    let day = Int.random(in: 2...8, using: &random)
                    let key = "k\(Int.random(in: 0...3, using: &random))"
                    switch Int.random(in: 0...4, using: &random) {
                    case 0: blocks.append(delete(day, key))
                    case 1: blocks.append(rollback(of: Int.random(in: 2...8, using: &random), at: 9))
                    default: blocks.append(data(day, key, ts: Int64(Int.random(in: 0...5, using: &random))))
                    }
                }
                let cut = Int.random(in: 0...blocks.count, using: &random)
                let base = [LogBytes.Row("k0", 2, "base"), LogBytes.Row("k1", 9, "base")]
                let whole = try await rows(Array(blocks.joined()), base: base)
                let spread = try await rows(Array(blocks[..<cut].joined()), Array(blocks[cut...].joined()), base: base)
                #expect(whole == spread, "TARN_SEED=\(seed)")
            }
        }
    }
}
