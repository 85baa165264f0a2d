import TarnBase
import TarnHTTP
import TarnTestSupport
import Testing

@Suite struct CurlTransportTests {
    private static func request(_ method: String, at authority: String, onceOnly: Bool = false) -> HTTPRequest {
        var request = HTTPRequest(method, "http", authority, path: "/a//b/./c%2F", bodyLimit: 100, deadlineMilliseconds: 5_000)
        request.onceOnly = onceOnly
        if method == "PUT" { request.body = Bytes("body") }
        return request
    }

    private static func failure(_ transport: CurlTransport, _ request: HTTPRequest) async -> HTTPFailure? {
        do {
            _ = try await transport.send(request)
            return nil
        } catch { return error as? HTTPFailure }
    }

    private static func answer(_ body: String) -> LoopbackServer.Reply {
        .bytes("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\nETag:  \"x\" \r\n\r\n\(body)")
    }

    @Test func `requests go out as they are and answers come back whole`() async throws {
        let server = try LoopbackServer { Self.answer("answer \($0)") }
        defer { server.stop() }
        let transport = CurlTransport()
        for number in 0..<3 {
            let response = try await transport.send(Self.request("PUT", at: server.authority))
            #expect(response.status == 200 && response.header("etag") == "\"x\"")
            #expect(response.body.printableText == "answer \(number)")
        }
        let head = try #require(server.requests.first).lowercased()
        #expect(head.hasPrefix("put /a//b/./c%2f http/1.1\r\n") && head.contains("\r\ncontent-length: 4\r\n"))
        #expect(!["expect", "accept", "content-type", "user-agent"].contains { head.contains("\r\n\($0):") })
    }

    @Test func `a request that was begun goes out before anybody waits for it, and ends when it is dropped`() async throws {
        let server = try LoopbackServer { $0 == 0 ? Self.answer("first") : .silence }
        defer { server.stop() }
        let transport = CurlTransport()
        let begun = transport.begin(Self.request("PUT", at: server.authority, onceOnly: true))
        #expect(await eventually { server.requests.count == 1 })
        #expect(try await begun.response().body.printableText == "first")
        do { _ = transport.begin(Self.request("PUT", at: server.authority, onceOnly: true)) }
        let other = CurlTransport()
        let pending = other.begin(Self.request("GET", at: "127.0.0.1:1"))
        #expect(await Self.failure(pending)?.reason == .cannotConnect)
    }

    private static func failure(_ pending: any PendingResponse) async -> HTTPFailure? {
        do {
            _ = try await pending.response()
            return nil
        } catch { return error as? HTTPFailure }
    }

    @Test func `a failure says whether the server may have seen the request`() async throws {
        let replies: [LoopbackServer.Reply] = [
            .hangUp, .lastBytes("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort"),
            Self.answer(String(repeating: "x", count: 101)), .bytes("no HTTP\r\n\r\n"),
        ]
        let server = try LoopbackServer { replies[$0] }
        defer { server.stop() }
        let transport = CurlTransport()
        for reason in [HTTPFailure.Reason.broken, .broken, .tooLong, .broken] {
            let failure = await Self.failure(transport, Self.request("PUT", at: server.authority, onceOnly: true))
            #expect(failure?.reason == reason && failure?.mayHaveBeenSent == true, "\(String(describing: failure))")
        }
        let refused = await Self.failure(transport, Self.request("PUT", at: "127.0.0.1:1"))
        #expect(refused?.reason == .cannotConnect && refused?.mayHaveBeenSent == false)
    }

    @Test func `a request that must go out once does, even where a kept connection dies`() async throws {
        let server = try LoopbackServer { $0 == 0 ? Self.answer("first") : .hangUp }
        defer { server.stop() }
        let transport = CurlTransport()
        _ = try await transport.send(Self.request("GET", at: server.authority))
        let outcome = await Self.failure(transport, Self.request("GET", at: server.authority))
        #expect(outcome?.mayHaveBeenSent == true)
        let before = server.requests.count
        let once = await Self.failure(transport, Self.request("PUT", at: server.authority, onceOnly: true))
        #expect(once?.mayHaveBeenSent == true && server.requests.count == before + 1)
    }

    @Test func `a deadline and cancellation each end a request that gets no answer`() async throws {
        let server = try LoopbackServer { _ in .silence }
        defer { server.stop() }
        let transport = CurlTransport()
        var hurried = Self.request("GET", at: server.authority)
        hurried.deadlineMilliseconds = 50
        #expect(await Self.failure(transport, hurried)?.reason == .deadline)
        let patient = Self.request("GET", at: server.authority)
        let cancelled = try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                do { _ = try await transport.send(patient) } catch { return error is CancellationError }
                return false
            }
            group.cancelAll()
            return try await group.next() ?? false
        }
        #expect(cancelled)
    }
}
