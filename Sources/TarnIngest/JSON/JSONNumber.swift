import Glibc

/// A number as it stands in the text: decimal digits and an exponent, nothing rounded yet.
struct JSONNumber {
    let start: UnsafeRawPointer
    let count: Int
    let isNegative: Bool
    /// The digits without point and leading zeros, if there are at most 19 of them.
    let digits: UInt64
    /// How many significant digits there are; `digits` holds them all when at most 19.
    let digitCount: Int
    /// value = digits × 10^exponent.
    let exponent: Int
    /// No point and no exponent in the text.
    let isInteger: Bool

    /// The integer, if this is one that fits.
    var int64: Int64? {
        guard isInteger, digitCount <= 19 else { return nil }
        if isNegative {
            return digits <= UInt64(Int64.max) + 1 ? Int64(truncatingIfNeeded: 0 &- digits) : nil
        }
        return Int64(exactly: digits)
    }

    /// The nearest double; nil when that is infinite.
    var double: Double? {
        if digitCount <= 19, digits <= 1 << 53, (-22...22).contains(exponent) {
            let magnitude = exponent < 0 ? Double(digits) / powersOfTen[-exponent] : Double(digits) * powersOfTen[exponent]
            return isNegative ? -magnitude : magnitude
        }
        let value = withTerminatedText { strtod($0, nil) }
        return value.isFinite ? value : nil
    }

    /// The nearest single, not by way of a double, which would round twice; nil when that is infinite.
    var float: Float? {
        if digitCount <= 19, digits <= 1 << 24, (-10...10).contains(exponent) {
            let power = Float(powersOfTen[abs(exponent)])
            let magnitude = exponent < 0 ? Float(digits) / power : Float(digits) * power
            return isNegative ? -magnitude : magnitude
        }
        let value = withTerminatedText { strtof($0, nil) }
        return value.isFinite ? value : nil
    }

    private func withTerminatedText<Value>(_ body: (UnsafePointer<CChar>) -> Value) -> Value {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: count + 1) { copy in
            UnsafeMutableRawBufferPointer(copy).copyMemory(from: UnsafeRawBufferPointer(start: start, count: count))
            copy[count] = 0
            return body(copy.baseAddress!)
        }
    }
}

/// 10^0 to 10^22, which are exact as doubles.
let powersOfTen: [23 of Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21,
    1e22,
]

extension JSONCursor {
    /// Passes the number here.
    mutating func number() throws(Refusal) -> JSONNumber {
        let first = at
        let isNegative = byte == UInt8(ascii: "-")
        if isNegative { at += 1 }
        var digits: UInt64 = 0
        var digitCount = 0
        var exponent = 0
        var isInteger = true
        let integerStart = at
        while Ascii.isDigit(byte) {
            JSONCursor.add(byte, &digits, &digitCount)
            at += 1
        }
        guard at > integerStart else { throw fault("a value is expected") }
        guard integerStart.load(as: UInt8.self) != UInt8(ascii: "0") || at - integerStart == 1 else {
            throw fault("a number begins with 0")
        }
        if byte == UInt8(ascii: ".") {
            isInteger = false
            at += 1
            let fractionStart = at
            while Ascii.isDigit(byte) {
                JSONCursor.add(byte, &digits, &digitCount)
                at += 1
            }
            guard at > fractionStart else { throw fault("a digit is expected") }
            exponent = -(at - fractionStart)
        }
        if byte | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            at += 1
            let isBelowOne = byte == UInt8(ascii: "-")
            if isBelowOne || byte == UInt8(ascii: "+") { at += 1 }
            let exponentStart = at
            var written = 0
            while Ascii.isDigit(byte) {
                // Beyond this no type can hold the number, whatever its digits are.
                written = min(written * 10 + Int(byte - 0x30), 1_000_000)
                at += 1
            }
            guard at > exponentStart else { throw fault("a digit is expected") }
            exponent += isBelowOne ? -written : written
        }
        guard !Ascii.isLetterOrDigit(byte) else { throw fault("a value is expected") }
        return JSONNumber(
            start: first, count: at - first, isNegative: isNegative, digits: digits, digitCount: digitCount,
            exponent: exponent, isInteger: isInteger)
    }

    @inline(__always)
    private static func add(_ byte: UInt8, _ digits: inout UInt64, _ count: inout Int) {
        if count == 0 && byte == 0x30 { return }
        // 19 digits always fit; with more, the digits are read again from the text.
        if count < 19 { digits = digits &* 10 &+ UInt64(byte &- 0x30) }
        count += 1
    }

    /// Passes an integer of at most 18 digits that `,`, `}` or `]` follows; nil, having passed nothing, for any other value.
    @inline(__always)
    mutating func shortInteger() -> Int64? {
        var here = at
        let isNegative = here.load(as: UInt8.self) == UInt8(ascii: "-")
        if isNegative { here += 1 }
        let first = here
        var value: UInt64 = 0
        var byte = here.load(as: UInt8.self)
        while Ascii.isDigit(byte), here - first < 18, here < end {
            value = value &* 10 &+ UInt64(byte &- 0x30)
            here += 1
            byte = here.load(as: UInt8.self)
        }
        let count = here - first
        guard here < end, byte == Ascii.comma || byte == Ascii.closeBrace || byte == Ascii.closeBracket, count > 0,
            count == 1 || first.load(as: UInt8.self) != 0x30
        else { return nil }
        at = here
        return isNegative ? 0 &- Int64(truncatingIfNeeded: value) : Int64(truncatingIfNeeded: value)
    }

    /// Passes a number of at most 15 digits, with or without point, that `,`, `}` or `]` follows, and gives its exact
    /// nearest double; nil, having passed nothing, for any other value.
    @inline(__always)
    mutating func shortDouble() -> Double? {
        var here = at
        let isNegative = here.load(as: UInt8.self) == UInt8(ascii: "-")
        if isNegative { here += 1 }
        let first = here
        var value: UInt64 = 0
        var byte = here.load(as: UInt8.self)
        while Ascii.isDigit(byte), here < end, here - first < 16 {
            value = value &* 10 &+ UInt64(byte &- 0x30)
            here += 1
            byte = here.load(as: UInt8.self)
        }
        let integerCount = here - first
        guard integerCount > 0, integerCount == 1 || first.load(as: UInt8.self) != 0x30 else { return nil }
        var fractionCount = 0
        if byte == UInt8(ascii: "."), here < end {
            here += 1
            let fraction = here
            byte = here.load(as: UInt8.self)
            while Ascii.isDigit(byte), here < end, here - fraction < 16 {
                value = value &* 10 &+ UInt64(byte &- 0x30)
                here += 1
                byte = here.load(as: UInt8.self)
            }
            fractionCount = here - fraction
            guard fractionCount > 0 else { return nil }
        }
        guard here < end, byte == Ascii.comma || byte == Ascii.closeBrace || byte == Ascii.closeBracket,
            integerCount + fractionCount <= 15
        else { return nil }
        at = here
        let magnitude = Double(value) / powersOfTen[fractionCount]
        return isNegative ? -magnitude : magnitude
    }
}
