import TarnBase
import TarnServices
import TarnStorage
import TarnTable
import TarnTestSupport
import TarnWrite
import Testing

/// Compactions between delta commits, planned and run at any time, cut short or not: every snapshot stays as the writes left it.
@Suite struct CompactionHistoryTests {
    private let clock = SimulatedClock()

    /// The history of one table.
    private struct History {
        let table: ExampleTable
        var model = TableModel()
        /// What readers saw right after each write.
        var past: [(time: InstantTime, rows: [String])] = []

        mutating func write(_ changes: [Change]) async throws {
            let report = try await table.write(changes)
            model.write(changes)
            if let instant = report.instant { past.append((instant, try await shown(nil))) }
        }

        func shown(_ time: InstantTime?) async throws -> [String] { try await SparkTable(table.handle).rows(asOf: time) }

        func check(_ random: inout SplitMix64, _ step: String) async throws {
            if let difference = model.differs(from: try await table.rows()) { throw Unexpected("\(step): \(difference)") }
            for _ in 0..<2 {
                guard let then = past.randomElement(using: &random) else { return }
                let rows = try await shown(then.time)
                try expect(rows == then.rows, "\(step): the snapshot as of \(then.time) changed: \(Set(rows).symmetricDifference(then.rows))")
            }
        }
    }

    /// Mostly of rows that are there, in their place: inserts and moves rewrite base files, and leave no logs.
    private func changes(_ random: inout SplitMix64, _ model: TableModel, _ step: Int) -> [Change] {
        let stored = model.rows.values.sorted { $0.id < $1.id }
        let insertsToo = stored.isEmpty || random.next() % 5 == 0
        return (0..<Int.random(in: 1...30, using: &random)).map { _ in
            let known = insertsToo ? nil : stored.randomElement(using: &random)
            let id = known?.id ?? "k\(random.next() % 60)"
            let ts = Int64(step * 2) + Int64.random(in: -4...4, using: &random)
            return random.next() % 5 == 0
                ? Change(kind: random.next() % 2 == 0 ? .delete : .deleteByKey, id: id, ts: ts)
                : Change(id: id, place: known?.place ?? "p\(random.next() % 3)", ts: ts, n: Int32(random.next() % 1000))
        }
    }

    /// Whether a group of a pending plan has logs that are not part of it.
    private func logsBehindPlans(of handle: TableHandle) async throws -> Bool {
        let pending = Set(try await Timeline.load(handle).pendingCompactions.map(\.time))
        return try await ListedFiles(handle).allFiles().logFiles.contains { pending.contains($0.name.baseInstant) }
    }

    private func act(
        _ history: inout History, _ random: inout SplitMix64, _ step: Int, _ writtenBehindPlans: inout Int
    ) async throws -> String {
        let handle = history.table.handle
        var options = Compaction()
        if random.next() % 2 == 0 { options.memory = .kibibytes(64) }
        if random.next() % 3 == 0 { options.maximumBytes = .bytes(1) }
        let service = CompactionService(handle, options)
        let pending = try await Timeline.load(handle).pendingCompactions
        switch random.next() % 10 {
        case 0, 1:
            if let plan = try await service.plan() { _ = try await service.schedule(plan) }
            return "schedule"
        case 2:
            if let next = pending.randomElement(using: &random) { _ = try await service.run(next.time) }
            return "run"
        case 3:
            _ = try await service.runAll()
            return "run all"
        case 4:
            let store = FaultyStore(handle.store, failing: Fault.allCases.randomElement(using: &random)!, atRequest: Int(random.next() % 80))
            _ = try? await CompactionService(TableHandle(store: store, path: handle.path, runtime: handle.runtime), options).runAll()
            return "a crash"
        default:
            try await history.write(changes(&random, history.model, step))
            if try await logsBehindPlans(of: handle) { writtenBehindPlans += 1 }
            return "write"
        }
    }

    @Test func `any history of writes and compactions keeps every snapshot`() async throws {
        try await withSeed { random, seed in
            var writtenBehindPlans = 0
            for round in 0..<10 {
                let runtime = Runtime.simulated(clock: clock, seed: random.next())
                let table = ExampleTable(MemoryStore(runtime: runtime), path: "notes-\(round)", runtime: runtime)
                try await table.create(partitioned: random.next() % 3 != 0, type: .mergeOnRead)
                var history = History(table: table)
                for step in 0..<25 {
                    clock.advance(milliseconds: 5)
                    let done = try await act(&history, &random, step, &writtenBehindPlans)
                    try await history.check(&random, "TARN_SEED=\(seed), round \(round), step \(step) (\(done))")
                }
                _ = try await CompactionService(table.handle).runAll()
                try await history.check(&random, "TARN_SEED=\(seed), round \(round), at the end")
                #expect(try await SparkTable(table.handle).rows(readOptimized: true) == history.shown(nil), "TARN_SEED=\(seed), round \(round)")
            }
            #expect(writtenBehindPlans > 10, "the histories are too tame: TARN_SEED=\(seed)")
        }
    }
}
