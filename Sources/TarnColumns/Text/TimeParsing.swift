/// Dates and times read from text, strictly, without time zones other than an offset.
package enum TimeParsing {
    /// Days since 1970-01-01 of `yyyy-MM-dd` (also with a sign and more digits in the year).
    package static func date(_ text: UnsafeRawBufferPointer) -> Int32? {
        var scanner = Scanner(text: text)
        guard let days = scanner.date(), scanner.isAtEnd else { return nil }
        return Int32(exactly: days)
    }

    /// The time since 1970-01-01T00:00:00Z of an RFC 3339 time: `2024-01-02T03:04:05.678Z`, `…+02:00`, a blank instead of
    /// the `T`, seconds and fraction left out, no zone (UTC), or a date alone (midnight UTC).
    ///
    /// Digits finer than the unit must be zero. nil when the text is no time or does not fit.
    package static func timestamp(_ text: UnsafeRawBufferPointer, _ unit: TimeUnit) -> Int64? {
        var scanner = Scanner(text: text)
        guard let days = scanner.date() else { return nil }
        var seconds = 0
        var nanoseconds = 0
        if !scanner.isAtEnd {
            guard scanner.take("T") || scanner.take(" ") || scanner.take("t"), let (s, n) = scanner.timeOfDay() else { return nil }
            (seconds, nanoseconds) = (s, n)
            guard let offset = scanner.zoneOffset() else { return nil }
            seconds -= offset
        }
        guard scanner.isAtEnd else { return nil }
        let perSecond = unit.perSecond
        let (fraction, rest) = nanoseconds.quotientAndRemainder(dividingBy: Int(1_000_000_000 / perSecond))
        guard rest == 0 else { return nil }
        let total = Int128(days * 86_400 + seconds) * Int128(perSecond) + Int128(fraction)
        return Int64(exactly: total)
    }

    /// Microseconds since midnight of `HH:mm[:ss[.ffffff]]`.
    package static func time(_ text: UnsafeRawBufferPointer) -> Int64? {
        var scanner = Scanner(text: text)
        guard let (seconds, nanoseconds) = scanner.timeOfDay(), scanner.isAtEnd, nanoseconds % 1000 == 0 else { return nil }
        return Int64(seconds * 1_000_000 + nanoseconds / 1000)
    }

    package static func date(_ text: String) -> Int32? { utf8(text) { date($0) } }
    package static func timestamp(_ text: String, _ unit: TimeUnit) -> Int64? { utf8(text) { timestamp($0, unit) } }
    package static func time(_ text: String) -> Int64? { utf8(text) { time($0) } }

    private static func utf8<Result>(_ text: String, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        var text = text
        return text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
    }

    private struct Scanner {
        let text: UnsafeRawBufferPointer
        var offset = 0

        init(text: UnsafeRawBufferPointer) { self.text = text }

        var isAtEnd: Bool { offset == text.count }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard offset < text.count, text[offset] == UInt8(ascii: character) else { return false }
            offset += 1
            return true
        }

        /// A number of `count` digits.
        mutating func digits(_ count: ClosedRange<Int>) -> (value: Int, count: Int)? {
            var value = 0
            var taken = 0
            while taken < count.upperBound, offset < text.count {
                let digit = text[offset] &- UInt8(ascii: "0")
                guard digit <= 9 else { break }
                value = value * 10 + Int(digit)
                taken += 1
                offset += 1
            }
            return count.contains(taken) ? (value, taken) : nil
        }

        mutating func date() -> Int? {
            let isNegative = take("-")
            if !isNegative { _ = take("+") }
            guard let year = digits(4...6), take("-"), let month = digits(2...2), take("-"), let day = digits(2...2),
                let date = CivilDate(year: isNegative ? -year.value : year.value, month: month.value, day: day.value)
            else { return nil }
            return date.daysSinceEpoch
        }

        mutating func timeOfDay() -> (seconds: Int, nanoseconds: Int)? {
            guard let hour = digits(2...2), hour.value < 24, take(":"), let minute = digits(2...2), minute.value < 60 else { return nil }
            var seconds = hour.value * 3600 + minute.value * 60
            guard take(":") else { return (seconds, 0) }
            guard let second = digits(2...2), second.value < 60 else { return nil }
            seconds += second.value
            guard take(".") else { return (seconds, 0) }
            guard let fraction = digits(1...9) else { return nil }
            return (seconds, (fraction.count..<9).reduce(fraction.value) { value, _ in value * 10 })
        }

        /// Seconds east of UTC; 0 when there is no zone.
        mutating func zoneOffset() -> Int? {
            if isAtEnd || take("Z") || take("z") { return 0 }
            let isWest = take("-")
            guard isWest || take("+"), let hours = digits(2...2), hours.value < 24 else { return nil }
            var offset = hours.value * 3600
            if !isAtEnd {
                _ = take(":")
                guard let minutes = digits(2...2), minutes.value < 60 else { return nil }
                offset += minutes.value * 60
            }
            return isWest ? -offset : offset
        }
    }
}
