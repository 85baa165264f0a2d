import TarnBase
import TarnTable
import TarnTestSupport
import Testing

/// Logs that somebody damaged: a typed error, or the rows that the sound blocks say. Never a trap, a hang or an allocation
/// that a damaged number asks for.
@Suite struct HostileLogTests {
    private static let base = [LogBytes.Row("a", 5, "base"), LogBytes.Row("b", 5, "base"), LogBytes.Row("c", 5, "base")]
    private static let blocks: [[UInt8]] = [
        LogBytes.rows(at: LogSlice.time(2), [.init("a", 6, "two"), .init("d", 6, "two")]),
        LogBytes.deletes(at: LogSlice.time(3), [("b", LogBytes.noOrdering), ("d", LogBytes.longOrdering(4))]),
        LogBytes.rows(at: LogSlice.time(4), [.init("c", 9, "four")]),
        LogBytes.rollback(of: LogSlice.time(4), at: LogSlice.time(5)),
        LogBytes.rows(at: LogSlice.time(6), [.init("e", 1, "six")]),
    ]
    private static let log = Array(blocks.joined())

    private func rows(_ log: [UInt8]) async throws -> [String] { try await LogSlice(base: Self.base, logs: [log]).rows() }

    /// The rows, or nil for a typed error.
    private func outcome(_ log: [UInt8]) async throws -> [String]? {
        do { return try await rows(log) } catch let error as TableError {
            guard error.code == .corrupt || error.code == .unsupported, error.path != nil else { throw Unexpected("\(error)") }
            return nil
        }
    }

    /// What every choice of whole blocks would say: a damaged frame loses its block, or also the one before it, behind which
    /// no magic follows any more.
    private func rowsOfEveryChoice() async throws -> Set<[String]> {
        var outcomes: Set<[String]> = []
        for choice in 0..<(1 << Self.blocks.count) {
            outcomes.insert(try await rows(Array(Self.blocks.indices.filter { choice >> $0 & 1 == 1 }.map { Self.blocks[$0] }.joined())))
        }
        return outcomes
    }

    @Test func `the sound log says what it must`() async throws {
        #expect(try await rows(Self.log) == ["a:6:two", "c:5:base", "d:6:two", "e:1:six"])
    }

    @Test func `a log cut at any length gives the rows of its whole blocks, and of what a later writer appended`() async throws {
        let ends = Self.blocks.indices.map { Self.blocks[...$0].joined().count }
        let later = LogBytes.rows(at: LogSlice.time(7), [.init("f", 1, "seven")])
        for cut in 0...Self.log.count {
            let whole = Self.blocks.indices.filter { ends[$0] <= cut }.flatMap { Self.blocks[$0] }
            #expect(try await outcome(Array(Self.log[..<cut])) == rows(whole), "cut at \(cut)")
            #expect(try await outcome(Self.log[..<cut] + later) == rows(whole + later), "cut at \(cut), then appended to")
        }
    }

    /// Where the values are: texts of headers, and what records and deletes hold. No checksum covers them.
    private func isValue(_ place: Int) -> Bool {
        var start = 0
        for block in Self.blocks {
            defer { start += block.count }
            guard start..<(start + block.count) ~= place else { continue }
            let offset = place - start
            var at = 26
            for _ in 0..<Int(block[25]) {
                let length = Int(block[at + 6]) << 8 + Int(block[at + 7])
                if (at + 8)..<(at + 8 + length) ~= offset { return true }
                at += 8 + length
            }
            // Of the content, version and count come first.
            return offset >= at + 16 && offset < block.count - 12
        }
        return false
    }

    @Test func `with any byte flipped the frame gives a typed error or the rows of whole blocks`() async throws {
        let allowed = try await rowsOfEveryChoice()
        for place in Self.log.indices {
            for mask in [0xff, 0x01, 0x80] as [UInt8] {
                var log = Self.log
                log[place] ^= mask
                let found = try await outcome(log)
                if let found, !isValue(place) { #expect(allowed.contains(found), "byte \(place) ^ \(mask): \(found)") }
            }
        }
    }

    @Test func `every number of the log set to an extreme gives a typed error or rows`() async throws {
        for place in 0...(Self.log.count - 8) {
            for value in [Int32.max, .min, -1, 0, 1 << 24] {
                var log = Self.log
                log.replaceSubrange(place..<(place + 4), with: LogBytes.int32(value))
                _ = try await outcome(log)
            }
            var log = Self.log
            log.replaceSubrange(place..<(place + 8), with: LogBytes.int64(.max - Int64(place)))
            _ = try await outcome(log)
        }
    }

    @Test func `logs torn apart and put together at random give a typed error or rows`() async {
        await withSeed { random, seed in
            for round in 0..<1500 {
                var log = Self.log
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    let from = Int.random(in: 0..<log.count, using: &random)
                    let to = Int.random(in: from...min(log.count, from + 60), using: &random)
                    switch Int.random(in: 0...3, using: &random) {
                    case 0: log.removeSubrange(from..<to)
                    case 1: log.insert(contentsOf: Self.log[min(from, Self.log.count)..<min(to, Self.log.count)], at: to)
                    case 2: for place in from..<to { log[place] = UInt8.random(in: 0...255, using: &random) }
                    default: log.insert(contentsOf: LogBytes.magic, at: from)
                    }
                    if log.isEmpty { log = Self.log }
                }
                do { _ = try await outcome(log) } catch { Issue.record("TARN_SEED=\(seed), round \(round): \(error)") }
            }
        }
    }
}
