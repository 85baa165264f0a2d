/// What is wrong with an Avro schema, with bytes that claim to be Avro, or with a value that should become such bytes.
package struct AvroError: Error, Hashable, Sendable {
    package enum Code: Hashable, Sendable {
        /// The text is no Avro schema.
        case schema
        /// A legal schema, but with something that a table of ours cannot hold.
        case unsupported
        /// The bytes do not hold what their schema says.
        case data
        /// A value does not fit the schema it should be written or read by.
        case mismatch
    }

    package let code: Code
    package let message: String
    /// Where in the schema, by field names: `address.street`; empty for the whole.
    package let path: String
    /// Where in the bytes, from their start; nil for faults of schemas and values.
    package let offset: Int?

    package init(_ code: Code, _ message: String, path: String = "", offset: Int? = nil) {
        self.code = code
        self.message = message
        self.path = path
        self.offset = offset
    }
}

extension AvroError: CustomStringConvertible {
    package var description: String {
        var text = path.isEmpty ? message : "\(path): \(message)"
        if let offset { text += " (at byte \(offset))" }
        return text
    }
}
