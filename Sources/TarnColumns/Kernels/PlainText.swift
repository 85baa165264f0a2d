import TarnBase

/// Values as plain text: what record keys and partition paths are made of (hudi-format §6.3).
extension Column {
    /// Whether ``plainText()`` knows this type.
    package static func hasPlainText(_ type: DataType) -> Bool {
        switch type {
        case .string, .int32, .int64, .boolean, .date, .timestamp: true
        default: false
        }
    }

    /// Each value as Java prints it: integers in decimal, timestamps as the number stored, dates `yyyy-MM-dd`, booleans
    /// `true` and `false`. Strings come back as they are, nulls stay null.
    ///
    /// - Precondition: ``hasPlainText(_:)``.
    package func plainText() -> Column {
        precondition(Column.hasPlainText(type))
        if type == .string { return self }
        if case .dictionary(let codes, let dictionary) = values {
            return Column(.string, count: count, values: .dictionary(codes: codes, dictionary: dictionary.plainText()), validity: validity)
        }
        let builder = TextBuilder(.string)
        switch values {
        case .bits(let bits):
            for row in 0..<count {
                if isNull(row) { builder.appendNull() } else { builder.append(bits[row] ? "true" : "false") }
            }
        case .fixed(let bytes) where type == .date:
            bytes.withValues(of: Int32.self) { days in
                for row in 0..<count {
                    if isNull(row) { builder.appendNull() } else { builder.append(Column.dateText(Int64(days[row]))) }
                }
            }
        case .fixed(let bytes) where type.fixedWidth == 4:
            bytes.withValues(of: Int32.self) { numbers in
                for row in 0..<count { append(Int64(numbers[row]), of: row, to: builder) }
            }
        case .fixed(let bytes):
            bytes.withValues(of: Int64.self) { numbers in
                for row in 0..<count { append(numbers[row], of: row, to: builder) }
            }
        default: preconditionFailure("no plain text of \(type)")
        }
        return builder.finish()
    }

    @inline(__always)
    private func append(_ number: Int64, of row: Int, to builder: TextBuilder) {
        if isNull(row) { return builder.appendNull() }
        withDecimalDigits(number) { builder.appendUTF8($0) }
    }

    /// Proleptic Gregorian; years beyond four digits with their sign, as `java.time.LocalDate`.
    private static func dateText(_ day: Int64) -> String {
        // Days to a date by Hinnant's algorithm, in eras of 400 years that begin in March.
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let dayOfMonth = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        func padded(_ number: Int64, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let sign = year < 0 ? "-" : year > 9999 ? "+" : ""
        return "\(sign)\(padded(abs(year), 4))-\(padded(month, 2))-\(padded(dayOfMonth, 2))"
    }

    /// The rows of a text column that hold the empty text.
    package func rowsOfEmptyText() -> [Int] {
        guard let source = FlatValues(self) else { return [] }
        defer { withExtendedLifetime(self) {} }
        return (0..<count).filter { source.load($0, as: View.self).length == 0 && !isNull($0) }
    }

    /// A string column of `prefix` followed by the decimal numbers from `first` on: `20260110080000000_0_17`.
    package static func numberedText(prefix: String, first: Int64, count: Int) -> Column {
        let builder = TextBuilder(.string)
        let prefixBytes = Array(prefix.utf8)
        withUnsafeTemporaryAllocation(byteCount: prefixBytes.count + 20, alignment: 8) { line in
            line.copyBytes(from: prefixBytes)
            for row in 0..<count {
                withDecimalDigits(first + Int64(row)) { digits in
                    UnsafeMutableRawBufferPointer(rebasing: line[prefixBytes.count...]).copyMemory(from: digits)
                    builder.appendUTF8(UnsafeRawBufferPointer(rebasing: line[..<(prefixBytes.count + digits.count)]))
                }
            }
        }
        return builder.finish()
    }
}

/// Calls `body` with the decimal digits of `number`, sign in front.
@inline(__always)
private func withDecimalDigits(_ number: Int64, _ body: (UnsafeRawBufferPointer) -> Void) {
    var digits = (UInt64(0), UInt64(0), UInt64(0))
    withUnsafeMutableBytes(of: &digits) { buffer in
        var start = buffer.count
        var rest = number.magnitude
        repeat {
            start &-= 1
            buffer[start] = 0x30 &+ UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0
        if number < 0 {
            start &-= 1
            buffer[start] = UInt8(ascii: "-")
        }
        body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[start...]))
    }
}
