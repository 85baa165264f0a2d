import TarnBase
import TarnStorage
import TarnTable
import TarnTestSupport
import TarnWrite
import Testing

/// Writes on a store without locks of its own, where a lease is all that keeps writers apart.
@Suite struct LeasedWriteTests {
    private let clock = SteppedClock()
    private func runtime(_ seed: UInt64 = 7) -> Runtime { Runtime(clock: clock, random: SeededRandom(seed: seed)) }

    private static let first = (0..<40).map { Change(id: "k\($0)", place: "p\($0 % 2)", ts: 5, n: Int32($0)) }
    private static let mine = [Change(id: "k1", place: "p1", ts: 9, n: 100), Change(id: "mine", place: "p9", ts: 1, n: 1)]
    private static let theirs = [Change(id: "k2", place: "p0", ts: 9, n: 200), Change(id: "theirs", place: "p8", ts: 1, n: 2)]

    private func start() async throws -> ExampleTable {
        let table = ExampleTable(MemoryStore(runtime: runtime(), hasLocks: false), runtime: runtime())
        try await table.create()
        try await table.write(Self.first)
        return table
    }

    /// The same table in a store of its own, as another writer reaches it.
    private func copy(_ table: ExampleTable, seed: UInt64) async throws -> ExampleTable {
        ExampleTable(try await table.handle.store.copied(runtime: runtime(), hasLocks: false), runtime: runtime(seed))
    }

    private func write(_ changes: [Change], to table: ExampleTable) async throws {
        clock.advance(milliseconds: 5)
        _ = try await table.write(changes)
    }

    private func texts(_ table: ExampleTable) async throws -> [String: String] { try await table.rows().mapValues { "\($0.values)" } }

    /// Nothing pending, and no data file that no completed instant wrote but those in `strays`.
    private func expectSound(_ table: ExampleTable, strays: Int = 0) async throws {
        let timeline = try await Timeline.load(table.handle)
        try expect(timeline.pending.isEmpty, "pending: \(timeline.pending)")
        let files = try await ListedFiles(table.handle).allFiles().baseFiles
        try expect(files.count { !timeline.holds($0.instant) } <= strays, "files of no completed instant: \(files)")
    }

    @Test func `a write cut short at any request is repaired by the next one once its lease is over`() async throws {
        let base = try await start()
        let before = try await texts(base)
        let done = try await copy(base, seed: 8)
        let requests = try await countingRequests(of: done.handle.store) { try await write(Self.mine, to: done.through($0)) }
        let after = try await texts(done)
        #expect(before != after && requests > 12)
        for fault in Fault.allCases {
            await withEvery("\(fault) at request", in: 0..<requests) { request in
                let table = try await copy(base, seed: UInt64(request))
                _ = try? await write(Self.mine, to: table.through(FaultyStore(table.handle.store, failing: fault, atRequest: request)))
                let seen = try await texts(table)
                try expect(seen == before || seen == after, "a reader sees neither before nor after")
                clock.advance(milliseconds: 62_001)
                try await write(Self.mine, to: table)
                try expect(try await texts(table) == after, "after the repair the table holds something else")
                try await expectSound(table)
            }
        }
    }

    @Test func `a writer that stands still at any request while another takes over destroys nothing and completes nothing`() async throws {
        let base = try await start()
        let done = try await copy(base, seed: 8)
        let requests = try await countingRequests(of: done.handle.store) { try await write(Self.mine, to: done.through($0)) }
        try await write(Self.theirs, to: done)
        let both = try await texts(done)
        let other = try await copy(base, seed: 9)
        try await write(Self.theirs, to: other)
        let onlyTheirs = try await texts(other)

        await withEvery("standing still at request", in: 0..<requests) { request in
            let table = try await copy(base, seed: UInt64(request))
            let rival = ExampleTable(table.handle.store, runtime: runtime(UInt64(1000 + request)))
            let taken = Locked(0)
            let (standing, overtaken, goingOn) = (Gate(), Gate(), Gate())
            let stalling = InterceptedStore(table.handle.store) { [clock] call in
                let number = taken.withLock { taken in
                    defer { taken += 1 }
                    return taken
                }
                guard number == request else {
                    // All of the process stands still, the renewal of its lease too.
                    if standing.isOpen { await goingOn.pass() }
                    return nil
                }
                standing.open()
                defer { goingOn.open() }
                await overtaken.pass()
                // What was cut short meanwhile is not sent any more. Its time is over whenever it began to be counted.
                if case .put(_, .ifAbsent) = call {
                    _ = await eventually {
                        clock.advance(milliseconds: 1000)
                        return Task.isCancelled
                    }
                }
                try Task.checkCancellation()
                return nil
            }
            // Beside the request that stands still, not in its task: that one is cut short.
            async let overtaking: Void = {
                await standing.pass()
                defer { overtaken.open() }
                clock.advance(milliseconds: 62_001)
                _ = try await rival.write(Self.theirs)
            }()
            var failure: TableError?
            do { try await write(Self.mine, to: table.through(stalling)) } catch { failure = TableError(error) }
            standing.open()
            try await overtaking
            if let failure { try expect([.conflict, .outcomeUnknown].contains(failure.code), "\(failure)") }
            let seen = try await texts(table)
            try expect(seen == both || seen == onlyTheirs, "lost or mixed up")
            // One request of the stalled writer was under way: it may have left one file.
            clock.advance(milliseconds: 62_001)
            try await write(Self.mine, to: table)
            try expect(try await texts(table) == both, "lost in the end")
            try await expectSound(table, strays: 1)
        }
    }
}

/// Closed until it is opened once. Who waits is not disturbed by being cancelled.
private final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Locked(State())

    var isOpen: Bool { state.withLock { $0.isOpen } }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for one in waiting { one.resume() }
    }

    func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }
}
