/// Decimals as text. A decimal is an unscaled number and how many of its digits stand behind the point.
package enum Decimals {
    /// 10 to `exponent`, which is 0...38.
    package static func powerOfTen(_ exponent: Int) -> Int128 {
        (0..<exponent).reduce(Int128(1)) { power, _ in power * 10 }
    }

    /// The digits, with `scale` of them behind the point: `-0.05`, `12.00`.
    package static func text(_ unscaled: Int128, scale: Int) -> String {
        let digits = String(unscaled.magnitude)
        let sign = unscaled < 0 ? "-" : ""
        guard scale > 0 else { return sign + digits }
        let padded = String(repeating: "0", count: max(0, scale + 1 - digits.count)) + digits
        return sign + padded.dropLast(scale) + "." + padded.suffix(scale)
    }

    /// As Java's `BigDecimal.toString` has it: with an exponent when the value is below 10⁻⁶ (hudi-format-v6 §6.3).
    package static func javaText(_ unscaled: Int128, scale: Int) -> String {
        let digits = String(unscaled.magnitude)
        let exponent = digits.count - 1 - scale
        guard exponent < -6 else { return text(unscaled, scale: scale) }
        let fraction = digits.count > 1 ? "." + digits.dropFirst() : ""
        return (unscaled < 0 ? "-" : "") + digits.prefix(1) + fraction + "E\(exponent)"
    }

    /// Reads `12`, `-0.5`, `1.50`, `2e3` as an unscaled number of that scale; nil if it is no number, has more digits
    /// behind the point than `scale` (zeros aside), or more than `precision` digits.
    package static func parse(_ text: UnsafeRawBufferPointer, precision: Int, scale: Int) -> Int128? {
        var offset = 0
        var isNegative = false
        if let first = text.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            isNegative = first == UInt8(ascii: "-")
            offset = 1
        }
        var value: Int128 = 0
        var fractionDigits = 0
        var sawDigit = false
        var sawPoint = false
        while offset < text.count, text[offset] != UInt8(ascii: "e"), text[offset] != UInt8(ascii: "E") {
            let byte = text[offset]
            offset += 1
            if byte == UInt8(ascii: "."), !sawPoint {
                sawPoint = true
                continue
            }
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            sawDigit = true
            let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflow) = product.addingReportingOverflow(Int128(byte - UInt8(ascii: "0")))
            guard !tooLarge, !overflow else { return nil }
            value = sum
            if sawPoint { fractionDigits += 1 }
        }
        guard sawDigit else { return nil }
        var exponent = 0
        if offset < text.count {
            let digits = String(decoding: UnsafeRawBufferPointer(rebasing: text[(offset + 1)...]), as: UTF8.self)
            guard let parsed = Int(digits), abs(parsed) <= 1000 else { return nil }
            exponent = parsed
        }
        return rescale(isNegative ? -value : value, by: scale - fractionDigits + exponent, precision: precision)
    }

    /// `value` times 10 to `power`, exactly; nil if that is no whole number or has more than `precision` digits.
    private static func rescale(_ value: Int128, by power: Int, precision: Int) -> Int128? {
        var value = value
        if value == 0 { return 0 }
        for _ in 0..<abs(power) {
            if power > 0 {
                let (product, overflow) = value.multipliedReportingOverflow(by: 10)
                guard !overflow else { return nil }
                value = product
            } else {
                guard value % 10 == 0 else { return nil }
                value /= 10
            }
        }
        return value.magnitude < powerOfTen(precision).magnitude ? value : nil
    }
}
