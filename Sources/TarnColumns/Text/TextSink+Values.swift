import TarnBase

extension TextSink {
    // MARK: Floating-point numbers: the shortest digits that read back to the same value in the number's own width

    @inline(__always)
    func append(finite value: Double) {
        // A decimal of at most 15 digits that gives the value back is the shortest there is; most data has few digits.
        if value.magnitude < 1e11, !appendShort(value, limit: 1e15, isSame: { $0 == value }) { append(string: "\(value)") }
        else if value.magnitude >= 1e11 { append(string: "\(value)") }
    }

    @inline(__always)
    func append(finite value: Float) {
        if value.magnitude >= 1e6 || !appendShort(Double(value), limit: 1e6, isSame: { Float($0) == value }) {
            append(string: "\(value)")
        }
    }

    /// Writes `value` if at most four digits behind the point are enough.
    @inline(__always)
    private func appendShort(_ value: Double, limit: Double, isSame: (Double) -> Bool) -> Bool {
        var factor = 1.0
        var places = 0
        while places <= 4 {
            let scaled = (value * factor).rounded(.toNearestOrEven)
            guard scaled.magnitude < limit else { return false }
            if isSame(scaled / factor) {
                if value.sign == .minus { append(byte: UInt8(ascii: "-")) }
                let digits = UInt64(scaled.magnitude)
                let divisor = UInt64(factor)
                append(unsigned: digits / divisor)
                append(byte: UInt8(ascii: "."))
                append(padded: Int(truncatingIfNeeded: digits % divisor), width: max(places, 1))
                return true
            }
            factor *= 10
            places &+= 1
        }
        return false
    }

    func append(notFinite value: Double) {
        value.isNaN ? append("NaN") : value < 0 ? append("-Infinity") : append("Infinity")
    }

    // MARK: Text

    /// The text as a JSON string. What is not UTF-8 becomes U+FFFD, since JSON has no way to say it.
    func append(jsonString text: UnsafeRawBufferPointer) {
        append(byte: UInt8(ascii: "\""))
        let plain = TextSink.plainPrefix(text)
        if plain == text.count {
            append(bytes: text)
        } else if UTF8Check.isValid(text) {
            appendEscaped(text, plain: plain)
        } else {
            var repaired = String(decoding: text, as: UTF8.self)
            repaired.withUTF8 { appendEscaped(UnsafeRawBufferPointer($0), plain: 0) }
        }
        append(byte: UInt8(ascii: "\""))
    }

    /// How many bytes at the start are ASCII that needs no escape, found eight at a time.
    @inline(__always)
    private static func plainPrefix(_ text: UnsafeRawBufferPointer) -> Int {
        guard let base = text.baseAddress else { return 0 }
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        var offset = 0
        while offset &+ 8 <= text.count {
            let word = base.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            let quote = word ^ (ones &* 0x22)
            let backslash = word ^ (ones &* 0x5C)
            // A byte's high bit is set where it is not ASCII, below 0x20, a quote or a backslash (or follows such a byte).
            let special =
                (word | (word &- ones &* 0x20) | (quote &- ones) | (backslash &- ones)) & highs
            if special != 0 { break }
            offset &+= 8
        }
        while offset < text.count {
            let byte = base.load(fromByteOffset: offset, as: UInt8.self)
            if byte < 0x20 || byte >= 0x80 || byte == 0x22 || byte == 0x5C { break }
            offset &+= 1
        }
        return offset
    }

    private func appendEscaped(_ text: UnsafeRawBufferPointer, plain: Int) {
        var start = 0
        for index in plain..<text.count {
            let byte = text[index]
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
            append(bytes: UnsafeRawBufferPointer(rebasing: text[start..<index]))
            start = index + 1
            appendEscape(byte)
        }
        append(bytes: UnsafeRawBufferPointer(rebasing: text[start..<text.count]))
    }

    private func appendEscape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\\"): append("\\\\")
        case UInt8(ascii: "\n"): append("\\n")
        case UInt8(ascii: "\r"): append("\\r")
        case UInt8(ascii: "\t"): append("\\t")
        default:
            append("\\u00")
            append(byte: TextSink.hexadecimalDigit(byte >> 4))
            append(byte: TextSink.hexadecimalDigit(byte & 15))
        }
    }

    /// The text, what is not UTF-8 as U+FFFD.
    func append(repaired text: UnsafeRawBufferPointer) {
        UTF8Check.isValid(text) ? append(bytes: text) : append(string: String(decoding: text, as: UTF8.self))
    }

    /// RFC 4648, with padding.
    func append(base64 bytes: UnsafeRawBufferPointer) {
        var index = 0
        while index < bytes.count {
            let left = bytes.count &- index
            let group =
                UInt32(bytes[index]) &<< 16 | (left > 1 ? UInt32(bytes[index &+ 1]) &<< 8 : 0) | (left > 2 ? UInt32(bytes[index &+ 2]) : 0)
            append(byte: TextSink.base64Digit(group &>> 18))
            append(byte: TextSink.base64Digit(group &>> 12))
            append(byte: left > 1 ? TextSink.base64Digit(group &>> 6) : UInt8(ascii: "="))
            append(byte: left > 2 ? TextSink.base64Digit(group) : UInt8(ascii: "="))
            index &+= 3
        }
    }

    @inline(__always)
    private static func base64Digit(_ bits: UInt32) -> UInt8 {
        switch UInt8(truncatingIfNeeded: bits & 63) {
        case let digit where digit < 26: UInt8(ascii: "A") &+ digit
        case let digit where digit < 52: UInt8(ascii: "a") &+ digit &- 26
        case let digit where digit < 62: UInt8(ascii: "0") &+ digit &- 52
        case 62: UInt8(ascii: "+")
        default: UInt8(ascii: "/")
        }
    }
}
