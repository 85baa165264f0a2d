/// Sends requests. Second implementation: the scripted one of tests.
package protocol HTTPTransport: Sendable {
    /// Sends `request` and returns the answer, whatever its status; redirects are not followed.
    ///
    /// - Throws: ``HTTPFailure`` when there is no complete answer; `CancellationError`, after which the server may have acted
    ///   on the request all the same.
    func send(_ request: HTTPRequest) async throws -> HTTPResponse
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
