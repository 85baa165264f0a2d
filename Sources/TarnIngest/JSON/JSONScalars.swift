/// Texts and byte strings that stand for something else than themselves: decimals, base64, dates, timestamps.
///
/// Every reader gives nil for what it does not take; nothing is rounded.
enum JSONScalars {
    /// Decimal text or a number's text (`-12.50`, `1.5E3`) as an unscaled value at `scale`; nil when that would need
    /// rounding, or more than `precision` digits.
    static func decimal(_ text: UnsafeRawBufferPointer, precision: Int, scale: Int) -> Int128? {
        var index = 0
        let isNegative = text.count > 0 && text[0] == UInt8(ascii: "-")
        if isNegative || (text.count > 0 && text[0] == UInt8(ascii: "+")) { index = 1 }
        var unscaled: Int128 = 0
        var digits = 0
        var fraction = 0
        var seenPoint = false
        var seenDigit = false
        while index < text.count {
            let byte = text[index]
            if Ascii.isDigit(byte) {
                seenDigit = true
                if digits > 0 || byte != 0x30 { digits += 1 }
                // 38 digits fit an Int128 with room to spare; more may still be trailing zeros, which are cut below.
                guard digits <= 76 else { return nil }
                let (product, overflow) = unscaled.multipliedReportingOverflow(by: 10)
                let (sum, carry) = product.addingReportingOverflow(Int128(byte - 0x30))
                if overflow || carry {
                    guard byte == 0x30, seenPoint else { return nil }
                } else {
                    unscaled = sum
                    if seenPoint { fraction += 1 }
                }
            } else if byte == UInt8(ascii: "."), !seenPoint {
                seenPoint = true
            } else {
                break
            }
            index += 1
        }
        guard seenDigit else { return nil }
        var exponent = 0
        if index < text.count {
            guard text[index] | 0x20 == UInt8(ascii: "e"), index + 1 < text.count else { return nil }
            index += 1
            let isBelowOne = text[index] == UInt8(ascii: "-")
            if isBelowOne || text[index] == UInt8(ascii: "+") { index += 1 }
            guard index < text.count, text.count - index <= 4 else { return nil }
            while index < text.count {
                guard Ascii.isDigit(text[index]) else { return nil }
                exponent = exponent * 10 + Int(text[index] - 0x30)
                index += 1
            }
            if isBelowOne { exponent = -exponent }
        }
        return rescale(isNegative ? -unscaled : unscaled, from: fraction - exponent, to: scale, precision: precision)
    }

    /// The same value at another scale; nil when digits would be lost or there are more than `precision`.
    static func rescale(_ value: Int128, from: Int, to scale: Int, precision: Int) -> Int128? {
        var value = value
        var difference = scale - from
        if value == 0 { return 0 }
        guard abs(difference) <= 76 else { return nil }
        while difference > 0 {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            value = product
            difference -= 1
        }
        while difference < 0 {
            let (quotient, rest) = value.quotientAndRemainder(dividingBy: 10)
            guard rest == 0 else { return nil }
            value = quotient
            difference += 1
        }
        var limit: Int128 = 1
        for _ in 0..<min(precision, 38) { limit *= 10 }
        return value < limit && value > -limit ? value : nil
    }

    /// A big-endian two's complement number of at most 16 bytes; nil when it is longer or empty.
    static func int128(bigEndian bytes: UnsafeRawBufferPointer) -> Int128? {
        guard let first = bytes.first, bytes.count <= 16 else { return nil }
        var value: Int128 = first >= 0x80 ? -1 : 0
        for byte in bytes { value = value << 8 | Int128(byte) }
        return value
    }

    /// The decimal text of a big-endian two's complement number and its scale, of any length: `-1.50`.
    static func decimalText(bigEndian bytes: UnsafeRawBufferPointer, scale: Int) -> String? {
        guard let first = bytes.first, bytes.count <= 1024, (-1024...1024).contains(scale) else { return nil }
        var magnitude = Array(bytes)
        let isNegative = first >= 0x80
        if isNegative {
            var carry = true
            for index in magnitude.indices.reversed() {
                let flipped = ~magnitude[index]
                magnitude[index] = carry ? flipped &+ 1 : flipped
                carry = carry && flipped == 0xFF
            }
        }
        // Schoolbook division by ten: these numbers have a few dozen digits.
        var digits: [UInt8] = []
        while magnitude.contains(where: { $0 != 0 }) {
            var rest = 0
            for index in magnitude.indices {
                let part = rest << 8 | Int(magnitude[index])
                magnitude[index] = UInt8(part / 10)
                rest = part % 10
            }
            digits.append(UInt8(rest) + 0x30)
        }
        if scale < 0, !digits.isEmpty { digits = [UInt8](repeating: 0x30, count: -scale) + digits }
        while digits.count <= max(scale, 0) { digits.append(0x30) }
        var text: [UInt8] = isNegative ? [UInt8(ascii: "-")] : []
        for (index, digit) in digits.enumerated().reversed() {
            text.append(digit)
            if scale > 0, index == scale { text.append(UInt8(ascii: ".")) }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Decodes base64 (standard or URL alphabet, padding optional) to `target`, which has room for 3/4 of the text.
    static func base64(_ text: UnsafeRawBufferPointer, to target: UnsafeMutableRawPointer) -> Int? {
        var count = text.count
        while count > 0, text.count - count < 2, text[count - 1] == UInt8(ascii: "=") { count -= 1 }
        guard count == text.count || text.count % 4 == 0, count % 4 != 1 else { return nil }
        var bits: UInt32 = 0
        var held = 0
        var written = 0
        for index in 0..<count {
            let byte = text[index]
            let value: UInt8
            switch byte {
            case 0x41...0x5A: value = byte - 0x41
            case 0x61...0x7A: value = byte - 0x61 + 26
            case 0x30...0x39: value = byte - 0x30 + 52
            case UInt8(ascii: "+"), UInt8(ascii: "-"): value = 62
            case UInt8(ascii: "/"), UInt8(ascii: "_"): value = 63
            default: return nil
            }
            bits = bits << 6 | UInt32(value)
            held += 6
            if held >= 8 {
                held -= 8
                target.storeBytes(of: UInt8(truncatingIfNeeded: bits >> UInt32(held)), toByteOffset: written, as: UInt8.self)
                written += 1
            }
        }
        // Bits left over must be zero, or two texts would stand for the same bytes.
        guard bits & (1 << UInt32(held) - 1) == 0 else { return nil }
        return written
    }

    /// `yyyy-MM-dd`, with or without a `Z` behind it (Debezium's `isostring`), as days since 1970.
    static func date(_ text: UnsafeRawBufferPointer) -> Int32? {
        let isZoned = text.count == 11 && text[10] == UInt8(ascii: "Z")
        guard text.count == 10 || isZoned else { return nil }
        return days(text).map { Int32($0) }
    }

    /// RFC 3339 text as a time since 1970 in units of `perSecond`; nil also when it is finer than the unit.
    static func timestamp(_ text: UnsafeRawBufferPointer, perSecond: Int64) -> Int64? {
        guard text.count >= 20, text[10] | 0x20 == UInt8(ascii: "t") || text[10] == 0x20, let days = days(text) else { return nil }
        guard let (seconds, fraction, next) = clock(text, from: 11, perSecond: perSecond), next < text.count else { return nil }
        var offset: Int64 = 0
        if text[next] | 0x20 == UInt8(ascii: "z") {
            guard next + 1 == text.count else { return nil }
        } else {
            guard next + 6 == text.count, text[next] == UInt8(ascii: "+") || text[next] == UInt8(ascii: "-"),
                text[next + 3] == UInt8(ascii: ":"), let hours = number(text, next + 1, 2), let minutes = number(text, next + 4, 2),
                hours < 24, minutes < 60
            else { return nil }
            offset = (hours * 60 + minutes) * 60
            if text[next] == UInt8(ascii: "-") { offset = -offset }
        }
        let (units, overflow) = (days * 86_400 + seconds - offset).multipliedReportingOverflow(by: perSecond)
        let (value, carry) = units.addingReportingOverflow(fraction)
        return overflow || carry ? nil : value
    }

    /// `HH:mm:ss[.ffffff]`, with or without `Z`, as microseconds since midnight.
    static func time(_ text: UnsafeRawBufferPointer) -> Int64? {
        guard let (seconds, fraction, next) = clock(text, from: 0, perSecond: 1_000_000),
            next == text.count || (next + 1 == text.count && text[next] == UInt8(ascii: "Z"))
        else { return nil }
        return seconds * 1_000_000 + fraction
    }

    private static func days(_ text: UnsafeRawBufferPointer) -> Int64? {
        guard text.count >= 10, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"), let year = number(text, 0, 4),
            let month = number(text, 5, 2), let day = number(text, 8, 2), (1...12).contains(month), day >= 1
        else { return nil }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths: [12 of Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard day <= lengths[Int(month) - 1] else { return nil }
        // Hinnant's algorithm: eras of 400 years that begin in March.
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// Seconds since midnight, the fraction in units, and where the text goes on.
    private static func clock(
        _ text: UnsafeRawBufferPointer, from start: Int, perSecond: Int64
    ) -> (seconds: Int64, fraction: Int64, next: Int)? {
        guard text.count >= start + 8, text[start + 2] == UInt8(ascii: ":"), text[start + 5] == UInt8(ascii: ":"),
            let hour = number(text, start, 2), let minute = number(text, start + 3, 2), let second = number(text, start + 6, 2),
            hour < 24, minute < 60, second < 60
        else { return nil }
        var next = start + 8
        var fraction: Int64 = 0
        if next < text.count, text[next] == UInt8(ascii: ".") {
            next += 1
            let first = next
            var unit = perSecond
            while next < text.count, Ascii.isDigit(text[next]) {
                let digit = Int64(text[next] - 0x30)
                unit /= 10
                guard unit > 0 || digit == 0 else { return nil }
                fraction += digit * unit
                next += 1
            }
            guard next > first else { return nil }
        }
        return ((hour * 60 + minute) * 60 + second, fraction, next)
    }

    private static func number(_ text: UnsafeRawBufferPointer, _ start: Int, _ count: Int) -> Int64? {
        guard start + count <= text.count else { return nil }
        var value: Int64 = 0
        for index in start..<(start + count) {
            guard Ascii.isDigit(text[index]) else { return nil }
            value = value * 10 + Int64(text[index] - 0x30)
        }
        return value
    }
}
