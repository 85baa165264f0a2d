import TarnBase
import TarnHTTP
import TarnS3
import TarnStorage
import TarnTestSupport
import Testing

/// A store on `transport` in a simulated world.
func exampleStore(_ transport: any HTTPTransport, endpoint: String? = "http://store:9000", prefix: String = "t") throws -> S3Store
{
    var configuration = S3Configuration(try #require(S3Address(bucket: "lake", prefix: prefix)))
    configuration.endpoint = endpoint
    configuration.credentials = .fixed(Credentials(accessKey: "AKIAACCESS", secretKey: "hush-secret", sessionToken: "hush-token"))
    return try S3Store(configuration, transport: transport, runtime: .simulated())
}

func code(_ work: () async throws -> Void) async -> StorageError.Code? {
    do {
        try await work()
        return nil
    } catch { return (error as? StorageError)?.code }
}

@Suite struct PutTests {
    private static let a = ObjectPath.root.appending("a")
    private static let key = "/lake/t/a"
    private static let faults: [FakeBucket.Fault] = [
        .lostReply, .lostRequest, .cannotConnect, .status(503, "SlowDown"), .status(500, "InternalError"), .status(500, ""),
        .doneButStatus(500),
        .status(409, "ConditionalRequestConflict"), .status(429, "Throttling"),
    ]

    private static func probed() async throws -> (FakeBucket, S3Store) {
        let bucket = FakeBucket()
        let store = try exampleStore(bucket)
        let version = try await store.put(Bytes("first"), at: .root.appending("other"), condition: .ifAbsent)
        try await store.put(Bytes("second"), at: .root.appending("other"), condition: .ifMatching(version))
        return (bucket, store)
    }

    @Test func `a put if absent is stored once whatever happens to a request on the way`() async throws {
        for fault in Self.faults {
            for failing in 0..<4 {
                let (bucket, store) = try await Self.probed()
                bucket.fail { number, _ in number == failing ? fault : nil }
                let version = try await store.put(Bytes("mine"), at: Self.a, condition: .ifAbsent)
                #expect(bucket.text(Self.key) == "mine", "\(fault) at \(failing)")
                #expect(try await store.info(Self.a).version == version)
                #expect(bucket.requests.allSatisfy { $0.method != "PUT" || $0.onceOnly })
            }
        }
    }

    @Test func `a put if absent on another's object is refused whatever happens to a request on the way`() async throws {
        for fault in Self.faults {
            for failing in 0..<4 {
                let (bucket, store) = try await Self.probed()
                bucket.store("theirs", at: Self.key)
                bucket.fail { number, _ in number == failing ? fault : nil }
                let outcome = await code { try await store.put(Bytes("mine"), at: Self.a, condition: .ifAbsent) }
                #expect(outcome == .preconditionFailed && bucket.text(Self.key) == "theirs", "\(fault) at \(failing)")
            }
        }
    }

    @Test func `a put on a version is stored, refused or unknown, never told wrongly`() async throws {
        for fault in Self.faults {
            let (bucket, store) = try await Self.probed()
            let first = try await store.put(Bytes("one"), at: Self.a, condition: .ifAbsent)
            bucket.fail { number, _ in number == 0 ? fault : nil }
            try await store.put(Bytes("two"), at: Self.a, condition: .ifMatching(first))
            #expect(bucket.text(Self.key) == "two", "\(fault)")
            bucket.fail { _, _ in nil }
            let stale = await code { try await store.put(Bytes("three"), at: Self.a, condition: .ifMatching(first)) }
            #expect(stale == .preconditionFailed)
        }
        // Stored, the reply lost, and replaced by another before it could be read back.
        let (bucket, store) = try await Self.probed()
        let first = try await store.put(Bytes("one"), at: Self.a, condition: .ifAbsent)
        bucket.fail { number, _ in number == 0 ? .lostReplyAndReplaced("theirs") : nil }
        #expect(await code { try await store.put(Bytes("two"), at: Self.a, condition: .ifMatching(first)) } == .outcomeUnknown)
        #expect(bucket.text(Self.key) == "theirs")
    }

    @Test func `what cannot be read back is unknown, and what was never sent is not`() async throws {
        for (first, expected) in [
            (FakeBucket.Fault.lostReply, StorageError.Code.outcomeUnknown), (.lostRequest, .outcomeUnknown),
            (.cannotConnect, .unavailable),
        ] {
            for condition in [PutCondition.ifAbsent, .always] {
                let (bucket, store) = try await Self.probed()
                bucket.fail { number, _ in number == 0 ? first : .cannotConnect }
                #expect(await code { try await store.put(Bytes("mine"), at: Self.a, condition: condition) } == expected)
            }
        }
        let (bucket, store) = try await Self.probed()
        bucket.fail { _, _ in .status(403, "AccessDenied") }
        #expect(await code { try await store.put(Bytes("mine"), at: Self.a, condition: .ifAbsent) } == .permissionDenied)
        #expect(bucket.requests.count == 1)
    }

    @Test func `a store that ignores conditions is refused before anything is written`() async throws {
        for header in [PutCondition.ifAbsent, .ifMatching(ObjectVersion("x"))] {
            let bucket = FakeBucket()
            bucket.ignoreConditions()
            let store = try exampleStore(bucket)
            #expect(await code { try await store.put(Bytes("mine"), at: Self.a, condition: header) } == .unsupported)
            #expect(bucket.text(Self.key) == nil && bucket.count("PUT", Self.key) == 0)
            #expect(bucket.requests.last?.method == "DELETE")
        }
        // Kept conditions are asked about once.
        let (bucket, store) = try await Self.probed()
        bucket.fail { _, _ in nil }
        try await store.put(Bytes("mine"), at: Self.a, condition: .ifAbsent)
        #expect(bucket.requests.count == 1)
    }

    @Test func `an upload of parts appears whole, or not at all with its parts given back`() async throws {
        let size = S3Store.partBytes + 12_345
        let content = Bytes((0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 11) })
        let digest = Digest.sha256(content)
        for fault in Self.faults {
            for failing in 0..<5 {
                let (bucket, store) = try await Self.probed()
                bucket.fail { number, _ in number == failing ? fault : nil }
                let writer = try await store.upload(at: Self.a)
                for start in stride(from: 0, to: size, by: 5_000_000) {
                    try await writer.write(content[start..<min(start + 5_000_000, size)])
                }
                let info = try await writer.finish()
                #expect(info.size == size && info.path == Self.a)
                #expect(try await store.get(Self.a, ranges: nil).map { Digest.sha256($0) } == [digest], "\(fault) at \(failing)")
                await writer.abandon()
                #expect(try await store.exists(Self.a))
            }
        }
        for failing in 0..<5 {
            let (bucket, store) = try await Self.probed()
            bucket.fail { number, request in number >= failing && request.method != "DELETE" ? .status(403, "AccessDenied") : nil
            }
            let outcome = await code {
                let writer = try await store.upload(at: Self.a)
                try await writer.write(content)
                _ = try await writer.finish()
            }
            #expect(
                outcome == (failing < 4 ? .permissionDenied : nil) && !bucket.hasUploads,
                "\(failing): \(String(describing: outcome))")
            #expect(failing == 4 || bucket.text(Self.key) == nil)
        }
    }

    @Test func `small uploads and puts are one request, large ones one a part and two more`() async throws {
        let (bucket, store) = try await Self.probed()
        for (size, requests) in [(0, 1), (S3Store.partBytes, 1), (S3Store.partBytes + 1, 4), (2 * S3Store.partBytes, 4)] {
            let content = Bytes([UInt8](repeating: 7, count: size))
            bucket.fail { _, _ in nil }
            try await store.put(content, at: Self.a, condition: .always)
            #expect(bucket.requests.count == requests)
            bucket.fail { _, _ in nil }
            let writer = try await store.upload(at: Self.a)
            try await writer.write(content)
            #expect(try await writer.finish().size == size)
            #expect(bucket.requests.count == requests)
        }
    }

    @Test func `two parts are under way while the next is filled, and none when an upload is given up`() async throws {
        let content = Bytes((0..<5 * S3Store.partBytes + 5).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 11) })
        for failing in [nil, 2, 3] as [Int?] {
            let bucket = BeginningBucket()
            bucket.bucket.fail { _, request in
                failing.map { request.query.hasPrefix("partNumber=\($0)&") } ?? false ? .status(403, "AccessDenied") : nil
            }
            let store = try exampleStore(bucket)
            let writer = try await store.upload(at: Self.a)
            let outcome = await code {
                for start in stride(from: 0, to: content.count, by: 3_000_000) {
                    try await writer.write(content[start..<min(start + 3_000_000, content.count)])
                }
                _ = try await writer.finish()
            }
            #expect(outcome == (failing == nil ? nil : .permissionDenied))
            #expect(bucket.most == 2 && bucket.underWay == 0)
            #expect(!bucket.bucket.hasUploads)
            if failing == nil {
                #expect(try await store.get(Self.a, ranges: nil).map { Digest.sha256($0) } == [Digest.sha256(content)])
            } else {
                #expect(bucket.bucket.count("GET", Self.key) == 0 && bucket.bucket.text(Self.key) == nil)
            }
            await writer.abandon()
        }
    }
}

/// A bucket that knows how many requests were begun and not waited for yet.
private final class BeginningBucket: HTTPTransport {
    let bucket = FakeBucket()
    private let counts = Locked((underWay: 0, most: 0))

    var underWay: Int { counts.withLock { $0.underWay } }
    var most: Int { counts.withLock { $0.most } }

    func send(_ request: HTTPRequest) async throws -> HTTPResponse { try await bucket.send(request) }

    func begin(_ request: HTTPRequest) -> any PendingResponse {
        counts.withLock { counts in
            counts.underWay += 1
            counts.most = max(counts.most, counts.underWay)
        }
        return Pending(request, of: self)
    }

    private final class Pending: PendingResponse {
        private let request: HTTPRequest
        private let owner: BeginningBucket

        init(_ request: HTTPRequest, of owner: BeginningBucket) {
            self.request = request
            self.owner = owner
        }

        deinit { owner.counts.withLock { $0.underWay -= 1 } }

        func response() async throws -> HTTPResponse { try await owner.bucket.send(request) }
    }
}
