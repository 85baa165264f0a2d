import CCurl
import Glibc
import TarnBase

/// One request and its answer under way.
// Sendable: the caller's until it is handed to the loop, then the loop thread's alone; only `isCancelled` and `end` are shared,
// behind locks.
final class CurlExchange: @unchecked Sendable {
    let easy: UnsafeMutableRawPointer
    let isCancelled = Locked(false)
    private let end = Locked(End.open)

    private enum End {
        case open
        case awaited(CheckedContinuation<HTTPResponse, any Error>)
        case reached(Result<HTTPResponse, any Error>)
    }

    private let request: HTTPRequest
    private var headerLines: UnsafeMutablePointer<curl_slist>?
    private var received: [(name: String, value: String)] = []
    private var status = 0
    private var body = ByteBuilder()
    private var isTooLong = false

    /// nil when libcurl is out of memory.
    init?(_ request: HTTPRequest, certificateFile: String?) {
        guard CurlLoop.isReady, let easy = curl_easy_init() else { return nil }
        self.easy = easy
        self.request = request
        configure(certificateFile)
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_slist_free_all(headerLines)
    }

    private func configure(_ certificateFile: String?) {
        let numbers: [(CURLoption, Int)] = [
            // SIGPIPE is blocked on the loop's thread instead.
            (CURLOPT_NOSIGNAL, 1),
            // Else curl rewrites `a//b` and `a/./b` after they were signed.
            (CURLOPT_PATH_AS_IS, 1),
            (CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1)),
            (CURLOPT_CONNECTTIMEOUT_MS, 5000),
            (CURLOPT_TIMEOUT_MS, Int(clamping: request.deadlineMilliseconds)),
            (CURLOPT_LOW_SPEED_LIMIT, 1), (CURLOPT_LOW_SPEED_TIME, 20),
            (CURLOPT_NOBODY, request.method == "HEAD" ? 1 : 0),
            (CURLOPT_FRESH_CONNECT, request.onceOnly ? 1 : 0),
            (CURLOPT_BUFFERSIZE, max(16_384, min(524_288, request.bodyLimit))),
        ]
        for (option, value) in numbers { tarn_setopt_long(easy, option, value) }
        tarn_setopt_str(easy, CURLOPT_URL, request.url)
        tarn_setopt_str(easy, CURLOPT_PROTOCOLS_STR, "http,https")
        tarn_setopt_str(easy, CURLOPT_CUSTOMREQUEST, request.method)
        if let certificateFile { tarn_setopt_str(easy, CURLOPT_CAINFO, certificateFile) }
        // An empty value takes away what curl would add. A 100 is never waited for.
        var defaults = ["expect", "accept", "content-type"]
        for (name, value) in request.headers {
            defaults.removeAll { $0 == name }
            headerLines = curl_slist_append(headerLines, value.isEmpty ? "\(name);" : "\(name): \(value)")
        }
        for name in defaults { headerLines = curl_slist_append(headerLines, "\(name):") }
        tarn_setopt_list(easy, CURLOPT_HTTPHEADER, headerLines)
        if let body = request.body {
            // Sent from where it lies: `request` keeps it alive as long as this exchange.
            tarn_setopt_off(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
            tarn_setopt_ptr(easy, CURLOPT_POSTFIELDS, UnsafeMutableRawPointer(mutating: body.unsafePointer))
            if body.count > 65_536 { tarn_setopt_long(easy, CURLOPT_UPLOAD_BUFFERSIZE, 524_288) }
        }
        let me = Unmanaged.passUnretained(self).toOpaque()
        tarn_setopt_ptr(easy, CURLOPT_WRITEDATA, me)
        tarn_setopt_ptr(easy, CURLOPT_HEADERDATA, me)
        tarn_setopt_io(easy, CURLOPT_WRITEFUNCTION) { start, _, count, me in
            guard let me else { return 0 }
            let chunk = UnsafeRawBufferPointer(start: start, count: count)
            return Unmanaged<CurlExchange>.fromOpaque(me)._withUnsafeGuaranteedRef { $0.take(body: chunk) } ? count : 0
        }
        tarn_setopt_io(easy, CURLOPT_HEADERFUNCTION) { start, _, count, me in
            guard let me else { return 0 }
            let line = UnsafeRawBufferPointer(start: start, count: count)
            return Unmanaged<CurlExchange>.fromOpaque(me)._withUnsafeGuaranteedRef { $0.take(headerLine: line) } ? count : 0
        }
    }

    private static let headerLimit = 200

    private func take(headerLine bytes: UnsafeRawBufferPointer) -> Bool {
        let line = String(decoding: bytes, as: UTF8.self)
        // A 100 or a proxy's answer comes first; the last one counts.
        if line.hasPrefix("HTTP/") {
            received = []
            return true
        }
        guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) else { return true }
        guard received.count < Self.headerLimit else { return false }
        let value = line.utf8[line.utf8.index(after: colon)...]
        received.append((line[..<colon].lowercased(), Self.trimmed(value)))
        return true
    }

    private static func trimmed(_ text: Substring.UTF8View) -> String {
        var text = text
        while let last = text.last, last <= 0x20 { text.removeLast() }
        return String(Substring(text.drop { $0 <= 0x20 }))
    }

    private func take(body bytes: UnsafeRawBufferPointer) -> Bool {
        if body.isEmpty {
            tarn_getinfo_long(easy, CURLINFO_RESPONSE_CODE, &status)
            let promised = received.last { $0.name == "content-length" }.flatMap { Int($0.value) } ?? 0
            body.reserve(max(0, min(promised, limit)))
        }
        guard bytes.count <= limit - body.count else {
            isTooLong = true
            return false
        }
        body.append(bytes)
        return true
    }

    private var limit: Int {
        (200..<300).contains(status) ? request.bodyLimit : HTTPRequest.errorBodyLimit
    }

    /// The end, as the loop saw it.
    func finish(_ code: CURLcode) {
        if isCancelled.withLock({ $0 }) || code == CURLE_ABORTED_BY_CALLBACK {
            finish(.failure(CancellationError()))
        } else if code == CURLE_OK {
            tarn_getinfo_long(easy, CURLINFO_RESPONSE_CODE, &status)
            finish(.success(HTTPResponse(status: status, headers: received, body: body.finish())))
        } else {
            finish(.failure(failure(code)))
        }
    }

    /// What it ended with is kept until somebody asks.
    func finish(_ result: Result<HTTPResponse, any Error>) {
        let waiting = end.withLock { end -> CheckedContinuation<HTTPResponse, any Error>? in
            defer { end = .reached(result) }
            return if case .awaited(let continuation) = end { continuation } else { nil }
        }
        waiting?.resume(with: result)
    }

    var isOver: Bool {
        end.withLock { if case .reached = $0 { true } else { false } }
    }

    /// Waits for the end. For one caller.
    func response() async throws -> HTTPResponse {
        try await withCheckedThrowingContinuation { continuation in
            let result = end.withLock { end -> Result<HTTPResponse, any Error>? in
                if case .reached(let result) = end { return result }
                end = .awaited(continuation)
                return nil
            }
            if let result { continuation.resume(with: result) }
        }
    }

    private func failure(_ code: CURLcode) -> HTTPFailure {
        var sentBytes = 0
        tarn_getinfo_long(easy, CURLINFO_REQUEST_SIZE, &sentBytes)
        let reason: HTTPFailure.Reason
        var mayHaveBeenSent = sentBytes > 0
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT, CURLE_URL_MALFORMAT:
            (reason, mayHaveBeenSent) = (.cannotConnect, false)
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM:
            (reason, mayHaveBeenSent) = (.notTrusted, false)
        case CURLE_OPERATION_TIMEDOUT: reason = .deadline
        case CURLE_WRITE_ERROR where isTooLong: reason = .tooLong
        // Only these two can end before anything was sent; for any other the server has begun to answer.
        case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING: reason = .broken
        default: (reason, mayHaveBeenSent) = (.broken, true)
        }
        return HTTPFailure(
            reason, mayHaveBeenSent: mayHaveBeenSent,
            isTooLong ? "the answer is too long" : String(cString: curl_easy_strerror(code)))
    }
}
