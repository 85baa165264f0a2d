import CCurl

/// Requests over libcurl, HTTP/1.1, with or without TLS: one thread drives all of them.
///
/// Connections are kept and used again. Proxies and, unless ``Settings/certificateFile`` names one, the file of trusted
/// certificates are libcurl's defaults (`https_proxy`, the system's own). Ends its thread, and whatever is still under way
/// with a `CancellationError`, when the last reference goes.
package final class CurlTransport: HTTPTransport {
    package struct Settings: Sendable {
        /// At most this many connections to one host; more requests than that wait, and the wait counts as theirs.
        package var connectionLimit = 16
        /// Trusted certificates (PEM) in place of the system's.
        package var certificateFile: String?

        package init() {}
    }

    private let settings: Settings
    private let loop: CurlLoop

    package init(_ settings: Settings = Settings()) {
        precondition(settings.connectionLimit > 0)
        self.settings = settings
        loop = CurlLoop(connectionLimit: settings.connectionLimit)
        loop.start()
    }

    deinit { loop.close() }

    package func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        if !request.outlivesCancellation { try Task.checkCancellation() }
        return try await begin(request).response()
    }

    package func begin(_ request: HTTPRequest) -> any PendingResponse {
        guard let exchange = CurlExchange(request, certificateFile: settings.certificateFile) else { return UnpreparedRequest() }
        loop.start(exchange)
        return StartedExchange(exchange, loop, isCancellable: !request.outlivesCancellation)
    }
}

private final class StartedExchange: PendingResponse {
    private let exchange: CurlExchange
    private let loop: CurlLoop
    private let isCancellable: Bool

    init(_ exchange: CurlExchange, _ loop: CurlLoop, isCancellable: Bool) {
        self.exchange = exchange
        self.loop = loop
        self.isCancellable = isCancellable
    }

    deinit {
        if !exchange.isOver { loop.cancel(exchange) }
    }

    func response() async throws -> HTTPResponse {
        guard isCancellable else { return try await exchange.response() }
        return try await withTaskCancellationHandler {
            try await exchange.response()
        } onCancel: {
            loop.cancel(exchange)
        }
    }
}

private final class UnpreparedRequest: PendingResponse {
    func response() async throws -> HTTPResponse {
        throw HTTPFailure(.broken, mayHaveBeenSent: false, "libcurl cannot prepare the request")
    }
}
