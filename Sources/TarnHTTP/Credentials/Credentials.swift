/// Keys to an AWS account, or to a store that speaks its protocol.
///
/// Prints, describes and reflects without its secrets.
public struct Credentials: Hashable, Sendable {
    public let accessKey: String
    let secretKey: String
    let sessionToken: String?

    /// - Parameter sessionToken: Comes with temporary keys, and only with them.
    public init(accessKey: String, secretKey: String, sessionToken: String? = nil) {
        self.accessKey = accessKey
        self.secretKey = secretKey
        self.sessionToken = sessionToken
    }
}

extension Credentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "keys ending in …\(accessKey.suffix(4))" + (sessionToken == nil ? "" : " (temporary)") }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Why there are no credentials: one line, with what to do.
public struct CredentialsError: Error, CustomStringConvertible {
    public let description: String
}
