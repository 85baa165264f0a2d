import TarnBase
import TarnServices
import TarnStorage
import TarnTable
import TarnTestSupport
import TarnWrite
import Testing

/// A compaction cut short at any request leaves the table as readers know it, and the next one finishes.
@Suite struct CompactionCrashTests {
    private func expectSound(_ table: SparkTable, _ before: [String], _ times: [InstantTime], _ past: [[String]]) async throws {
        try expect(try await table.rows() == before, "a reader sees other rows")
        try expect(try await table.past(times) == past, "a reader of the past sees other rows")
    }

    private func repair(_ table: SparkTable, _ before: [String], _ times: [InstantTime], _ past: [[String]]) async throws {
        _ = try await CompactionService(table.handle).runAll()
        try await expectSound(table, before, times, past)
        try expect(try await table.rows(readOptimized: true) == before, "something is left in logs")
        // Markers of a run that died behind its commit go with the next one who works on the table.
        try await WriteGround.forService(on: table.handle) { _ in }
        let faults = try await table.faults()
        try expect(faults.isEmpty, "\(faults)")
    }

    private typealias Work = @Sendable (TableHandle) async throws -> Void

    private func crash(_ name: String, seed: UInt64, every: Int = 1, _ work: @escaping Work) async throws {
        let base = try await SparkTable(name, seed: seed)
        let times = Array(try await base.timeline().completedWrites.map(\.time).suffix(2))
        let (before, past) = (try await base.rows(), try await base.past(times))
        let trial = try await base.copied()
        let requests = try await countingRequests(of: trial.handle.store) { try await work(trial.through($0)) }
        #expect(requests > 5)
        for fault in Fault.allCases {
            for request in stride(from: 0, to: requests, by: every) {
                do {
                    let table = try await base.copied()
                    await attempt(work, on: table.through(FaultyStore(table.handle.store, failing: fault, atRequest: request)))
                    try await expectSound(table, before, times, past)
                    try await repair(table, before, times, past)
                } catch {
                    Issue.record("\(name), \(fault) at request \(request): \(error)")
                }
            }
        }
    }

    /// The loops are plain: the optimizer of Swift 6.3.1 crashes on a closure that calls `work` in a loop.
    private func attempt(_ work: Work, on table: TableHandle) async {
        do { try await work(table) } catch {}
    }

    @Test(arguments: ["v6-0.15-mor-avro-softdelete", "v6-0.15-mor-logonly-pending-compaction"])
    func `planning and running at once`(name: String) async throws {
        try await crash(name, seed: 3) { _ = try await CompactionService($0).runAll() }
    }

    @Test func `planning alone`() async throws {
        try await crash("v6-0.15-mor-avro-softdelete", seed: 4) { handle in
            let service = CompactionService(handle)
            if let plan = try await service.plan() { _ = try await service.schedule(plan) }
        }
    }

    @Test(arguments: ["v6-0.15-mor-pending-compaction", "v6-0.15-mor-compaction-killed"])
    func `a plan of Spark's, fresh or left by a killed run`(name: String) async throws {
        try await crash(name, seed: 5, every: 2) { handle in
            guard let pending = try await Timeline.load(handle).pendingCompactions.first else { throw Unexpected("no plan in \(name)") }
            _ = try await CompactionService(handle).run(pending.time)
        }
    }
}
