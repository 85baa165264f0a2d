import TarnBase

/// Where text is put together byte by byte: the output of rows, and rendered values. One owner.
final class TextSink {
    private let buffer: GrowingBuffer

    init(capacity: Int = 256) { buffer = GrowingBuffer(capacity: capacity) }

    var count: Int { buffer.count }
    func removeAll() { buffer.count = 0 }
    func finish() -> Bytes { buffer.finish() }

    /// What was appended so far; valid until the next call.
    var written: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: buffer.base, count: buffer.count) }

    @inline(__always) func append(byte: UInt8) { buffer.append(byte) }
    @inline(__always) func append(bytes: UnsafeRawBufferPointer) { buffer.append(bytes) }

    @inline(__always)
    func append(_ text: StaticString) {
        buffer.append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    func append(string: String) {
        var string = string
        string.withUTF8 { buffer.append(UnsafeRawBufferPointer($0)) }
    }

    @inline(__always)
    func append(integer: Int64) {
        if integer < 0 { append(byte: UInt8(ascii: "-")) }
        append(unsigned: integer.magnitude)
    }

    @inline(__always)
    func append(unsigned: UInt64) {
        buffer.reserve(20)
        var end = buffer.count &+ TextSink.digitCount(unsigned)
        let total = end
        var rest = unsigned
        repeat {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            end &-= 1
            buffer.base.storeBytes(of: UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: digit), toByteOffset: end, as: UInt8.self)
            rest = quotient
        } while rest != 0
        buffer.count = total
    }

    @inline(__always)
    private static func digitCount(_ value: UInt64) -> Int {
        var count = 1
        var limit: UInt64 = 10
        while value >= limit {
            count &+= 1
            if count == 20 { break }
            limit &*= 10
        }
        return count
    }

    /// A number with leading zeros up to `width` digits.
    @inline(__always)
    func append(padded value: Int, width: Int) {
        var limit = 10
        var digits = 1
        while digits < width {
            if value < limit { append(byte: UInt8(ascii: "0")) }
            limit &*= 10
            digits &+= 1
        }
        append(unsigned: UInt64(truncatingIfNeeded: value))
    }

    /// `yyyy-MM-dd`; years above 9999 with all their digits and below 0 with a sign.
    func append(date days: Int) {
        let date = CivilDate(daysSinceEpoch: days)
        if date.year < 0 { append(byte: UInt8(ascii: "-")) }
        append(padded: abs(date.year), width: 4)
        append(byte: UInt8(ascii: "-"))
        append(padded: date.month, width: 2)
        append(byte: UInt8(ascii: "-"))
        append(padded: date.day, width: 2)
    }

    /// RFC 3339 in UTC, with all digits of the unit.
    func append(timestamp value: Int64, _ unit: TimeUnit) {
        let perSecond = unit.perSecond
        let perDay = perSecond &* 86_400
        var days = value / perDay
        var rest = value % perDay
        if rest < 0 {
            rest &+= perDay
            days &-= 1
        }
        append(date: Int(days))
        append(byte: UInt8(ascii: "T"))
        append(timeOfDay: rest, perSecond: perSecond)
        append(byte: UInt8(ascii: "Z"))
    }

    /// `HH:mm:ss.fff…`; `value` counts from midnight.
    func append(timeOfDay value: Int64, perSecond: Int64) {
        let (seconds, fraction) = value.quotientAndRemainder(dividingBy: perSecond)
        append(padded: Int(seconds / 3600), width: 2)
        append(byte: UInt8(ascii: ":"))
        append(padded: Int(seconds / 60 % 60), width: 2)
        append(byte: UInt8(ascii: ":"))
        append(padded: Int(seconds % 60), width: 2)
        append(byte: UInt8(ascii: "."))
        append(padded: Int(fraction), width: perSecond == 1000 ? 3 : perSecond == 1_000_000 ? 6 : 9)
    }

    func append(hexadecimal bytes: UnsafeRawBufferPointer) {
        for byte in bytes {
            append(byte: TextSink.hexadecimalDigit(byte >> 4))
            append(byte: TextSink.hexadecimalDigit(byte & 15))
        }
    }

    @inline(__always)
    static func hexadecimalDigit(_ value: UInt8) -> UInt8 { value < 10 ? UInt8(ascii: "0") &+ value : UInt8(ascii: "a") &+ value &- 10 }
}
