import TarnBase
import TarnHTTP
import TarnTestSupport

/// A bucket in memory behind the transport, as far as objects go (no listings), with faults at chosen requests.
final class FakeBucket: HTTPTransport {
    enum Fault: Sendable {
        /// Done, and nobody told.
        case lostReply
        /// Done, replaced by somebody else's text, and nobody told.
        case lostReplyAndReplaced(String)
        /// Not done, and nobody told.
        case lostRequest
        /// Not done, and known not to be.
        case cannotConnect
        case status(Int, String)
        /// Done, and reported as failed.
        case doneButStatus(Int)
    }

    fileprivate struct Entry {
        var body: Bytes
        var headers: [(name: String, value: String)]
        var tag: String
    }

    fileprivate struct State {
        var entries: [String: Entry] = [:]
        var uploads: [String: (headers: [(name: String, value: String)], parts: [Int: Bytes])] = [:]
        var requests: [HTTPRequest] = []
        var lastTag = 0
        var keepsConditions = true
        var fault: @Sendable (Int, HTTPRequest) -> Fault? = { _, _ in nil }
    }

    private let state = Locked(State())

    /// Everything sent so far.
    var requests: [HTTPRequest] { state.withLock { $0.requests } }
    /// The requests of one method to one key.
    func count(_ method: String, _ path: String) -> Int { requests.count { $0.method == method && $0.path == path } }
    func text(_ path: String) -> String? { state.withLock { $0.entries[path]?.body.printableText } }
    var hasUploads: Bool { state.withLock { !$0.uploads.isEmpty } }

    /// From now on, `fault` decides by the request's number, from 0.
    func fail(_ fault: @escaping @Sendable (Int, HTTPRequest) -> Fault?) {
        state.withLock {
            $0.requests = []
            $0.fault = fault
        }
    }

    func ignoreConditions() { state.withLock { $0.keepsConditions = false } }

    func store(_ text: String, at path: String) {
        state.withLock { _ = $0.store(Bytes(text), [], at: path) }
    }

    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        let outcome: Result<HTTPResponse, HTTPFailure> = state.withLock { state in
            let fault = state.fault(state.requests.count, request)
            state.requests.append(request)
            switch fault {
            case nil: return .success(state.answer(request))
            case .lostReply:
                _ = state.answer(request)
                return .failure(HTTPFailure(.broken, mayHaveBeenSent: true, "the reply was lost"))
            case .lostReplyAndReplaced(let text):
                _ = state.answer(request)
                _ = state.store(Bytes(text), [], at: request.path)
                return .failure(HTTPFailure(.broken, mayHaveBeenSent: true, "the reply was lost"))
            case .lostRequest: return .failure(HTTPFailure(.broken, mayHaveBeenSent: true, "the request was lost"))
            case .cannotConnect: return .failure(HTTPFailure(.cannotConnect, mayHaveBeenSent: false, "refused"))
            case .status(let status, let code): return .success(State.error(status, code))
            case .doneButStatus(let status):
                _ = state.answer(request)
                return .success(State.error(status, "InternalError"))
            }
        }
        return try outcome.get()
    }
}

fileprivate extension FakeBucket.State {
    static func error(_ status: Int, _ code: String) -> HTTPResponse {
        HTTPResponse(
            status: status, body: code.isEmpty ? Bytes() : Bytes("<?xml version=\"1.0\"?><Error><Code>\(code)</Code></Error>"))
    }

    mutating func store(_ body: Bytes, _ headers: [(name: String, value: String)], at path: String) -> String {
        lastTag += 1
        let tag = "\"tag\(lastTag)\""
        entries[path] = FakeBucket.Entry(body: body, headers: headers.filter { $0.name.hasPrefix("x-amz-meta-") }, tag: tag)
        return tag
    }

    mutating func answer(_ request: HTTPRequest) -> HTTPResponse {
        let header = { name in request.headers.first { $0.name == name }?.value }
        let query = Dictionary(
            request.query.split(separator: "&").map { item in
                let parts = item.split(separator: "=", maxSplits: 1).map(String.init)
                return (parts[0], parts.count > 1 ? parts[1] : "")
            }
        ) { $1 }
        switch request.method {
        case "GET", "HEAD":
            guard let entry = entries[request.path] else { return Self.error(404, request.method == "GET" ? "NoSuchKey" : "") }
            var headers = entry.headers + [("etag", entry.tag), ("content-length", String(entry.body.count))]
            headers.append(("last-modified", "Fri, 24 May 2013 00:00:00 GMT"))
            if request.method == "HEAD" { return HTTPResponse(status: 200, headers: headers) }
            guard let range = header("range") else { return HTTPResponse(status: 200, headers: headers, body: entry.body) }
            let bounds = range.dropFirst(6).split(separator: "-").compactMap { Int($0) }
            guard bounds.count == 2, bounds[0] < entry.body.count else { return Self.error(416, "InvalidRange") }
            let end = min(bounds[1], entry.body.count - 1)
            headers.append(("content-range", "bytes \(bounds[0])-\(end)/\(entry.body.count)"))
            return HTTPResponse(status: 206, headers: headers, body: entry.body[bounds[0]..<end + 1])
        case "PUT":
            if let part = query["partNumber"].flatMap({ Int($0) }), let upload = query["uploadId"] {
                guard uploads[upload] != nil else { return Self.error(404, "NoSuchUpload") }
                uploads[upload]?.parts[part] = request.body
                return HTTPResponse(status: 200, headers: [("etag", "\"part\(part)\"")])
            }
            if keepsConditions {
                if header("if-none-match") != nil, entries[request.path] != nil { return Self.error(412, "PreconditionFailed") }
                if let match = header("if-match"), entries[request.path]?.tag != "\"\(match)\"" {
                    return Self.error(412, "PreconditionFailed")
                }
            }
            return HTTPResponse(
                status: 200, headers: [("etag", store(request.body ?? Bytes(), request.headers, at: request.path))])
        case "POST":
            if query["uploads"] != nil {
                lastTag += 1
                uploads["u\(lastTag)"] = (request.headers, [:])
                return HTTPResponse(status: 200, body: Bytes("<R><UploadId>u\(lastTag)</UploadId></R>"))
            }
            guard let name = query["uploadId"], let upload = uploads.removeValue(forKey: name) else {
                return Self.error(404, "NoSuchUpload")
            }
            var whole = ByteBuilder()
            for (_, part) in upload.parts.sorted(by: { $0.key < $1.key }) { whole.append(part) }
            let tag = store(whole.finish(), upload.headers, at: request.path)
            return HTTPResponse(
                status: 200, body: Bytes("<CompleteMultipartUploadResult><ETag>\(tag)</ETag></CompleteMultipartUploadResult>"))
        default:
            if let upload = query["uploadId"] { uploads[upload] = nil } else { entries[request.path] = nil }
            return HTTPResponse(status: 204)
        }
    }
}

/// Answers from a list, or by a rule.
final class ScriptedTransport: HTTPTransport {
    private let seen = Locked<[HTTPRequest]>([])
    private let answer: @Sendable (Int, HTTPRequest) -> HTTPResponse

    var requests: [HTTPRequest] { seen.withLock { $0 } }

    init(_ answer: @escaping @Sendable (Int, HTTPRequest) -> HTTPResponse) { self.answer = answer }

    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        let number = seen.withLock { seen in
            seen.append(request)
            return seen.count - 1
        }
        return answer(number, request)
    }
}
