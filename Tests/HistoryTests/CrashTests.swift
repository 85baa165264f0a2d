import TarnBase
import TarnStorage
import TarnTable
import TarnTestSupport
import TarnWrite
import Testing

/// A write that is cut short at any request leaves the table as before or as after, and the next write repairs it.
@Suite struct CrashTests {
    private let clock = SimulatedClock()
    private var runtime: Runtime { .simulated(clock: clock, seed: 7) }

    private static let first = (0..<60).map { Change(id: "k\($0)", place: "p\($0 % 3)", ts: 5, n: Int32($0)) }
    private static let upserts: [Change] = [
        Change(id: "k1", place: "p1", ts: 9, n: 100), Change(id: "k2", place: "p0", ts: 9, n: 101),
        Change(kind: .delete, id: "k5", ts: 9), Change(id: "new", place: "p9", ts: 1, n: 1), Change(id: "k3", ts: 1, n: 3),
    ]
    private static let deletes = (0..<60).filter { $0 % 3 == 1 }.map { Change(kind: .delete, id: "k\($0)", ts: 10) }

    /// A merge-on-read table begins with logs in one partition, and with none in the others.
    private func start(_ type: TableType) async throws -> ExampleTable {
        let table = ExampleTable(MemoryStore(runtime: runtime), runtime: runtime)
        try await table.create(type: type)
        try await table.write(Self.first)
        if type == .mergeOnRead { try await table.write([Change(id: "k4", place: "p1", ts: 6, n: 4), Change(kind: .delete, id: "k7", ts: 6)]) }
        return table
    }

    private func attempt(_ changes: [Change], on table: ExampleTable) async throws -> CommitReport {
        clock.advance(milliseconds: 5)
        return try await table.write(changes, operation: changes.contains { $0.kind == .upsert } ? .upsert : .delete, token: "the write")
    }

    private func values(_ table: ExampleTable) async throws -> [String: [TarnTestValue]] {
        try await table.rows().mapValues { $0.values.map { "\($0)" } }
    }
    private typealias TarnTestValue = String

    private func expectRepaired(_ table: ExampleTable, _ changes: [Change], after: [String: [String]]) async throws {
        _ = try await attempt(changes, on: table)
        try expect(try await values(table) == after, "after the repair the table holds something else")
        let timeline = try await Timeline.load(table.handle)
        try expect(timeline.pending.isEmpty, "pending: \(timeline.pending)")
        let files = try await ListedFiles(table.handle).allFiles().baseFiles
        try expect(files.allSatisfy { timeline.holds($0.instant) }, "files of no completed instant: \(files.filter { !timeline.holds($0.instant) })")
        let objects = try await table.handle.store.list(table.handle.metaFolder, recursive: true).objects
        try expect(!objects.contains { $0.path.text.contains("/.temp/") }, "markers are left: \(objects.map(\.path))")
        var holders = 0
        for instant in timeline.completedWrites {
            let commit = try await CompletedCommits(table.handle, timeline: timeline).metadata(of: instant)
            if commit.extraMetadata[CommitTokens.key]?.contains("the write") ?? false { holders += 1 }
        }
        try expect(holders == 1, "the write was committed \(holders) times")
    }

    @Test(arguments: [upserts, deletes], [TableType.copyOnWrite, .mergeOnRead])
    func `a write cut short at any request leaves a readable table that the next write repairs`(changes: [Change], type: TableType) async throws {
        let base = try await start(type)
        let before = try await values(base)
        let done = base.through(try await base.handle.store.copied(runtime: runtime))
        let requests = try await countingRequests(of: done.handle.store) { _ = try await attempt(changes, on: done.through($0)) }
        let after = try await values(done)
        #expect(before != after && requests > 10)

        for fault in Fault.allCases {
            await withEvery("\(fault) at request", in: 0..<requests) { request in
                let table = base.through(try await base.handle.store.copied(runtime: runtime))
                let faulty = table.through(FaultyStore(table.handle.store, failing: fault, atRequest: request))
                _ = try? await attempt(changes, on: faulty)
                let seen = try await values(table)
                try expect(seen == before || seen == after, "a reader sees neither before nor after")
                try await expectRepaired(table, changes, after: after)
            }
        }
    }

    @Test(arguments: [TableType.copyOnWrite, .mergeOnRead])
    func `a repair cut short at any request is finished by the next one`(type: TableType) async throws {
        let base = try await start(type)
        let before = try await values(base)
        let done = base.through(try await base.handle.store.copied(runtime: runtime))
        _ = try await attempt(Self.upserts, on: done)
        let after = try await values(done)

        // Everything but the completed file is there.
        let broken = base.through(try await base.handle.store.copied(runtime: runtime))
        var extras = CommitExtras()
        extras.beforeCompletion = { _ in throw Unexpected("the process ends here") }
        clock.advance(milliseconds: 5)
        await #expect(throws: TableError.self) { try await broken.write(Self.upserts, token: "the write", extras: extras) }
        #expect(try await Timeline.load(broken.handle).pending.count == 1)
        #expect(try await values(broken) == before)

        let trial = broken.through(try await broken.handle.store.copied(runtime: runtime))
        let requests = try await countingRequests(of: trial.handle.store) { _ = try await attempt(Self.upserts, on: trial.through($0)) }
        for fault in Fault.allCases {
            await withEvery("\(fault) at request", in: 0..<requests) { request in
                let table = broken.through(try await broken.handle.store.copied(runtime: runtime))
                _ = try? await attempt(Self.upserts, on: table.through(FaultyStore(table.handle.store, failing: fault, atRequest: request)))
                let seen = try await values(table)
                try expect(seen == before || seen == after, "a reader sees neither before nor after")
                try await expectRepaired(table, Self.upserts, after: after)
            }
        }
    }
}
