/// Floating-point numbers as Java's `Double.toString` and `Float.toString` write them (hudi-format-v6 §6.3), with the
/// shortest digits that read back to the same value, as Java does since version 19.
package enum JavaNumbers {
    package static func text(_ value: Double) -> String {
        value.isFinite ? text(shortest: "\(value)") : special(value.isNaN, value < 0)
    }

    package static func text(_ value: Float) -> String {
        value.isFinite ? text(shortest: "\(value)") : special(value.isNaN, value < 0)
    }

    private static func special(_ isNaN: Bool, _ isNegative: Bool) -> String {
        isNaN ? "NaN" : isNegative ? "-Infinity" : "Infinity"
    }

    /// Swift's digits (`-1.5e-07`, `12345678.9`) in Java's form: plain from 10⁻³ to 10⁷, else `d.dddE±n`.
    private static func text(shortest: String) -> String {
        let sign = shortest.hasPrefix("-") ? "-" : ""
        let parts = shortest.dropFirst(sign.count).split(separator: "e")
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let whole = mantissa[0]
        let all = whole + (mantissa.count > 1 ? mantissa[1] : "")
        let digits = all.drop { $0 == "0" }
        guard !digits.isEmpty else { return sign + "0.0" }
        // The value is 0.digits times 10 to `point`.
        let point = whole.count + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0) - (all.count - digits.count)
        let trimmed = String(digits.reversed().drop { $0 == "0" }.reversed())
        if (-2...7).contains(point) {
            if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + trimmed }
            let padded = trimmed + String(repeating: "0", count: max(0, point - trimmed.count))
            let fraction = padded.dropFirst(point)
            return sign + padded.prefix(point) + "." + (fraction.isEmpty ? "0" : fraction)
        }
        let fraction = trimmed.dropFirst()
        return sign + trimmed.prefix(1) + "." + (fraction.isEmpty ? "0" : fraction) + "E\(point - 1)"
    }
}
