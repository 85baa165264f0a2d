import TarnBase
import TarnHTTP
import TarnStorage

/// Signs requests to one bucket, sends them, tries again where that is right, and turns failures into errors.
struct S3Client: Sendable {
    let configuration: S3Configuration
    let endpoint: S3Endpoint
    let runtime: Runtime
    private let transport: any HTTPTransport
    private let signature: SignatureV4
    private let state: Locked<State>

    private struct State {
        var credentials: Credentials
        /// Whether an answer showed that the bucket exists.
        var bucketIsKnown = false
    }

    /// What became of one request.
    enum Outcome {
        case response(HTTPResponse)
        case refused(S3ErrorResponse)
        case failed(HTTPFailure)
    }

    /// - Throws: ``StorageError`` for an endpoint that is no address, and when there are no credentials.
    init(_ configuration: S3Configuration, transport: any HTTPTransport, runtime: Runtime) throws(StorageError) {
        precondition(configuration.attemptLimit > 0)
        guard let endpoint = S3Endpoint(configuration) else {
            throw StorageError(
                .unavailable, "the endpoint '\(configuration.endpoint ?? "")' is not of the form http://host:port or https://host"
            )
        }
        self.configuration = configuration
        self.endpoint = endpoint
        self.runtime = runtime
        self.transport = transport
        signature = SignatureV4(region: configuration.region)
        do { state = Locked(State(credentials: try configuration.credentials.load())) } catch {
            throw StorageError(.permissionDenied, error.description)
        }
    }

    // MARK: - One request

    /// A request on its way, signed with keys that may be out of date by the time it is answered.
    struct Begun: Sendable {
        fileprivate let credentials: Credentials
        fileprivate let response: any PendingResponse
    }

    /// Sets `request` on its way; ``send(_:at:begun:isComplete:)`` waits for it, and repeats it.
    func begin(_ request: S3Request) -> Begun {
        let credentials = state.withLock { $0.credentials }
        return Begun(credentials: credentials, response: transport.begin(message(request, as: credentials)))
    }

    /// Sends `request` once, or once more if the credentials had expired and their source has newer ones.
    /// - Throws: `CancellationError` only.
    func attempt(_ request: S3Request, begun: Begun? = nil) async throws -> Outcome {
        let credentials = begun?.credentials ?? state.withLock { $0.credentials }
        let outcome = try await outcome {
            if let begun { try await begun.response.response() } else { try await transport.send(message(request, as: credentials)) }
        }
        guard case .refused(let error) = outcome, error.isExpiredCredentials, let newer = try? configuration.credentials.load(),
            newer != credentials
        else { return outcome }
        state.withLock { $0.credentials = newer }
        return try await self.outcome { try await transport.send(message(request, as: newer)) }
    }

    private func message(_ request: S3Request, as credentials: Credentials) -> HTTPRequest {
        var message = HTTPRequest(
            request.method, endpoint.scheme, endpoint.authority, path: endpoint.path(request.key), bodyLimit: request.bodyLimit,
            deadlineMilliseconds: request.deadlineMilliseconds)
        message.query = PercentEncoding.query(request.query)
        message.headers = request.headers
        message.body = request.body
        message.onceOnly = request.onceOnly
        message.outlivesCancellation = request.outlivesCancellation
        let payload: SignatureV4.Payload = endpoint.scheme == "https" ? .unsigned : .hashed
        signature.sign(&message, as: credentials, atMilliseconds: runtime.clock.nowMilliseconds(), payload: payload)
        return message
    }

    private func outcome(_ send: () async throws -> HTTPResponse) async throws -> Outcome {
        do {
            let response = try await send()
            guard response.isSuccess else {
                let error = S3ErrorResponse(response)
                if error.code == "NoSuchKey" { state.withLock { $0.bucketIsKnown = true } }
                return .refused(error)
            }
            state.withLock { $0.bucketIsKnown = true }
            return .response(response)
        } catch let failure as HTTPFailure {
            return .failed(failure)
        }
    }

    // MARK: - Requests that may be repeated

    /// Sends a request that changes nothing when it is sent twice, until it is answered.
    ///
    /// - Parameters:
    ///   - begun: The first attempt, if it is under way already.
    ///   - isComplete: Whether a success is one; if not, it counts as a broken connection.
    /// - Throws: ``StorageError``: for a request that writes `outcomeUnknown` if one of its copies may have been acted on.
    func send(
        _ request: S3Request, at path: ObjectPath? = nil, begun: Begun? = nil, isComplete: (HTTPResponse) -> Bool = { _ in true }
    ) async throws -> HTTPResponse {
        var mayBeDone = false
        var attempt = 0
        while true {
            attempt += 1
            let error: StorageError
            let isPassing: Bool
            switch try await self.attempt(request, begun: attempt == 1 ? begun : nil) {
            case .response(let response):
                if isComplete(response) { return response }
                (error, isPassing) = (StorageError(.unavailable, "\(place) broke off its answer", at: path), true)
            case .refused(let refusal):
                let known = try await explained(refusal, of: request)
                mayBeDone = mayBeDone || !known.isRefusal
                (error, isPassing) = (self.error(known, of: request, at: path), known.isPassing)
            case .failed(let failure):
                mayBeDone = mayBeDone || failure.mayHaveBeenSent
                (error, isPassing) = (self.error(failure, at: path), Self.isPassing(failure))
            }
            guard isPassing, attempt < configuration.attemptLimit else {
                let writes = !["GET", "HEAD"].contains(request.method)
                throw writes && mayBeDone && isPassing ? unknown(error) : error
            }
            if !request.outlivesCancellation { try await pause(before: attempt + 1) }
        }
    }

    /// A refused HEAD has no body that says why: the same question as a GET does. Asked where the status leaves a choice.
    private func explained(_ refusal: S3ErrorResponse, of request: S3Request) async throws -> S3ErrorResponse {
        guard request.method == "HEAD", refusal.code.isEmpty, !refusal.isPassing, refusal.status != 412 else { return refusal }
        if refusal.status == 404, state.withLock({ $0.bucketIsKnown }) { return refusal }
        var question = S3Request("GET", request.key)
        question.headers = [("range", "bytes=0-0")]
        guard case .refused(let answer) = try await attempt(question), answer.status == refusal.status else { return refusal }
        return answer
    }

    /// Waits a random time up to a bound that doubles with every attempt ("full jitter"), so that clients that failed together
    /// do not come back together.
    func pause(before attempt: Int) async throws {
        let bound = min(Int64(100) << Int64(min(attempt - 2, 10)), 10_000)
        try await runtime.clock.sleep(milliseconds: Int64(runtime.random.next() % UInt64(bound + 1)))
    }

    static func isPassing(_ failure: HTTPFailure) -> Bool {
        switch failure.reason {
        case .cannotConnect, .deadline, .broken: true
        case .notTrusted, .tooLong: false
        }
    }

    // MARK: - Errors

    private var place: String { "\(endpoint.scheme)://\(endpoint.authority)" }

    func error(_ refusal: S3ErrorResponse, of request: S3Request, at path: ObjectPath?) -> StorageError {
        refusal.error(for: request, at: path, of: configuration, nowMilliseconds: runtime.clock.nowMilliseconds())
    }

    func error(_ failure: HTTPFailure, at path: ObjectPath?) -> StorageError {
        switch failure.reason {
        case .cannotConnect:
            StorageError(.unavailable, "cannot reach \(place) (\(failure)); is the endpoint right, and up?", at: path)
        case .notTrusted:
            StorageError(
                .unavailable,
                "the certificate of \(place) is not trusted (\(failure)); AWS_CA_BUNDLE names a file of trusted ones", at: path)
        case .deadline: StorageError(.unavailable, "\(place) did not answer in time", at: path)
        case .tooLong: StorageError(.tooLarge, "\(place) answers with more than was asked for", at: path)
        case .broken: StorageError(.unavailable, "the connection to \(place) broke (\(failure))", at: path)
        }
    }

    /// `error`, where the request may have been acted on all the same.
    func unknown(_ error: StorageError) -> StorageError {
        StorageError(.outcomeUnknown, "\(error.message); it may have been done", at: error.path)
    }

    func entityTag(of response: HTTPResponse, at path: ObjectPath) throws(StorageError) -> ObjectVersion {
        guard let tag = response.header("etag").map(Self.unquoted), !tag.isEmpty else {
            throw StorageError(.unsupported, "\(place) gives objects no entity tag", at: path)
        }
        return ObjectVersion(tag)
    }

    static func unquoted(_ tag: String) -> String {
        tag.utf8.count >= 2 && tag.hasPrefix("\"") && tag.hasSuffix("\"") ? String(tag.dropFirst().dropLast()) : tag
    }
}
