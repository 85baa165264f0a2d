/// A value or a type that an operation on columns cannot take.
package struct ColumnError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// There is no such conversion, or not for this type.
        case unsupported
        /// The conversion exists, but this value does not survive it.
        case value
        /// No column of this name.
        case unknownColumn
        /// A text that cannot be read (a filter, a literal, a date).
        case syntax
        /// Encoded rows that do not decode.
        case corrupt
    }

    package let code: Code
    package let message: String
    /// The row concerned, from 0.
    package let row: Int?

    package init(_ code: Code, _ message: String, row: Int? = nil) {
        self.code = code
        self.message = message
        self.row = row
    }

    package var description: String { row.map { "\(message) (row \($0))" } ?? message }
}
