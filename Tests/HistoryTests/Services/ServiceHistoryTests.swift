import TarnTable
import TarnTestSupport
import Testing

/// Random histories of writes, services, rollbacks and crashes against a dictionary.
@Suite struct ServiceHistoryTests {
    @Test(arguments: 0..<4)
    func `random histories read as the model says, now, in the past and in between`(part: Int) async throws {
        try await withSeed { random, seed in
            for number in 0..<125 {
                let historySeed = random.next() &+ UInt64(part)
                try await run(historySeed, partitioned: number % 4 != 0, type: number % 2 == 0 ? .mergeOnRead : .copyOnWrite) { "history \(number) of part \(part), seed \(seed): \($0)" }
            }
        }
    }

    @Test func `the format lint finds nothing in the tables that random histories leave`() async throws {
        try await withSeed { random, seed in
            let folder = try TemporaryFolder()
            var tables: [String] = []
            for number in 0..<26 {
                let historySeed = random.next()
                let history = try await run(historySeed, partitioned: number % 4 != 0, type: number % 2 == 0 ? .mergeOnRead : .copyOnWrite) {
                    "history \(number), seed \(seed): \($0)"
                }
                try await history.finishArchival()
                let table = "\(folder.path)/\(number)"
                try await history.copy(to: table)
                tables.append(table)
            }
            // A copy's modification times are not those of completion, and a history may end with a compaction to be run.
            let findings = try Python.run("lint_tables.py", tables).split(separator: "\n")
                .filter { !$0.contains(" T09 ") && !$0.contains("pending instant") && !$0.contains("pending compaction") }
            try expect(findings.isEmpty, "\(findings)")
        }
    }

    @discardableResult
    private func run(_ seed: UInt64, partitioned: Bool, type: TableType, _ message: (String) -> String) async throws -> TableHistory {
        let history = try await TableHistory(seed: seed, partitioned: partitioned, type: type)
        do {
            for _ in 0..<(4 + seed % 6) { try await history.step() }
            let findings = try await history.findings()
            try expect(findings.isEmpty, "tablecheck: \(findings)")
            return history
        } catch {
            throw Unexpected(message("\(error)\n  " + history.steps.joined(separator: "\n  ")))
        }
    }
}
