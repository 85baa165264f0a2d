import TarnBase
import TarnServices
import TarnStorage
import TarnTable
import TarnTestSupport
import TarnWrite
import Testing

/// Rollbacks that something younger stands in the way of: a conflict that names it, and nothing is touched.
@Suite struct RollbackRefusalTests {
    @Test func `neither a commit that a plan builds on nor a plan with logs behind it is undone`() async throws {
        let clock = SimulatedClock()
        let runtime = Runtime.simulated(clock: clock, seed: 4)
        let table = ExampleTable(MemoryStore(runtime: runtime), runtime: runtime)
        try await table.create(type: .mergeOnRead)
        for ts in 1...2 {
            clock.advance(milliseconds: 10)
            try await table.write([Change(id: "k", place: "p", ts: Int64(ts), n: 1)])
        }
        clock.advance(milliseconds: 10)
        let service = CompactionService(table.handle)
        let plan = try #require(try await service.plan())
        let compaction = try #require(try await service.schedule(plan)?.instant)
        let commit = try #require(try await Timeline.load(table.handle).newestCompletedWrite)

        func refusal(of instant: InstantTime) async throws -> TableError? {
            let before = try await table.handle.store.contents()
            defer { clock.advance(milliseconds: 10) }
            let error = await #expect(throws: TableError.self) { _ = try await TableRollback.run(on: table.handle, instant: instant) }
            #expect(try await table.handle.store.contents() == before)
            return error
        }
        let blocked = try await refusal(of: commit.time)
        #expect(blocked?.code == .conflict && blocked?.message.contains("\(compaction)") == true, "\(String(describing: blocked))")
        clock.advance(milliseconds: 10)
        try await table.write([Change(id: "k", place: "p", ts: 3, n: 2)])
        let logged = try await refusal(of: compaction)
        #expect(logged?.code == .conflict && logged?.message.contains("run it") == true, "\(String(describing: logged))")

        _ = try await service.run(compaction)
        #expect(try await table.rows().mapValues(\.values).count == 1)
    }
}
