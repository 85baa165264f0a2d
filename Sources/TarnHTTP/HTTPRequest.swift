package import TarnBase

/// One request, complete: everything that goes over the wire, and what its answer may cost.
package struct HTTPRequest: Sendable {
    package var method: String
    /// `http` or `https`.
    package var scheme: String
    /// The name or address, with the port unless it is the scheme's own: what the `Host` header says.
    package var authority: String
    /// Percent-encoded, beginning with `/`; sent as it is.
    package var path: String
    /// Percent-encoded, without the `?`; sent as it is.
    package var query = ""
    /// Names in lower case. `host` and `content-length` are not among them: the transport adds them.
    package var headers: [(name: String, value: String)] = []
    /// nil sends no body; an empty one says that it is empty.
    package var body: Bytes?
    /// The longest body a success may have. Errors may always have ``errorBodyLimit``.
    package var bodyLimit: Int
    /// From the call to the last byte of the answer, waiting for a connection included.
    package var deadlineMilliseconds: Int64
    /// Whether the request must reach the server at most once. It then gets a connection of its own, for on a used one that
    /// turns out dead libcurl sends a request again by itself.
    package var onceOnly = false
    /// Whether cancelling the task leaves the request running: for what cleans up after a cancelled one.
    package var outlivesCancellation = false

    package static let errorBodyLimit = 256 << 10

    package init(
        _ method: String, _ scheme: String, _ authority: String, path: String,
        bodyLimit: Int = errorBodyLimit, deadlineMilliseconds: Int64 = 30_000
    ) {
        self.method = method
        self.scheme = scheme
        self.authority = authority
        self.path = path
        self.bodyLimit = bodyLimit
        self.deadlineMilliseconds = deadlineMilliseconds
    }

    package var url: String { "\(scheme)://\(authority)\(path)" + (query.isEmpty ? "" : "?\(query)") }
}

/// A request without its headers, which carry signatures and tokens.
extension HTTPRequest: CustomStringConvertible, CustomReflectable {
    package var description: String { "\(method) \(scheme)://\(authority)\(path)" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

package struct HTTPResponse: Sendable {
    package let status: Int
    /// Names in lower case.
    package let headers: [(name: String, value: String)]
    package let body: Bytes

    package init(status: Int, headers: [(name: String, value: String)] = [], body: Bytes = Bytes()) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    package var isSuccess: Bool { (200..<300).contains(status) }

    /// The value of the first header of this name, written in lower case.
    package func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}
