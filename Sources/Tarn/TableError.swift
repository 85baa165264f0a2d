public import TarnStorage
public import TarnTable

/// Why a table did not do what it was asked: act on ``code``, show the text.
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
    /// What failed and what to do next, for people; not for programs.
    public let message: String
    /// The object concerned, relative to the store's root.
    public let path: ObjectPath?
    /// In bytes from the start of the object.
    public let offset: Int64?
    public let instant: InstantTime?

    public init(_ code: Code, _ message: String, path: ObjectPath? = nil, offset: Int64? = nil, instant: InstantTime? = nil) {
        self.code = code
        self.message = message
        self.path = path
        self.offset = offset
        self.instant = instant
    }

    package init(_ fault: TableFault) {
        let code: Code =
            switch fault.code {
            case .notFound: .notFound
            case .alreadyExists: .alreadyExists
            case .invalid: .invalid
            case .conflict: .conflict
            case .unavailable: .unavailable
            case .outcomeUnknown: .outcomeUnknown
            case .corrupt: .corrupt
            case .unsupported: .unsupported
            case .libraryFault: .libraryFault
            }
        self.init(code, fault.message, path: fault.path, offset: fault.offset, instant: fault.instant)
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

/// Runs `body` and turns whatever it throws into a ``TableError``; cancellation passes.
package func tableErrors<Result>(_ body: () async throws -> Result) async throws -> Result {
    do {
        return try await body()
    } catch let error as TableError {
        throw error
    } catch let error as CancellationError {
        throw error
    } catch {
        throw TableError(TableFault(error))
    }
}
