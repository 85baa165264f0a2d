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
        var shortest = shortest
        return shortest.withUTF8 { source in
            String(unsafeUninitializedCapacity: 32) { target in
                let (digits, point, isNegative) = scan(source)
                return write(digits, point, isNegative, into: target)
            }
        }
    }

    /// The significant digits (at most 17 of them), and where the point is: the value is 0.digits times 10 to `point`.
    private static func scan(_ text: UnsafeBufferPointer<UInt8>) -> (digits: InlineArray<17, UInt8>, point: Int, isNegative: Bool) {
        var digits = InlineArray<17, UInt8>(repeating: UInt8(ascii: "0"))
        var count = 0
        var point = 0
        var sawPoint = false
        var index = text[0] == UInt8(ascii: "-") ? 1 : 0
        let isNegative = index == 1
        while index < text.count, text[index] != UInt8(ascii: "e") {
            let byte = text[index]
            index += 1
            if byte == UInt8(ascii: ".") {
                sawPoint = true
                continue
            }
            if count > 0 || byte != UInt8(ascii: "0") {
                // Past 17 digits only zeros come, of a large number written out.
                if count < 17 { digits[count] = byte }
                count += 1
                if !sawPoint { point += 1 }
            } else if sawPoint {
                point -= 1
            }
        }
        if index < text.count {
            var exponent = 0
            let isSmall = text[index + 1] == UInt8(ascii: "-")
            for byte in text[(index + 1)...] where byte >= UInt8(ascii: "0") { exponent = exponent * 10 + Int(byte - UInt8(ascii: "0")) }
            point += isSmall ? -exponent : exponent
        }
        return (digits, count == 0 ? 1 : point, isNegative)
    }

    private static func write(
        _ digits: InlineArray<17, UInt8>, _ point: Int, _ isNegative: Bool, into target: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        var next = 0
        func put(_ byte: UInt8) {
            target[next] = byte
            next += 1
        }
        var last = 16
        while last > 0, digits[last] == UInt8(ascii: "0") { last -= 1 }
        if isNegative { put(UInt8(ascii: "-")) }
        let isPlain = (-2...7).contains(point)
        let wholeDigits = isPlain ? max(point, 0) : 1
        if wholeDigits == 0 { put(UInt8(ascii: "0")) }
        for index in 0..<wholeDigits { put(digits[index]) }
        put(UInt8(ascii: "."))
        if isPlain, point < 0 { for _ in 0..<(-point) { put(UInt8(ascii: "0")) } }
        if wholeDigits > last { put(UInt8(ascii: "0")) }
        for index in wholeDigits..<max(last + 1, wholeDigits) { put(digits[index]) }
        guard !isPlain else { return next }
        put(UInt8(ascii: "E"))
        let exponent = point - 1
        if exponent < 0 { put(UInt8(ascii: "-")) }
        if exponent.magnitude >= 100 { put(UInt8(ascii: "0") + UInt8(exponent.magnitude / 100)) }
        if exponent.magnitude >= 10 { put(UInt8(ascii: "0") + UInt8(exponent.magnitude / 10 % 10)) }
        put(UInt8(ascii: "0") + UInt8(exponent.magnitude % 10))
        return next
    }
}
