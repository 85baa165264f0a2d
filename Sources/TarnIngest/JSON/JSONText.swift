/// What the bytes between two quotes say, and whether bytes are UTF-8.
enum JSONText {
    /// Writes the text with its escapes resolved to `target`, which has room for `text.count` bytes (escapes never grow) and
    /// 8 more.
    /// - Returns: How many bytes were written.
    static func unescape(_ text: JSONCursor.Text, to target: UnsafeMutableRawPointer) throws(Refusal) -> Int {
        var source = text.start
        let end = text.start + text.count
        var out = target
        while source < end {
            // Copies eight bytes at a time and keeps those before the backslash; few runs between escapes are longer.
            let word = source.loadUnaligned(as: UInt64.self)
            out.storeBytes(of: word, as: UInt64.self)
            let different = word ^ 0x5C5C_5C5C_5C5C_5C5C
            let hits = (different &- 0x0101_0101_0101_0101) & ~different & 0x8080_8080_8080_8080
            let kept = min(hits == 0 ? 8 : hits.trailingZeroBitCount &>> 3, end - source)
            out += kept
            source += kept
            if hits == 0 || source >= end { continue }
            guard end - source >= 2 else { throw Refusal("not valid JSON: a string without end") }
            let escape = source.load(fromByteOffset: 1, as: UInt8.self)
            source += 2
            if escape == UInt8(ascii: "u") {
                out += write(try scalar(&source, end), to: out)
                continue
            }
            let byte: UInt8
            switch escape {
            case Ascii.quote, Ascii.backslash, UInt8(ascii: "/"): byte = escape
            case UInt8(ascii: "b"): byte = 0x08
            case UInt8(ascii: "f"): byte = 0x0C
            case UInt8(ascii: "n"): byte = 0x0A
            case UInt8(ascii: "r"): byte = 0x0D
            case UInt8(ascii: "t"): byte = 0x09
            default: throw Refusal("not valid JSON: an unknown escape")
            }
            out.storeBytes(of: byte, as: UInt8.self)
            out += 1
        }
        return out - target
    }

    /// A string of Swift; for messages and names, not for values of columns.
    static func string(_ text: JSONCursor.Text) throws(Refusal) -> String {
        guard text.isEscaped else {
            return String(decoding: UnsafeRawBufferPointer(start: text.start, count: text.count), as: UTF8.self)
        }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: text.count + 8, alignment: 1)
        defer { buffer.deallocate() }
        let count = try unescape(text, to: buffer.baseAddress!)
        return String(decoding: UnsafeRawBufferPointer(rebasing: buffer[..<count]), as: UTF8.self)
    }

    private static func scalar(_ source: inout UnsafeRawPointer, _ end: UnsafeRawPointer) throws(Refusal) -> UInt32 {
        let unit = try hexUnit(&source, end)
        guard (0xD800..<0xE000).contains(unit) else { return unit }
        guard unit < 0xDC00, end - source >= 6, source.load(as: UInt8.self) == Ascii.backslash,
            source.load(fromByteOffset: 1, as: UInt8.self) == UInt8(ascii: "u")
        else { throw Refusal("not valid JSON: half a surrogate pair") }
        source += 2
        let low = try hexUnit(&source, end)
        guard (0xDC00..<0xE000).contains(low) else { throw Refusal("not valid JSON: half a surrogate pair") }
        return 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
    }

    private static func hexUnit(_ source: inout UnsafeRawPointer, _ end: UnsafeRawPointer) throws(Refusal) -> UInt32 {
        guard end - source >= 4 else { throw Refusal("not valid JSON: a string without end") }
        var unit: UInt32 = 0
        for _ in 0..<4 {
            let byte = source.load(as: UInt8.self)
            let digit: UInt8 =
                switch byte {
                case 0x30...0x39: byte - 0x30
                case 0x41...0x46: byte - 0x41 + 10
                case 0x61...0x66: byte - 0x61 + 10
                default: throw Refusal("not valid JSON: four hexadecimal digits are expected after \\u")
                }
            unit = unit << 4 | UInt32(digit)
            source += 1
        }
        return unit
    }

    private static func write(_ scalar: UInt32, to out: UnsafeMutableRawPointer) -> Int {
        func put(_ byte: UInt32, _ offset: Int) {
            out.storeBytes(of: UInt8(truncatingIfNeeded: byte), toByteOffset: offset, as: UInt8.self)
        }
        if scalar < 0x80 {
            put(scalar, 0)
            return 1
        }
        if scalar < 0x800 {
            put(0xC0 | scalar >> 6, 0)
            put(0x80 | scalar & 0x3F, 1)
            return 2
        }
        if scalar < 0x10000 {
            put(0xE0 | scalar >> 12, 0)
            put(0x80 | scalar >> 6 & 0x3F, 1)
            put(0x80 | scalar & 0x3F, 2)
            return 3
        }
        put(0xF0 | scalar >> 18, 0)
        put(0x80 | scalar >> 12 & 0x3F, 1)
        put(0x80 | scalar >> 6 & 0x3F, 2)
        put(0x80 | scalar & 0x3F, 3)
        return 4
    }

    /// Whether all bytes are below 0x80.
    static func isASCII(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        var seen: UInt64 = 0
        while index + 32 <= bytes.count {
            seen |= bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            seen |= bytes.loadUnaligned(fromByteOffset: index &+ 8, as: UInt64.self)
            seen |= bytes.loadUnaligned(fromByteOffset: index &+ 16, as: UInt64.self)
            seen |= bytes.loadUnaligned(fromByteOffset: index &+ 24, as: UInt64.self)
            index &+= 32
        }
        while index < bytes.count {
            seen |= UInt64(bytes[index])
            index &+= 1
        }
        return seen & 0x8080_8080_8080_8080 == 0
    }

    /// Where the first byte is that cannot be part of UTF-8 text; nil if there is none.
    static func firstInvalidUTF8(_ bytes: UnsafeRawBufferPointer) -> Int? {
        var index = 0
        let count = bytes.count
        func isContinuation(_ at: Int) -> Bool { at < count && bytes[at] & 0xC0 == 0x80 }
        while index < count {
            if index &+ 8 <= count, bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0 {
                index &+= 8
                continue
            }
            let lead = bytes[index]
            if lead < 0x80 {
                index &+= 1
                continue
            }
            let second = index + 1 < count ? bytes[index + 1] : 0
            switch lead {
            case 0xC2...0xDF:
                guard isContinuation(index + 1) else { return index }
                index &+= 2
            case 0xE0...0xEF:
                guard isContinuation(index + 1), isContinuation(index + 2), lead != 0xE0 || second >= 0xA0,
                    lead != 0xED || second < 0xA0
                else { return index }
                index &+= 3
            case 0xF0...0xF4:
                guard isContinuation(index + 1), isContinuation(index + 2), isContinuation(index + 3),
                    lead != 0xF0 || second >= 0x90, lead != 0xF4 || second < 0x90
                else { return index }
                index &+= 4
            default: return index
            }
        }
        return nil
    }
}
