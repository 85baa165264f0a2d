import TarnBase

extension Column {
    /// Row by row the text of several string columns, each behind its prefix: `a:1,b:x`. Never null.
    ///
    /// - Parameters:
    ///   - null: Stands for a null, `empty` for the empty text.
    /// - Precondition: string columns of one count, at least one.
    package static func joinedText(
        _ parts: [(prefix: String, column: Column)], separator: String, null: String, empty: String
    ) -> Column {
        precondition(!parts.isEmpty && parts.allSatisfy { $0.column.type == .string && $0.column.count == parts[0].column.count })
        let sources = parts.map { (prefix: Array($0.prefix.utf8), column: $0.column, values: FlatValues($0.column)) }
        let (separator, null, empty) = (Array(separator.utf8), Array(null.utf8), Array(empty.utf8))
        defer { withExtendedLifetime(parts) {} }
        let builder = TextBuilder(.string)
        var line: [UInt8] = []
        for row in 0..<parts[0].column.count {
            line.removeAll(keepingCapacity: true)
            for (index, source) in sources.enumerated() {
                if index > 0 { line += separator }
                line += source.prefix
                if source.column.isNull(row) {
                    line += null
                } else if let text = source.values?.text(row) {
                    if text.isEmpty { line += empty } else { line += text }
                }
            }
            line.withUnsafeBytes { builder.appendUTF8($0) }
        }
        return builder.finish()
    }
}
