/// When an instant was asked for: its name and its place in the order of a table's history (hudi-format §2.1).
///
/// A text of digits: 17 (`yyyyMMddHHmmssSSS`), 14 (whole seconds, very old tables), or more (instants of the metadata
/// table carry a suffix). Held as numbers, so that it is trivially copied, and prints back exactly. Orders as its text.
public struct InstantTime: Hashable, Sendable {
    /// The first 17 digits, with zeros where the text is shorter.
    private let head: UInt64
    /// Digits 18 to 26, with zeros where the text is shorter.
    private let tail: UInt32
    /// How many digits the text has.
    package let digitCount: UInt8

    private static let headDigits = 17
    private static let tailDigits = 9

    /// nil for anything but 14 to 26 digits.
    public init?(_ text: some StringProtocol) {
        let count = text.utf8.count
        guard (14...(Self.headDigits + Self.tailDigits)).contains(count) else { return nil }
        var head: UInt64 = 0
        var tail: UInt32 = 0
        for (position, byte) in text.utf8.enumerated() {
            guard (0x30...0x39).contains(byte) else { return nil }
            if position < Self.headDigits { head = head * 10 + UInt64(byte - 0x30) } else { tail = tail * 10 + UInt32(byte - 0x30) }
        }
        for _ in 0..<max(0, Self.headDigits - count) { head *= 10 }
        for _ in 0..<(Self.tailDigits - max(0, count - Self.headDigits)) { tail *= 10 }
        self.head = head
        self.tail = tail
        digitCount = UInt8(count)
    }

    /// The 17 digits of a moment, as a clock in `zone` shows it.
    package init(epochMilliseconds: Int64, zone: TimelineZone) {
        self.init(CivilTime(epochMilliseconds: epochMilliseconds, zone: zone))
    }

    private init(_ civil: CivilTime) {
        var head = UInt64(civil.year)
        for (part, factor) in [(civil.month, 100), (civil.day, 100), (civil.hour, 100), (civil.minute, 100), (civil.second, 100), (civil.millisecond, 1000)] {
            head = head * UInt64(factor) + UInt64(part)
        }
        self.head = head
        tail = 0
        digitCount = UInt8(Self.headDigits)
    }

    /// The time Hudi gives tables before their first write, and to what is older than everything.
    package static let zero = InstantTime("00000000000000")!

    /// The next 17-digit time that is later than this one by text: a millisecond on, across calendar borders.
    package var next: InstantTime {
        guard let civil else {
            // Digits that are no calendar time (`00000000000000010`) are counted on as a number.
            let text = String(head + 1)
            return InstantTime(String(repeating: "0", count: max(0, Self.headDigits - text.utf8.count)) + text) ?? self
        }
        return InstantTime(epochMilliseconds: civil.epochMilliseconds() + 1, zone: .utc)
    }

    /// What the calendar shows: whole seconds stand for their last millisecond, as in Java; digits after the 17th are
    /// left out. nil for reserved instants, which are no calendar time.
    package var civil: CivilTime? {
        let head = digitCount < 17 ? self.head + 999 : self.head
        guard digitCount >= 17 || digitCount == 14 else { return nil }
        func part(_ divisor: UInt64, _ modulus: UInt64) -> Int { Int(head / divisor % modulus) }
        return CivilTime(
            year: part(10_000_000_000_000, 10_000), month: part(100_000_000_000, 100), day: part(1_000_000_000, 100),
            hour: part(10_000_000, 100), minute: part(100_000, 100), second: part(1000, 100), millisecond: part(1, 1000))
    }

    /// Milliseconds since 1970 UTC, the digits taken as a clock of `zone`; nil for reserved instants.
    package func epochMilliseconds(in zone: TimelineZone) -> Int64? { civil?.epochMilliseconds(in: zone) }
}

extension InstantTime: Comparable {
    public static func < (left: InstantTime, right: InstantTime) -> Bool {
        // Padded with zeros, a text that is another's beginning compares equal or lower; the lengths then decide.
        (left.head, left.tail, left.digitCount) < (right.head, right.tail, right.digitCount)
    }
}

extension InstantTime: CustomStringConvertible {
    public var description: String {
        func padded(_ text: String, _ width: Int) -> String { String(repeating: "0", count: width - text.utf8.count) + text }
        let all = padded(String(head), Self.headDigits) + padded(String(tail), Self.tailDigits)
        return String(all.prefix(Int(digitCount)))
    }
}
