import TarnBase
import TarnStorage
import TarnTestSupport
import Testing

@Suite struct MeteredStoreTests {
    private func path(_ text: String) -> ObjectPath { ObjectPath.root.appending(text) }
    private static let part = Int(MeteredStore.partBytes)

    /// One request of every kind, uploads in parts included.
    private func everything(_ store: any ObjectStore) async throws {
        try await store.put(Bytes("12345"), at: path("a"), condition: .ifAbsent)
        _ = try await store.get(path("a"), ranges: [0..<1, 1..<3])
        _ = try await store.list(.root, startingAfter: nil, recursive: true)
        let writer = try await store.upload(at: path("b"))
        for _ in 0..<5 { try await writer.write(Bytes([UInt8](repeating: 7, count: Self.part / 2))) }
        _ = try await writer.finish()
        _ = try await store.info(path("b"))
        try await store.delete((0..<1_001).map { path("gone/\($0)") } + [path("a")])
    }

    @Test func `requests are counted by kind as an object store bills them`() async throws {
        let store = MeteredStore(MemoryStore())
        try await everything(store)
        var expected = RequestCounts()
        expected.put = 1 + 3 + 2
        expected.get = 2
        expected.list = 1
        expected.head = 1
        expected.delete = 2
        expected.bytesRead = 3
        expected.bytesWritten = Int64(5 + Self.part / 2 * 5)
        #expect(store.counts == expected)
        #expect(store.counts.total == 12)
    }

    @Test(arguments: [0, 1, MeteredStore.partBytes - 1, MeteredStore.partBytes, MeteredStore.partBytes + 1, MeteredStore.partBytes * 3])
    func `a put and an upload of the same size cost the same`(size: Int64) async throws {
        let bytes = Bytes([UInt8](repeating: 1, count: Int(size)))
        let parts = Int((size + MeteredStore.partBytes - 1) / MeteredStore.partBytes)
        let byPut = MeteredStore(MemoryStore())
        try await byPut.put(bytes, at: path("a"), condition: .always)
        #expect(byPut.counts.put == (parts > 1 ? parts + 2 : 1))
        for piece in [bytes.count, 1_000_003] {
            let byUpload = MeteredStore(MemoryStore())
            let writer = try await byUpload.upload(at: path("a"))
            var start = 0
            while start < bytes.count {
                try await writer.write(bytes[start..<min(bytes.count, start + piece)])
                start += piece
            }
            _ = try await writer.finish()
            #expect(byUpload.counts == byPut.counts)
        }
    }

    @Test func `a scope counts apart, and crash plans count through all`() async throws {
        let died = Locked<[String]>([])
        let base = RecordingStore(MemoryStore())
        let plan = CrashPlan(atRequest: 3, .before) { died.withLock { $0.append("after \(base.calls.count) calls") } }
        let store = MeteredStore(base, crashingAt: plan)
        let lookup = store.scoped()
        try await store.put(Bytes("x"), at: path("a"), condition: .always)
        _ = try await lookup.info(path("a"))
        _ = try await lookup.get(path("a"), ranges: nil)
        #expect(store.counts.total == 1 && lookup.counts.total == 2)
        #expect((store.counts + lookup.counts - lookup.counts) == store.counts)
        #expect(died.withLock { $0 } == ["after 2 calls"])
    }

    @Test func `every request is a place to die, before it is done and after`() async throws {
        #expect(CrashPlan(parsing: "12") {}?.moment == .before)
        #expect(CrashPlan(parsing: "12+") {}?.moment == .after)
        for wrong in ["", "+", "0", "-1", "x"] { #expect(CrashPlan(parsing: wrong) {} == nil) }
        await withEvery("request", in: 1...12) { request in
            var seen: [Int] = []
            for moment in [CrashPlan.Moment.before, .after] {
                let base = RecordingStore(MemoryStore())
                let died = Locked<[Int]>([])
                try await everything(MeteredStore(base, crashingAt: CrashPlan(atRequest: request, moment) { died.withLock { $0.append(base.calls.count) } }))
                let calls = died.withLock { $0 }
                try expect(calls.count == 1, "\(moment): died \(calls.count) times")
                seen += calls
            }
            try expect(seen[1] == seen[0] + 1, "before and after are one call apart: \(seen)")
        }
    }

    @Test func `faults hit the request they are planned for and no other`() async throws {
        let requests = try await countingRequests(of: MemoryStore()) { try await everything($0) }
        await withEvery("request", in: 0..<requests) { request in
            for fault in Fault.allCases {
                let base = RecordingStore(MemoryStore())
                let store = FaultyStore(base, failing: fault, atRequest: request)
                do {
                    try await everything(store)
                    throw Unexpected("\(fault): nothing failed")
                } catch let error as StorageError {
                    let isDone = fault == .lostReply || fault == .outageAfter
                    try expect(base.calls.count == request + (isDone ? 1 : 0), "\(fault): \(base.calls.count) calls done")
                    try expect(isDone || error.code == .unavailable, "\(fault): \(error)")
                }
                let isUp = (try? await store.list(.root, recursive: true)) != nil
                try expect(isUp == (fault == .refused || fault == .lostReply), "\(fault): afterwards")
            }
        }
    }
}
