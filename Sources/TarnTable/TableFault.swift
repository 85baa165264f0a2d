package import TarnStorage

/// What went wrong with a table: the one error that this module and everything above it throws.
///
/// `code` is for programs (the front door hands it on as `TableError.code`), `message` for people: lower case, the
/// variables at the end. `path`, `offset` and `instant` say where, as far as it is known.
package struct TableFault: Error, Sendable {
    package enum Code: String, Hashable, Sendable, CaseIterable {
        case notFound, alreadyExists, invalid, conflict, unavailable, outcomeUnknown, corrupt, unsupported, libraryFault
    }

    package let code: Code
    package let message: String
    package var path: ObjectPath?
    /// In bytes from the start of the object at `path`.
    package var offset: Int64?
    package var instant: InstantTime?

    package init(
        _ code: Code, _ message: String, at path: ObjectPath? = nil, offset: Int64? = nil, instant: InstantTime? = nil
    ) {
        self.code = code
        self.message = message
        self.path = path
        self.offset = offset
        self.instant = instant
    }

    /// The same fault with a place, where it lacks one.
    package func located(at path: ObjectPath?, instant: InstantTime? = nil) -> TableFault {
        var fault = self
        fault.path = self.path ?? path
        fault.instant = self.instant ?? instant
        return fault
    }
}

extension TableFault: CustomStringConvertible {
    package var description: String {
        var text = "\(code.rawValue): \(message)"
        var places: [String] = []
        if let path { places.append(path.isRoot ? "/" : path.text) }
        if let offset { places.append("byte \(offset)") }
        if let instant { places.append("instant \(instant)") }
        if !places.isEmpty { text += " (\(places.joined(separator: ", ")))" }
        return text
    }
}
