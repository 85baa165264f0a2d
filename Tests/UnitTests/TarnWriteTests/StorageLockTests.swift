import TarnBase
import TarnStorage
import TarnTable
import TarnTestSupport
import TarnWrite
import Testing

/// Hudi's lock object on a store in memory, with clocks that the test moves.
@Suite struct StorageLockTests {
    private let clock = SteppedClock()
    private let store: MemoryStore
    private static let path = ObjectPath.root.appending("t/.hoodie/.locks/table_lock.json")

    init() async throws {
        store = MemoryStore(runtime: Runtime(clock: clock, random: SeededRandom(seed: 1)), hasLocks: false)
        try await store.put(Bytes("x=y"), at: .root.appending("t/.hoodie/hoodie.properties"), condition: .always)
    }

    /// The table as a writer sees it whose clock is `ahead`.
    private func table(ahead: Int64 = 0, seed: UInt64 = 1, wait: Int64 = 0, through other: (any ObjectStore)? = nil) -> TableHandle {
        let runtime = Runtime(clock: SkewedClock(clock, aheadMilliseconds: ahead), random: SeededRandom(seed: seed))
        return TableHandle(
            store: other ?? store, path: .root.appending("t"), runtime: runtime, lock: WriterLockSettings(waitMilliseconds: wait))
    }

    private func file() async throws -> StorageLockFile {
        try StorageLockFile(parsing: try await store.get(Self.path), at: Self.path)
    }

    private func failure<Result>(_ work: () async throws -> Result) async -> TableError? {
        do {
            _ = try await work()
            return nil
        } catch { return TableError(error) }
    }

    // MARK: The object

    @Test func `the object is byte for byte what Hudi writes and reads`() async throws {
        let lock = try await StorageLock.take(table())
        let owner = try await file().owner
        #expect(owner.utf8.count == 36)
        #expect(try await store.get(Self.path).utf8Text == "{\"expired\":false,\"validUntil\":1768032060000,\"owner\":\"\(owner)\"}")
        await lock.release()
        #expect(try await store.get(Self.path).utf8Text == "{\"expired\":true,\"validUntil\":1768032060000,\"owner\":\"\(owner)\"}")
        // Hudi passes over members it does not know.
        let spark = try StorageLockFile(parsing: Bytes(#"{"owner":"o","validUntil":7,"later":{"x":1},"expired":false}"#), at: Self.path)
        #expect(spark == StorageLockFile(isExpired: false, validUntil: 7, owner: "o"))
    }

    @Test(arguments: ["", "{}", "[]", "null", "{\"expired\":false,\"validUntil\":1}", "{\"expired\":1,\"validUntil\":1,\"owner\":\"\"}",
        "{\"expired\":false,\"validUntil\":1e99,\"owner\":\"o\"}", String(repeating: "x", count: 70_000)])
    func `an object that is no lock stops writers and is left alone`(text: String) async throws {
        try await store.put(Bytes(text), at: Self.path, condition: .always)
        #expect(await failure { try await WriterLock.take(table()) }?.code == .corrupt)
        #expect(try await store.get(Self.path).utf8Text == text)
    }

    @Test func `where there is no table no lock is left`() async throws {
        let nowhere = TableHandle(store: store, path: .root.appending("other"), runtime: table().runtime)
        #expect(await failure { try await WriterLock.take(nowhere) }?.code == .notFound)
        #expect(try await store.list(.root.appending("other"), recursive: true).objects.isEmpty)
    }

    // MARK: Two writers

    @Test func `a second writer is refused while the first lives and follows at once when it is done`() async throws {
        let first = try await WriterLock.take(table(seed: 1))
        let refused = await failure { try await WriterLock.take(table(seed: 2)) }
        #expect(refused?.code == .conflict && refused?.message.contains("in 61 s if it died") == true, "\(refused as Any)")
        await first.release()
        let second = try await WriterLock.take(table(seed: 2))
        #expect(try await file().isExpired == false)
        await second.release()
    }

    @Test func `a lock of a writer that died is taken after its lease and the clocks' difference, not before`() async throws {
        _ = try await StorageLock.take(table(seed: 1))
        clock.advance(milliseconds: 62_000)
        #expect(await failure { try await WriterLock.take(table(seed: 2)) }?.code == .conflict)
        clock.advance(milliseconds: 1)
        let second = try await WriterLock.take(table(seed: 2))
        await second.release()
        // A lock that claims to last for ever is one all the same.
        try await store.put(StorageLockFile(isExpired: false, validUntil: .max, owner: "o").encoded, at: Self.path, condition: .always)
        #expect(await failure { try await WriterLock.take(table(seed: 2)) }?.code == .conflict)
    }

    @Test func `a writer that waits follows the one that gives the lock back, and gives up at its deadline`() async throws {
        let first = try await WriterLock.take(table(seed: 1))
        async let second = WriterLock.take(table(seed: 2, wait: 30_000))
        #expect(await eventually { clock.sleeperCount > 0 })
        await first.release()
        #expect(await eventually {
            clock.advance(milliseconds: 200)
            return (try? await file())?.isExpired == false
        })
        let taken = try await second
        async let third = failure { try await WriterLock.take(table(seed: 3, wait: 5_000)) }
        let before = clock.nowMilliseconds()
        var isDone = false
        for _ in 0..<60 where !isDone {
            isDone = await eventually { clock.sleeperCount > 0 } == false
            clock.advance(milliseconds: 100)
        }
        #expect(await third?.code == .conflict)
        #expect(clock.nowMilliseconds() - before >= 5_000)
        await taken.release()
    }

    @Test func `however writers come, stall and go, with clocks as different as allowed, one holds the lock at a time`() async throws {
        try await withSeed { random, seed in
            let skews: [Int64] = [0, 1_999, -1_999, 700]
            var locks: [StorageLock?] = skews.map { _ in nil }
            var taken = 0
            for _ in 0..<4_000 {
                let writer = Int(random.next() % 4)
                switch random.next() % 8 {
                case 0: clock.advance(milliseconds: Int64(random.next() % 70_000))
                case 1: clock.advance(milliseconds: Int64(random.next() % 3_000))
                case 2:
                    await locks[writer]?.release()
                    locks[writer] = nil
                case 3, 4: try? await locks[writer]?.hold()
                default:
                    if await locks[writer]?.isHeld ?? false { continue }
                    if let lock = try? await StorageLock.take(table(ahead: skews[writer], seed: random.next())) {
                        locks[writer] = lock
                        taken += 1
                    }
                }
                var holders: [Int] = []
                for (index, lock) in locks.enumerated() where await lock?.isHeld ?? false { holders.append(index) }
                try #require(holders.count <= 1, "\(holders) hold the lock at once; TARN_SEED=\(seed)")
            }
            #expect(taken > 50)
        }
    }

    // MARK: The lease

    @Test func `a lease is renewed beside the work for as long as that takes`() async throws {
        let lock = try await WriterLock.take(table(seed: 1))
        try await lock.holding {
            var last = try await file().validUntil
            for _ in 0..<20 {
                #expect(await eventually { clock.sleeperCount == 1 })
                clock.advance(milliseconds: 21_000)
                #expect(await eventually { ((try? await file())?.validUntil ?? 0) > last })
                last = try await file().validUntil
                #expect(await failure { try await WriterLock.take(table(seed: 2)) }?.code == .conflict)
            }
        }
        await lock.release()
        #expect(try await file().isExpired)
    }

    @Test func `a writer that stalled goes on if nobody took its lock, and is stopped if somebody did`() async throws {
        let timelineFile = ObjectPath.root.appending("t/.hoodie/1.commit")
        let first = try await WriterLock.take(table(seed: 1))
        clock.advance(milliseconds: 1_000_000)
        try await first.table.store.put(Bytes("a"), at: .root.appending("t/data"), condition: .always)

        clock.advance(milliseconds: 1_000_000)
        let second = try await WriterLock.take(table(seed: 2))
        let store = first.table.store
        for attempt in 0..<2 {
            #expect(await failure { try await store.put(Bytes("b"), at: timelineFile, condition: .ifAbsent) }?.code == .conflict, "\(attempt)")
            #expect(await failure { try await store.put(Bytes("b"), at: .root.appending("t/x"), condition: .always) }?.code == .conflict)
            #expect(await failure { try await store.delete([.root.appending("t/data")]) }?.code == .conflict)
            #expect(await failure { try await store.upload(at: .root.appending("t/x")) }?.code == .conflict)
        }
        #expect(try await self.store.list(.root.appending("t"), recursive: true).objects.count == 3)
        await first.release()
        #expect(try await file().isExpired == false)
        await second.release()
    }

    @Test func `a put that counts is sent only while the lease outlasts it`() async throws {
        let puts = Locked(0)
        let path = ObjectPath.root.appending("t/.hoodie/1.commit")
        let isOut = Locked(false)
        let faulty = InterceptedStore(store) { call in
            if case .put(Self.path, _) = call, isOut.withLock({ $0 }) { throw StorageError(.unavailable, "out", at: Self.path) }
            if case .put(path, _) = call { puts.withLock { $0 += 1 } }
            return nil
        }
        let first = try await WriterLock.take(table(through: faulty))
        isOut.withLock { $0 = true }
        // 58 seconds are the owner's; a put may take 20.
        clock.advance(milliseconds: 38_001)
        #expect(await failure { try await first.table.store.put(Bytes("a"), at: path, condition: .ifAbsent) }?.code == .unavailable)
        #expect(puts.withLock { $0 } == 0)
        // What does not count may still be sent.
        try await first.table.store.put(Bytes("a"), at: .root.appending("t/x"), condition: .always)
        isOut.withLock { $0 = false }
        try await first.table.store.put(Bytes("a"), at: path, condition: .ifAbsent)
        #expect(puts.withLock { $0 } == 1)
        #expect(try await file().validUntil == clock.nowMilliseconds() + 60_000)
    }

    @Test func `a put that takes too long is cut short, and its lock is left to run out`() async throws {
        let path = ObjectPath.root.appending("t/.hoodie/1.commit")
        let slow = InterceptedStore(store) { [clock] call in
            if case .put(path, _) = call { try await clock.sleep(milliseconds: 1_000_000) }
            return nil
        }
        let first = try await WriterLock.take(table(through: slow))
        async let outcome = failure { try await first.table.store.put(Bytes("a"), at: path, condition: .ifAbsent) }
        #expect(await eventually { clock.sleeperCount == 2 })
        clock.advance(milliseconds: 20_000)
        #expect(await outcome?.code == .outcomeUnknown)
        await first.release()
        #expect(await failure { try await WriterLock.take(table(seed: 2)) }?.code == .conflict)

        // Once the object is seen it cannot be put any more, and the lock is given back.
        try await store.put(Bytes("a"), at: path, condition: .ifAbsent)
        #expect(try await first.table.store.exists(path))
        await first.release()
        await (try await WriterLock.take(table(seed: 2))).release()
    }

    @Test func `whatever happens to a request for the lock, nobody is let in twice and the owner does not lose it`() async throws {
        for fault in [Fault.refused, .lostReply] {
            for request in 0..<12 {
                let trial = try await StorageLockTests()
                let faulty = FaultyStore(trial.store, failing: fault, atRequest: request)
                guard let lock = try? await StorageLock.take(trial.table(seed: 1, through: faulty)) else { continue }
                for _ in 0..<3 {
                    trial.clock.advance(milliseconds: 25_000)
                    try? await lock.hold()
                    #expect(await lock.isHeld, "\(fault) at \(request)")
                    #expect(await trial.failure { try await StorageLock.take(trial.table(seed: 2)) }?.code == .conflict, "\(fault) at \(request)")
                }
                await lock.release()
                trial.clock.advance(milliseconds: 62_001)
                _ = try await StorageLock.take(trial.table(seed: 3))
            }
        }
    }

    @Test func `a store that answers the loser of a race with an unknown outcome makes it a conflict`() async throws {
        for isTaken in [true, false] {
            let trial = try await StorageLockTests()
            await (try await StorageLock.take(trial.table(seed: 1))).release()
            let racing = InterceptedStore(trial.store) { call in
                guard case .put(Self.path, _) = call else { return nil }
                if isTaken { _ = try await StorageLock.take(trial.table(seed: 2)) }
                throw StorageError(.outcomeUnknown, "500", at: Self.path)
            }
            let outcome = await trial.failure { try await WriterLock.take(trial.table(seed: 3, through: racing)) }
            // Where nobody took it, ours may still come.
            #expect(outcome?.code == (isTaken ? .conflict : .unavailable), "\(String(describing: outcome))")
        }
    }

    @Test func `of many that come at once one gets the lock`() async throws {
        for round in 0..<20 {
            let trial = try await StorageLockTests()
            let winners = await withTaskGroup(of: Bool.self) { group in
                for writer in 0..<16 {
                    group.addTask { (try? await StorageLock.take(trial.table(seed: UInt64(round * 100 + writer)))) != nil }
                }
                return await group.reduce(into: 0) { if $1 { $0 += 1 } }
            }
            #expect(winners == 1)
        }
    }
}
