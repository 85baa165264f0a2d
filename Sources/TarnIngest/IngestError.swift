/// Why an ingest did not begin or could not go on. What was committed before stays; nothing is half committed.
package struct IngestError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// This version cannot do it; the message names it.
        case unsupported
        /// The call, the settings and the table do not go together.
        case invalid
        /// A file or stream cannot be read.
        case unreadable
    }

    package let code: Code
    package let message: String
    /// The file concerned.
    package let path: String?

    package init(_ code: Code, _ message: String, at path: String? = nil) {
        self.code = code
        self.message = message
        self.path = path
    }

    package var description: String { message + (path.map { " (\($0))" } ?? "") }
}
