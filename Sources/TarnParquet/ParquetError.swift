/// Why bytes could not be read as Parquet, or a batch not be written as such.
package struct ParquetError: Error, Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// The bytes end before what they announce.
        case truncated
        /// The bytes contradict the format or themselves.
        case malformed
        /// Legal Parquet that this version does not read or write.
        case unsupported
        /// Larger or deeper than ``ReadLimits`` allows.
        case limit
        /// A page's CRC-32 is not the one in its header.
        case checksum
    }

    package let kind: Kind
    package let message: String
    /// In bytes: from the start of the file where the reader knows it (for damage inside a page, the page), else from the start
    /// of the structure.
    package var offset: Int64?
    /// The dotted path of the leaf column.
    package var column: String?

    package init(_ kind: Kind, _ message: String, at offset: Int64? = nil, column: String? = nil) {
        self.kind = kind
        self.message = message
        self.offset = offset
        self.column = column
    }

    package static func truncated(_ message: String, at offset: Int? = nil) -> ParquetError {
        ParquetError(.truncated, message, at: offset.map { Int64($0) })
    }

    package static func malformed(_ message: String, at offset: Int? = nil) -> ParquetError {
        ParquetError(.malformed, message, at: offset.map { Int64($0) })
    }

    package static func unsupported(_ message: String, column: String? = nil) -> ParquetError {
        ParquetError(.unsupported, message, column: column)
    }

    package static func limit(_ message: String, at offset: Int? = nil) -> ParquetError {
        ParquetError(.limit, message, at: offset.map { Int64($0) })
    }

    /// The same error, placed: its offset becomes `base` plus what it was, and it names the column.
    package func placed(at base: Int64, column: String?) -> ParquetError {
        var error = self
        error.offset = base &+ (offset ?? 0)
        error.column = self.column ?? column
        return error
    }
}

extension ParquetError: CustomStringConvertible {
    package var description: String {
        "\(kind): \(message)" + (column.map { ", column \($0)" } ?? "") + (offset.map { ", at byte \($0)" } ?? "")
    }
}
