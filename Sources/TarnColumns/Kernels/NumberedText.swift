import TarnBase

extension Column {
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
