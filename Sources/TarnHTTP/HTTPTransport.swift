/// Sends requests. Second implementation: the scripted one of tests.
package protocol HTTPTransport: Sendable {
    /// Sends `request` and returns the answer, whatever its status; redirects are not followed.
    ///
    /// - Throws: ``HTTPFailure`` when there is no complete answer; `CancellationError`, after which the server may have acted
    ///   on the request all the same.
    func send(_ request: HTTPRequest) async throws -> HTTPResponse

    /// Sets `request` on its way and returns at once, where the transport can; else it goes out when its answer is asked for.
    func begin(_ request: HTTPRequest) -> any PendingResponse
}

/// A request under way. Dropping it cancels it, and the server may have acted on it all the same.
package protocol PendingResponse: AnyObject, Sendable {
    /// Waits for the answer, as ``HTTPTransport/send(_:)`` does. Call once.
    func response() async throws -> HTTPResponse
}

extension HTTPTransport {
    package func begin(_ request: HTTPRequest) -> any PendingResponse { DeferredRequest(request, over: self) }
}

private final class DeferredRequest: PendingResponse {
    private let request: HTTPRequest
    private let transport: any HTTPTransport

    init(_ request: HTTPRequest, over transport: any HTTPTransport) {
        self.request = request
        self.transport = transport
    }

    func response() async throws -> HTTPResponse { try await transport.send(request) }
}

/// Why there is no answer.
package struct HTTPFailure: Error, CustomStringConvertible {
    package enum Reason: Sendable {
        /// No address, or nobody listens there.
        case cannotConnect
        /// The other side's certificate, or TLS itself.
        case notTrusted
        case deadline
        /// The answer is longer than the request allows.
        case tooLong
        /// The connection broke, or the answer is no HTTP.
        case broken
    }

    package let reason: Reason
    /// Whether the server may have acted on the request. false only if it cannot have seen it.
    package let mayHaveBeenSent: Bool
    /// What libcurl says; names no header and no key.
    package let description: String

    package init(_ reason: Reason, mayHaveBeenSent: Bool, _ description: String) {
        self.reason = reason
        self.mayHaveBeenSent = mayHaveBeenSent
        self.description = description
    }
}
