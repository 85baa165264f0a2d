package import TarnBase

/// A column as `Int64` numbers that sort as its values do.
package struct OrderingValues: Sendable {
    /// `count` times an `Int64`; 0 for nulls.
    package let bytes: Bytes
    package let count: Int
    /// 1 = there is a value; nil when there is one everywhere.
    package let validity: Bitmap?

    @inlinable
    package subscript(row: Int) -> Int64 {
        precondition(row >= 0 && row < count)
        return bytes.withValues(of: Int64.self) { $0[row] }
    }

    /// The first row without a value.
    package var firstNull: Int? { validity.flatMap { (!$0).setRows.first.map { Int($0) } } }
}

extension Column {
    /// The rows as numbers that keep their order, equal exactly for equal values: integers, dates, times and timestamps as
    /// they are, floating-point numbers by their bits (in Java's order: -0 below 0, NaN above all), false 0 and true 1.
    /// nil for types that have no such number: text, decimals, nested values.
    package func orderingValues() -> OrderingValues? {
        defer { withExtendedLifetime(self) {} }
        if case .bits(let bits) = values {
            let bytes = fixedBytes(count, of: Int64.self) { target in
                for row in 0..<count { target[row] = bits[row] && !isNull(row) ? 1 : 0 }
            }
            return OrderingValues(bytes: bytes, count: count, validity: validity)
        }
        if type.fixedWidth == 8, type != .double, validity == nil, case .fixed(let bytes) = values {
            return OrderingValues(bytes: bytes, count: count, validity: nil)
        }
        guard let source = FlatValues(self) else { return nil }
        let bytes: Bytes
        switch type {
        case .int32, .date: bytes = orderingBytes { Int64(source.load($0, as: Int32.self)) }
        case .int64, .time, .timestamp: bytes = orderingBytes { source.load($0, as: Int64.self) }
        case .float: bytes = orderingBytes { Column.orderingValue(Double(source.load($0, as: Float.self))) }
        case .double: bytes = orderingBytes { Column.orderingValue(source.load($0, as: Double.self)) }
        default: return nil
        }
        return OrderingValues(bytes: bytes, count: count, validity: validity)
    }

    @inline(__always)
    private func orderingBytes(_ value: (Int) -> Int64) -> Bytes {
        fixedBytes(count, of: Int64.self) { target in
            for row in 0..<count { target[row] = value(row) }
            if let validity { for row in (!validity).setRows { target[Int(row)] = 0 } }
        }
    }

    /// A number that sorts as `value` does in Java.
    @inline(__always)
    package static func orderingValue(_ value: Double) -> Int64 {
        let bits = Int64(bitPattern: (value != value ? Double.nan : value).bitPattern)
        return bits < 0 ? bits ^ Int64.max : bits
    }

    /// The number that ``orderingValues()`` mapped to this one; NaN whatever its bits were.
    package static func floatingPoint(ofOrderingValue value: Int64) -> Double {
        Double(bitPattern: UInt64(bitPattern: value < 0 ? value ^ Int64.max : value))
    }
}
