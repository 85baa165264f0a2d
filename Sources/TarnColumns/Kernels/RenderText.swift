import TarnBase

extension Column {
    /// Every value as text, the way Hudi's key generators write record keys and partition values (hudi-format-v6 §6.3):
    /// numbers and booleans as Java prints them, dates `yyyy-MM-dd` as `java.time.LocalDate`, decimals with their scale, timestamps as the raw
    /// number, binary values in lower-case hexadecimal, strings as they are. Nulls stay nulls.
    ///
    /// A dictionary stays, with its entries rendered once. Throws `unsupported` for nested types.
    package func renderText() throws(ColumnError) -> Column {
        if type == .string { return self }
        guard !type.isNested else { throw ColumnError(.unsupported, "\(type) has no form as a key or partition value") }
        if case .dictionary(let codes, let dictionary) = values {
            let entries = try dictionary.renderText()
            return Column(.string, count: count, values: .dictionary(codes: codes, dictionary: entries), validity: validity)
        }
        let builder = TextBuilder(.string)
        let text = TextSink()
        defer { withExtendedLifetime(self) {} }
        let source = FlatValues(self)
        for row in 0..<count {
            if isNull(row) {
                builder.appendNull()
                continue
            }
            text.removeAll()
            render(row, source, into: text)
            builder.appendUTF8(text.written)
        }
        return builder.finish()
    }

    /// `java.time.LocalDate` puts a sign before longer years.
    private static let lastDayOfYear9999 = 2_932_896

    private func render(_ row: Int, _ source: FlatValues?, into text: TextSink) {
        guard let source else {
            text.append(bitValues[row] ? "true" : "false")
            return
        }
        switch type {
        case .int32: text.append(integer: Int64(source.load(row, as: Int32.self)))
        case .int64, .timestamp, .time: text.append(integer: source.load(row, as: Int64.self))
        case .date:
            let days = Int(source.load(row, as: Int32.self))
            if days > Self.lastDayOfYear9999 { text.append(byte: UInt8(ascii: "+")) }
            text.append(date: days)
        case .float: text.append(string: JavaNumbers.text(source.load(row, as: Float.self)))
        case .double: text.append(string: JavaNumbers.text(source.load(row, as: Double.self)))
        case .decimal(_, let scale): text.append(string: Decimals.javaText(source.load(row, as: Int128.self), scale: scale))
        default: text.append(hexadecimal: source.text(row))
        }
    }
}
