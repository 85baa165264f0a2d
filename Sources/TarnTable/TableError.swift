public import TarnStorage

/// Why a table did not do what it was asked: act on ``code``, show the text. The one error that tables throw, beside
/// `CancellationError`.
///
/// | code | the caller should |
/// |---|---|
/// | `notFound`, `alreadyExists` | correct the location |
/// | `invalid` | correct the call or the configuration |
/// | `conflict` | run the write again |
/// | `unavailable` | try later; nothing is known to be wrong with the table |
/// | `outcomeUnknown` | reopen and look: the instant is named in the error |
/// | `corrupt` | stop writing; run `tablecheck`; the path and offset are in the error |
/// | `unsupported` | upgrade this library; the table uses a version or feature it names |
/// | `libraryFault` | report it to us |
public struct TableError: Error, Sendable {
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The code's name on command lines: `not-found`.
        public let description: String
        private init(_ description: String) { self.description = description }

        public static let notFound = Code("not-found")
        public static let alreadyExists = Code("already-exists")
        public static let invalid = Code("invalid")
        public static let conflict = Code("conflict")
        public static let unavailable = Code("unavailable")
        public static let outcomeUnknown = Code("outcome-unknown")
        public static let corrupt = Code("corrupt")
        public static let unsupported = Code("unsupported")
        public static let libraryFault = Code("library-fault")
    }

    public let code: Code
    /// What failed and what to do next, for people: lower case, the variables at the end; not for programs.
    public let message: String
    /// The object concerned, relative to the store's root.
    public internal(set) var path: ObjectPath?
    /// In bytes from the start of the object at `path`.
    public internal(set) var offset: Int64?
    public internal(set) var instant: InstantTime?

    public init(_ code: Code, _ message: String, at path: ObjectPath? = nil, offset: Int64? = nil, instant: InstantTime? = nil) {
        self.code = code
        self.message = message
        self.path = path
        self.offset = offset
        self.instant = instant
    }

    /// The same error with a place, where it lacks one.
    package func located(at path: ObjectPath?, instant: InstantTime? = nil) -> TableError {
        var error = self
        error.path = self.path ?? path
        error.instant = self.instant ?? instant
        return error
    }
}

extension TableError: CustomStringConvertible {
    public var description: String {
        var places: [String] = []
        if let path { places.append(path.isRoot ? "/" : path.text) }
        if let offset { places.append("byte \(offset)") }
        if let instant { places.append("instant \(instant)") }
        return "\(code): \(message)" + (places.isEmpty ? "" : " (\(places.joined(separator: ", ")))")
    }
}

