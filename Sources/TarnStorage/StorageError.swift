/// Why a store did not do what it was asked.
public struct StorageError: Error, Sendable {
    public enum Code: Hashable, Sendable {
        case notFound
        /// A conditional put found what it must not, or did not find what it must.
        case preconditionFailed
        /// The request was sent and no answer came; it may have been done.
        case outcomeUnknown
        /// Somebody else holds the lock.
        case locked
        case permissionDenied
        /// The store cannot be reached, is full or broken; nothing is known to be wrong with the objects.
        case unavailable
        /// A range lies outside the object.
        case invalidRange
        /// An object is larger than the caller was ready to take.
        case tooLarge
        /// The store cannot do this at all.
        case unsupported
    }

    public let code: Code
    public let message: String
    public let path: ObjectPath?

    public init(_ code: Code, _ message: String, at path: ObjectPath? = nil) {
        self.code = code
        self.message = message
        self.path = path
    }
}

extension StorageError: CustomStringConvertible {
    public var description: String { "\(code): \(message)" + (path.map { " (\($0.isRoot ? "/" : $0.text))" } ?? "") }
}
