import TarnBase
import TarnHTTP
import TarnS3
import TarnStorage
import TarnTestSupport
import Testing

/// Against a real server.
@Suite(.enabled(if: S3Server.endpoint != nil, Comment(rawValue: S3Server.reason)), .serialized) struct ServerTests {
    @Test func `a store on a server keeps the contract`() async throws {
        let server = try await S3Server()
        try await StoreConformance(isRemote: true) { try server.store() }.run()
    }

    @Test func `uploads of parts, odd keys and long folders come back as they went`() async throws {
        let store = try await S3Server().store()
        let content = Bytes((0..<20_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 11) })
        let large = ObjectPath.root.appending("large")
        let writer = try await store.upload(at: large)
        for start in stride(from: 0, to: content.count, by: 3_000_000) {
            try await writer.write(content[start..<min(start + 3_000_000, content.count)])
        }
        let info = try await writer.finish()
        #expect(info.size == 20_000_000)
        let seen = try await store.info(large).version
        #expect(seen == info.version)
        #expect(try await store.get(large, ranges: nil) == [content])
        try await store.delete([large])

        let odd = [
            "a+b c", "é/ü", "100%", "x=1&y=<2>", "q?x#f", "'(1)*!", "semi;colon", "tab\tnew\nline", "ctrl\u{1}x", "\"quoted\"",
            "😀",
        ].map { ObjectPath.root.appending($0) }
        for path in odd { try await store.put(Bytes(path.text), at: path, condition: .ifAbsent) }
        for path in odd { #expect(try await store.get(path).utf8Text == path.text) }
        // XML cannot carry every key; listings say so by encoding them.
        #expect(try await store.list(.root, recursive: true).objects.map(\.path) == odd.sorted())
        try await store.delete(odd)
        #expect(try await store.list(.root, recursive: true).objects.isEmpty)
    }

    @Test func `pages of folders come in the order of paths, whatever the store sorts by`() async throws {
        let store = try await S3Server().store()
        // The folder `n` sorts, as a key, behind everything that begins with `n-`, and is the first of all paths.
        let files = (0..<1_100).map { ObjectPath.root.appending("n-\($0)") }
        for path in files { try await store.put(Bytes(), at: path, condition: .always) }
        for name in ["n/x", "n-5/y", "zz/z"] { try await store.put(Bytes(), at: .root.appending(name), condition: .always) }
        let first = try await store.list(.root, startingAfter: nil, recursive: false)
        #expect(first.folders == ["n", "n-5"].map { ObjectPath.root.appending($0) } && first.next != nil)
        let all = try await store.list(.root, recursive: false)
        #expect(all.objects.map(\.path) == files.sorted())
        #expect(all.folders == ["n", "n-5", "zz"].map { ObjectPath.root.appending($0) })
    }

    @Test func `what a user gets wrong is said in one line`() async throws {
        let server = try await S3Server()
        func line(_ change: (inout S3Configuration) -> Void, clockBy milliseconds: Int64 = 0) async throws -> String {
            var configuration = server.configuration
            configuration.attemptLimit = 2
            change(&configuration)
            let clock = SimulatedClock(startingAt: Runtime.system.clock.nowMilliseconds() + milliseconds)
            let store = try S3Store(configuration, runtime: .simulated(clock: clock))
            let error = await #expect(throws: StorageError.self) { _ = try await store.info(.root.appending("missing")) }
            let line = error.map { "\($0)" } ?? ""
            #expect(!line.contains("\n") && !line.contains(S3Server.secret))
            return line
        }
        #expect(try await line { _ in }.contains("no such object"))
        #expect(
            try await line { $0.credentials = .fixed(Credentials(accessKey: "AKIANOSUCHKEY000", secretKey: "x")) }.contains(
                "access key"))
        #expect(
            try await line { $0.credentials = .fixed(Credentials(accessKey: S3Server.accessKey, secretKey: "wrong")) }.contains(
                "the secret key does not fit"))
        let skewed = try await line({ _ in }, clockBy: -20 * 60_000)
        #expect(skewed.contains("clock is wrong by 20 minutes (slow)"), "\(skewed)")
        #expect(
            try await line { $0.address = S3Address(bucket: "no-such-bucket-here") ?? $0.address }.contains(
                "there is no bucket 'no-such-bucket-here'"))
        #expect(try await line { $0.endpoint = "http://127.0.0.1:1" }.contains("cannot reach http://127.0.0.1:1"))
    }
}
