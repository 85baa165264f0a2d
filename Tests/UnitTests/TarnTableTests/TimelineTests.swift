import TarnBase
import TarnStorage
import TarnTable
import TarnTestSupport
import Testing

@Suite struct TimelineTests {
    @Test func `instants order and print as their texts`() throws {
        let texts = [
            "00000000000000", "00000000000000010", "00000000000001", "00000000000002", "20251231235959", "20251231235959000",
            "20251231235959999", "20260101000000", "20260101000000000", "20260101000000000001", "2026010100000000001",
            "20260101000000001", "20261123015639082001", "20261123015639082010", "20991231235959999",
        ].sorted()
        let instants = try texts.map { try #require(InstantTime($0)) }
        #expect(instants.map(\.description) == texts)
        for (l, left) in zip(texts, instants) { for (r, right) in zip(texts, instants) { #expect((l < r) == (left < right), "\(l) \(r)") } }
        for illegal in ["", "2026", "2026010100000000x", "-2026010100000000", "202601010000000000000000000", " 20260101000000"] {
            #expect(InstantTime(illegal) == nil)
        }
    }

    @Test func `the next instant is later by text, across every border`() throws {
        for (text, next) in [
            ("20251231235959999", "20260101000000000"), ("20240228235959999", "20240229000000000"), ("20260228235959999", "20260301000000000"),
            ("20260101000000000", "20260101000000001"), ("20251231235959", "20260101000000000"), ("20261123015639082001", "20261123015639083"),
            ("00000000000000010", "00000000000000011"),
        ] {
            let time = try #require(InstantTime(text))
            #expect(time.next.description == next && time < time.next)
        }
        let moment: Int64 = 1_795_398_653_951
        #expect(InstantTime(epochMilliseconds: moment, zone: .utc).description == "20261123015053951")
        #expect(InstantTime("20261123015053951")?.epochMilliseconds(in: .utc) == moment)
        let local = InstantTime(epochMilliseconds: moment, zone: .local)
        #expect(local.epochMilliseconds(in: .local) == moment)
    }

    @Test func `calendar and clock agree both ways for any moment`() {
        withSeed { random, seed in
            for _ in 0..<2000 {
                let moment = Int64.random(in: -62_167_219_200_000...253_402_300_799_999, using: &random)
                let civil = CivilTime(epochMilliseconds: moment)
                #expect(civil.epochMilliseconds() == moment, "TARN_SEED=\(seed)")
                #expect(CivilTime(year: civil.year, month: civil.month, day: civil.day, hour: civil.hour, minute: civil.minute, second: civil.second, millisecond: civil.millisecond) == civil)
            }
        }
    }

    @Test func `every state of every action has its name, and other names have none`() throws {
        let time = try #require(InstantTime("20260110080000000"))
        var names: [String: InstantFileName] = [:]
        for action in Action.allCases {
            for state in InstantState.allCases where !(action == .savepoint && state == .requested) {
                let name = InstantFileName(time, action, state)
                let parsed = try #require(InstantFileName(name.text))
                #expect(parsed.time == time && parsed.state == state)
                #expect(parsed.action == (state == .completed ? action.comparable : action))
                names[name.text] = parsed
            }
        }
        #expect(names.count == 30)
        #expect(names["20260110080000000.inflight"]?.action == .commit)
        #expect(InstantFileName(time, .compaction, .completed).text == "20260110080000000.commit")
        for other in [
            "hoodie.properties", "20260110080000000", "20260110080000000.", "20260110080000000.commit.inflight", "20260110080000000.commit.tmp",
            ".20260110080000000.commit.crc", "20260110080000000.savepoint.requested", "20260110080000000.compaction", "x.commit",
            "20260110080000000.commit.requested.x", "lock",
        ] { #expect(InstantFileName(other) == nil, "\(other)") }
    }

    private func timeline(_ names: [String]) throws -> Timeline {
        Timeline(files: try names.enumerated().map { .init(name: try #require(InstantFileName($1)), size: Int64($0), modifiedMilliseconds: Int64($0)) })
    }

    @Test func `the most advanced state of each instant counts`() throws {
        let timeline = try timeline([
            "20260101000000000.clean.requested", "20260101000000000.clean.inflight", "20260101000000000.clean",
            "20260102000000000.commit.requested", "20260102000000000.inflight", "20260102000000000.commit",
            "20260103000000000.savepoint.inflight", "20260102000000000.savepoint",
            "20260104000000000.commit", "20260104000000000.compaction.requested", "20260104000000000.compaction.inflight",
            "20260105000000000.deltacommit.requested", "20260106000000000.replacecommit.requested", "20260106000000000.replacecommit.inflight",
            "20260107000000000.compaction.requested", "20260108000000000.rollback.inflight",
        ])
        #expect(timeline.instants.map(\.description) == [
            "20260101000000000 clean completed", "20260102000000000 commit completed", "20260102000000000 savepoint completed",
            "20260103000000000 savepoint inflight", "20260104000000000 compaction completed", "20260105000000000 deltacommit requested",
            "20260106000000000 replacecommit inflight", "20260107000000000 compaction requested", "20260108000000000 rollback inflight",
        ])
        #expect(timeline.completedWrites.map { $0.time.description.prefix(8) } == ["20260102", "20260104"])
        #expect(timeline.pendingCompactions.count == 1 && timeline.pendingReplaces.count == 1)
        #expect(timeline.newestTime?.description == "20260108000000000")
        #expect(timeline.firstActive?.description == "20260102000000000")
        #expect(timeline.instants[4].fileName.text == "20260104000000000.commit" && timeline.instants[4].modifiedMilliseconds == 8)
        func holds(_ text: String) throws -> Bool { timeline.holds(try #require(InstantTime(text))) }
        #expect(try holds("20251231000000000") && holds("20260102000000000") && holds("20260107000000000"))
        #expect(try !holds("20260103000000000") && !holds("20260105000000000") && !holds("20260106000000000"))
        #expect(try self.timeline([]).firstActive == nil)
    }

    @Test func `new instants are later than everything, and a clock far ahead is refused`() throws {
        let clock = SimulatedClock()
        let fresh = InstantTime(epochMilliseconds: clock.nowMilliseconds(), zone: .utc)
        #expect(try timeline([]).nextTime(zone: .utc, clock: clock) == fresh)
        #expect(try timeline(["\(fresh).clean.requested"]).nextTime(zone: .utc, clock: clock) == fresh.next)
        #expect(try timeline([]).nextTime(zone: .utc, clock: clock, laterThan: [fresh.next]) == fresh.next.next)
        let ahead = InstantTime(epochMilliseconds: clock.nowMilliseconds() + 299_000, zone: .utc)
        #expect(try timeline(["\(ahead).commit"]).nextTime(zone: .utc, clock: clock) == ahead.next)
        let far = InstantTime(epochMilliseconds: clock.nowMilliseconds() + 301_000, zone: .utc)
        let fault = #expect(throws: TableError.self) { try timeline(["\(far).commit"]).nextTime(zone: .utc, clock: clock) }
        #expect(fault?.code == .conflict && fault?.instant == far)
    }

    @Test func `an instant goes through its states whatever happens to one request`() async throws {
        let time = try #require(InstantTime("20260110080000000"))
        func run(_ store: any ObjectStore) async throws -> Instant {
            let writer = TimelineWriter(TableHandle(store: store, path: .root, runtime: .simulated()))
            let pending = try await writer.begin(.commit, at: time)
            do {
                try await pending.start(on: writer)
            } catch {
                pending.abandon()
                throw error
            }
            return try await pending.complete(with: Bytes("{}"), on: writer)
        }
        for fault in [Fault.refused, .lostReply] {
            for request in 0..<3 {
                let base = MemoryStore()
                let result = await Result { try await run(FaultyStore(base, failing: fault, atRequest: request)) }
                let timeline = try await Timeline.load(TableHandle(store: base, path: .root, runtime: .simulated()))
                switch fault {
                case .lostReply:
                    #expect(try result.get().isCompleted)
                    #expect(timeline.completedWrites.map(\.time) == [time])
                default:
                    #expect((result.fault)?.code == .unavailable)
                    #expect(timeline.completedWrites.isEmpty && timeline.files.count == request)
                }
            }
        }
        // Somebody else's file under the same name is a conflict, told from ours by its content.
        let store = MemoryStore()
        let writer = TimelineWriter(TableHandle(store: store, path: .root, runtime: .simulated()))
        try await writer.put(InstantFileName(time, .commit, .completed), Bytes("theirs"))
        let conflict = await #expect(throws: TableError.self) { try await writer.put(InstantFileName(time, .commit, .completed), Bytes("ours")) }
        #expect(conflict?.code == .conflict && conflict?.instant == time)
    }
}

extension Result {
    fileprivate init(_ body: () async throws -> Success) async where Failure == any Error {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }

    fileprivate var fault: TableError? { if case .failure(let error) = self { error as? TableError } else { nil } }
}
