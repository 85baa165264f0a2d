import TarnBase
import TarnStorage
import TarnTable
import TarnTestSupport
import TarnWrite
import Testing

/// Random histories of a small table against a dictionary, with writers that die.
@Suite struct RandomHistoryTests {
    @Test func `two hundred random histories end as the model says`() async throws {
        try await withSeed { random, seed in
            for history in 0..<200 {
                let historySeed = random.next()
                do { try await run(historySeed, partitioned: history % 4 != 0, type: history % 2 == 0 ? .mergeOnRead : .copyOnWrite) } catch {
                    throw Unexpected("history \(history) of seed \(seed): \(error)")
                }
            }
        }
    }

    private func run(_ seed: UInt64, partitioned: Bool, type: TableType) async throws {
        var random = SplitMix64(seed: seed)
        let clock = SimulatedClock()
        let runtime = Runtime.simulated(clock: clock, seed: seed)
        let store = MemoryStore(runtime: runtime)
        var table = ExampleTable(store, runtime: runtime)
        // One task, so that a seed finds the same request failing again.
        table.concurrency = 1
        table.targetFileSize = .kibibytes([3, 8, 64][Int(random.next() % 3)])
        try await table.create(partitioned: partitioned, type: type)
        var model = TableModel()
        for step in 0..<(3 + Int(random.next() % 5)) {
            let changes = Self.changes(&random)
            clock.advance(milliseconds: Int64(random.next() % 3))
            if random.next() % 3 == 0 {
                let fault = Fault.allCases[Int(random.next() % 4)]
                let faulty = table.through(FaultyStore(store, failing: fault, atRequest: Int(random.next() % 40)))
                var applied = model
                applied.write(changes)
                let outcome: Result<CommitReport, any Error>
                do { outcome = .success(try await faulty.write(changes, token: "\(step)")) } catch { outcome = .failure(error) }
                let seen = try await table.rows()
                let isApplied = applied.differs(from: seen) == nil
                try expect(isApplied || model.differs(from: seen) == nil, "step \(step): neither before nor after: \(applied.differs(from: seen) ?? ""), \(model.differs(from: seen) ?? "")")
                if case .success = outcome { try expect(isApplied, "step \(step): reported as done, but is not there") }
                let again = try await table.write(changes, token: "\(step)")
                try expect(again.wasAlreadyCommitted || !isApplied || applied == model, "step \(step): the token did not hold")
                model = applied
            } else {
                let report = try await table.write(changes)
                model.write(changes)
                try expect(
                    report.rowsIn == report.inserted + report.updated + report.deleted + report.stale + report.duplicates,
                    "step \(step): counts do not add up: \(report)")
            }
            if let difference = model.differs(from: try await table.rows()) { throw Unexpected("step \(step): \(difference)") }
        }
    }

    private static func changes(_ random: inout SplitMix64) -> [Change] {
        (0..<(1 + Int(random.next() % 80))).map { _ in
            let kind: ChangeKind = [.upsert, .upsert, .upsert, .delete, .deleteByKey][Int(random.next() % 5)]
            return Change(
                kind: kind, id: "key-\(random.next() % 60)", place: "p\(random.next() % 3)", ts: Int64(random.next() % 20),
                n: random.next() % 7 == 0 ? nil : Int32(random.next() % 1000))
        }
    }
}
