/// A number of bytes, so that sizes cannot be mistaken for counts of rows.
public struct ByteCount: Hashable, Comparable, Sendable {
    public var bytes: Int64

    public init(_ bytes: Int64) { self.bytes = bytes }
    public init(_ bytes: Int) { self.bytes = Int64(bytes) }

    public static func bytes(_ count: Int64) -> ByteCount { ByteCount(count) }
    public static func kibibytes(_ count: Int64) -> ByteCount { ByteCount(count << 10) }
    public static func mebibytes(_ count: Int64) -> ByteCount { ByteCount(count << 20) }
    public static func gibibytes(_ count: Int64) -> ByteCount { ByteCount(count << 30) }

    public static func < (left: ByteCount, right: ByteCount) -> Bool { left.bytes < right.bytes }

    /// Reads `512MiB`, `1 GiB`, `64KB`, `4096`: binary units with an `i`, decimal without, bytes without a unit.
    public init?(_ text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int64(digits) else { return nil }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }.lowercased()
        let factors: [String: Int64] = [
            "": 1, "b": 1, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40,
            "k": 1000, "kb": 1000, "mb": 1_000_000, "gb": 1_000_000_000, "m": 1_000_000, "g": 1_000_000_000,
        ]
        guard let factor = factors[unit] else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: factor)
        guard !overflow else { return nil }
        self.init(bytes)
    }
}

extension ByteCount: CustomStringConvertible {
    /// One decimal and a binary unit: `1.5 MiB`.
    public var description: String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
        var unit = 0
        var tenths = bytes.magnitude * 10
        while tenths >= 10_240, unit < units.count - 1 {
            tenths = (tenths + 512) / 1024
            unit += 1
        }
        let sign = bytes < 0 ? "-" : ""
        return unit == 0 ? "\(bytes) B" : "\(sign)\(tenths / 10).\(tenths % 10) \(units[unit])"
    }
}
