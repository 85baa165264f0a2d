/// A position in one JSON text, moved forward by whoever knows what must come next. Makes no values.
///
/// Strict RFC 8259, with one extension where a value is skipped or a floating-point column reads it: the bare words `NaN`,
/// `Infinity` and `-Infinity`, which Debezium and the MongoDB connector print. The text must have been checked for UTF-8.
/// At least 16 bytes behind the end must be readable (``TarnBase/Bytes/slack`` sees to that).
struct JSONCursor {
    var at: UnsafeRawPointer
    let start: UnsafeRawPointer
    let end: UnsafeRawPointer

    /// Nesting of values that are only skipped; those that are read are bounded by the schema.
    static let maximumDepth = 64

    init(_ start: UnsafeRawPointer, count: Int) {
        at = start
        self.start = start
        end = start + count
    }

    /// The bytes of a string between its quotes.
    struct Text {
        let start: UnsafeRawPointer
        let count: Int
        let isEscaped: Bool
    }

    /// The byte here, 0 at the end: NUL is legal nowhere outside strings.
    @inline(__always)
    var byte: UInt8 { at < end ? at.load(as: UInt8.self) : 0 }

    @inline(__always)
    mutating func skipBlanks() {
        if at < end, at.load(as: UInt8.self) > 0x20 { return }
        skipSeveralBlanks()
    }

    @inline(never)
    private mutating func skipSeveralBlanks() {
        while at < end {
            switch at.load(as: UInt8.self) {
            case 0x20, 0x0A, 0x0D, 0x09: at += 1
            default: return
            }
        }
    }

    /// Whether `byte` comes next, blanks aside; it is passed then.
    @inline(__always)
    mutating func take(_ byte: UInt8) -> Bool {
        skipBlanks()
        guard self.byte == byte else { return false }
        at += 1
        return true
    }

    /// Passes the string here and gives what is between the quotes.
    @inline(__always)
    mutating func text() throws(Refusal) -> Text {
        guard byte == Ascii.quote else { throw fault("a string is expected") }
        let first = at + 1
        var here = first
        var isEscaped = false
        while here < end {
            // The lowest set bit of each mask is exact; borrows disturb only what lies above a true hit.
            let word = here.loadUnaligned(as: UInt64.self)
            let quotes = word ^ 0x2222_2222_2222_2222
            let backslashes = word ^ 0x5C5C_5C5C_5C5C_5C5C
            let hits =
                ((quotes &- 0x0101_0101_0101_0101) & ~quotes | (backslashes &- 0x0101_0101_0101_0101) & ~backslashes
                    | (word &- 0x2020_2020_2020_2020) & ~word) & 0x8080_8080_8080_8080
            if hits == 0 {
                here += 8
                continue
            }
            here += hits.trailingZeroBitCount &>> 3
            guard here < end else { break }
            let byte = here.load(as: UInt8.self)
            if byte == Ascii.quote {
                at = here + 1
                return Text(start: first, count: here - first, isEscaped: isEscaped)
            }
            guard byte == Ascii.backslash else {
                at = here
                throw fault("a control character in a string")
            }
            isEscaped = true
            here += 2
        }
        throw fault("a string without end")
    }

    /// Passes `word`, which must come next.
    mutating func literal(_ word: StaticString) throws(Refusal) {
        guard takeWord(word) else { throw fault("a value is expected") }
    }

    /// Passes `word` if it comes next and no letter follows.
    mutating func takeWord(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard end - at >= count else { return false }
        for index in 0..<count where at.load(fromByteOffset: index, as: UInt8.self) != word.utf8Start[index] { return false }
        if end - at > count, Ascii.isLetterOrDigit(at.load(fromByteOffset: count, as: UInt8.self)) { return false }
        at += count
        return true
    }

    /// Passes the whole value here, checking its grammar.
    mutating func skipValue() throws(Refusal) {
        // One bit a level, 1 for an object; the sentinel bit shows how deep we are.
        var levels: UInt64 = 0
        var depth = 0
        value: while true {
            skipBlanks()
            switch byte {
            case Ascii.openBrace:
                at += 1
                guard depth < JSONCursor.maximumDepth else { throw fault("nested deeper than \(JSONCursor.maximumDepth)") }
                if !take(Ascii.closeBrace) {
                    levels = levels &<< 1 | 1
                    depth += 1
                    try skipName()
                    continue value
                }
            case Ascii.openBracket:
                at += 1
                guard depth < JSONCursor.maximumDepth else { throw fault("nested deeper than \(JSONCursor.maximumDepth)") }
                if !take(Ascii.closeBracket) {
                    levels = levels &<< 1
                    depth += 1
                    continue value
                }
            case Ascii.quote: _ = try text()
            case UInt8(ascii: "t"): try literal("true")
            case UInt8(ascii: "f"): try literal("false")
            case UInt8(ascii: "n"): try literal("null")
            case UInt8(ascii: "N"): try literal("NaN")
            case UInt8(ascii: "I"): try literal("Infinity")
            case UInt8(ascii: "-"):
                if at + 1 < end, at.load(fromByteOffset: 1, as: UInt8.self) == UInt8(ascii: "I") {
                    try literal("-Infinity")
                } else {
                    _ = try number()
                }
            default: _ = try number()
            }
            while depth > 0 {
                let isObject = levels & 1 != 0
                if take(Ascii.comma) {
                    if isObject { try skipName() }
                    continue value
                }
                guard take(isObject ? Ascii.closeBrace : Ascii.closeBracket) else {
                    throw fault(isObject ? "',' or '}' is expected" : "',' or ']' is expected")
                }
                levels = levels &>> 1
                depth -= 1
            }
            return
        }
    }

    private mutating func skipName() throws(Refusal) {
        skipBlanks()
        guard byte == Ascii.quote else { throw fault("a member name is expected") }
        _ = try text()
        guard take(Ascii.colon) else { throw fault("':' is expected") }
    }

    /// Passes the name of a member and its colon.
    @inline(__always)
    mutating func memberName() throws(Refusal) -> Text {
        skipBlanks()
        guard byte == Ascii.quote else { throw fault("a member name is expected") }
        let name = try text()
        guard take(Ascii.colon) else { throw fault("':' is expected") }
        return name
    }

    /// Whether another member or element follows; passes the comma or the closing byte.
    @inline(__always)
    mutating func another(before closing: UInt8) throws(Refusal) -> Bool {
        skipBlanks()
        let next = byte
        if next == Ascii.comma {
            at += 1
            return true
        }
        guard next == closing else { throw fault("',' or '\(Character(Unicode.Scalar(closing)))' is expected") }
        at += 1
        return false
    }

    /// Nothing but blanks may follow.
    mutating func finish() throws(Refusal) {
        skipBlanks()
        guard at == end else { throw fault("something follows the value") }
    }

    /// What the value here is, for a message.
    var kindHere: String {
        switch byte {
        case Ascii.openBrace: "object"
        case Ascii.openBracket: "array"
        case Ascii.quote: "text"
        case UInt8(ascii: "t"), UInt8(ascii: "f"): "boolean"
        case UInt8(ascii: "n"): "null"
        default: "number"
        }
    }

    @inline(never)
    func fault(_ message: String) -> Refusal {
        if at >= end { return Refusal("\(Refusal.syntax): the text ends where \(message)") }
        return Refusal("\(Refusal.syntax) at byte \(at - start): \(message)")
    }

    /// Why the value here, which is of a type that does not fit, is refused: it may be no JSON at all.
    @inline(never)
    func misfit(_ expected: String) -> Refusal {
        var probe = self
        do throws(Refusal) { try probe.skipValue() } catch { return error }
        return Refusal("\(expected), found \(kindHere)")
    }
}

/// Bytes of the grammar.
enum Ascii {
    static let quote = UInt8(ascii: "\"")
    static let backslash = UInt8(ascii: "\\")
    static let openBrace = UInt8(ascii: "{")
    static let closeBrace = UInt8(ascii: "}")
    static let openBracket = UInt8(ascii: "[")
    static let closeBracket = UInt8(ascii: "]")
    static let colon = UInt8(ascii: ":")
    static let comma = UInt8(ascii: ",")

    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    static func isLetterOrDigit(_ byte: UInt8) -> Bool { isDigit(byte) || (byte | 0x20) &- 0x61 < 26 }
}
