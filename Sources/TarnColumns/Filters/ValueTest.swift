import TarnBase

/// A comparison in the column's own form. Numbers, dates and times become a closed range of the ``OrderingValues``
/// of the column; a range that ends before it begins holds nothing.
indirect enum ValueTest: Hashable, Sendable {
    case integers(from: Int64, through: Int64)
    /// Unscaled.
    case decimals(from: Int128, through: Int128)
    case text(Filter.Comparison, Bytes)
    case any([ValueTest])

    init(_ comparison: Filter.Comparison, _ literal: Filter.Literal, type: DataType, column: String) throws(ColumnError) {
        guard let test = ValueTest.make(comparison, literal, type) else {
            throw ColumnError(.value, "column '\(column)' is \(type) and cannot be compared with \(literal.described)")
        }
        self = test
    }

    private static func make(_ comparison: Filter.Comparison, _ literal: Filter.Literal, _ type: DataType) -> ValueTest? {
        switch type {
        case .string, .binary:
            guard case .text(let text) = literal else { return nil }
            return .text(comparison, Bytes(text))
        case .boolean:
            return literal.boolean.map { integers(comparison, Int128($0 ? 1 : 0), isExact: true) }
        case .int32, .int64:
            return number(literal, scale: 0).map { integers(comparison, $0.floor, isExact: $0.isExact) }
        case .decimal(_, let scale):
            return number(literal, scale: scale).map {
                let (low, high) = range(comparison, $0.floor, isExact: $0.isExact, min: .min, max: .max)
                return .decimals(from: low, through: high)
            }
        case .float:
            return literal.double.map { floating(comparison, Double(Float($0))) }
        case .double:
            return literal.double.map { floating(comparison, $0) }
        case .date:
            guard case .text(let text) = literal else { return nil }
            return TimeParsing.date(text).map { integers(comparison, Int128($0), isExact: true) }
        case .time:
            guard case .text(let text) = literal else { return nil }
            return TimeParsing.time(text).map { integers(comparison, Int128($0), isExact: true) }
        case .timestamp(let unit): return timestamp(comparison, literal, unit)
        case .list, .map, .struct: return nil
        }
    }

    /// A time, or a whole number of the column's unit.
    private static func timestamp(_ comparison: Filter.Comparison, _ literal: Filter.Literal, _ unit: TimeUnit) -> ValueTest? {
        switch literal {
        case .integer(let value): return integers(comparison, Int128(value), isExact: true)
        case .double, .boolean: return nil
        case .text(let text):
            if let value = Int64(text) ?? TimeParsing.timestamp(text, unit) {
                return integers(comparison, Int128(value), isExact: true)
            }
            // More digits than the column has: between two of its values.
            guard let fine = TimeParsing.timestamp(text, .nanoseconds) else { return nil }
            let perValue = Int128(1_000_000_000 / unit.perSecond)
            return integers(comparison, floorDivision(Int128(fine), by: perValue), isExact: false)
        }
    }

    /// The literal times 10 to `scale`, rounded down, and whether it was whole.
    private static func number(_ literal: Filter.Literal, scale: Int) -> (floor: Int128, isExact: Bool)? {
        let digits: String
        switch literal {
        case .integer(let value): digits = String(value)
        case .double(let value): digits = "\(value)"
        case .text(let text): digits = text
        case .boolean: return nil
        }
        let bytes = Bytes(digits)
        return bytes.withUnsafeBytes { text in
            for finer in scale...max(scale, 38) {
                guard let value = Decimals.parse(text, precision: 38, scale: finer) else { continue }
                let factor = Decimals.powerOfTen(finer - scale)
                return (floorDivision(value, by: factor), value % factor == 0)
            }
            return nil
        }
    }

    private static func floorDivision(_ value: Int128, by divisor: Int128) -> Int128 {
        let (quotient, rest) = value.quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? quotient - 1 : quotient
    }

    private static func floating(_ comparison: Filter.Comparison, _ value: Double) -> ValueTest {
        integers(comparison, Int128(Column.filterValue(value)), isExact: true)
    }

    private static func integers(_ comparison: Filter.Comparison, _ floor: Int128, isExact: Bool) -> ValueTest {
        let (low, high) = range(comparison, floor, isExact: isExact, min: Int128(Int64.min), max: Int128(Int64.max))
        if low > high || low > Int128(Int64.max) || high < Int128(Int64.min) { return .integers(from: 1, through: 0) }
        return .integers(from: Int64(max(low, Int128(Int64.min))), through: Int64(min(high, Int128(Int64.max))))
    }

    /// `floor` is below 10^38 in magnitude, or ends of 64 bits, so one more or less is no overflow.
    private static func range(
        _ comparison: Filter.Comparison, _ floor: Int128, isExact: Bool, min: Int128, max: Int128
    ) -> (Int128, Int128) {
        switch comparison {
        case .equal: isExact ? (floor, floor) : (1, 0)
        case .less: (min, isExact ? floor - 1 : floor)
        case .lessOrEqual: (min, floor)
        case .greater: (floor + 1, max)
        case .greaterOrEqual: (isExact ? floor : floor + 1, max)
        }
    }
}

extension Filter.Literal {
    fileprivate var boolean: Bool? {
        switch self {
        case .boolean(let value): value
        case .text(let text): ["true": true, "false": false][text.lowercased()]
        case .integer, .double: nil
        }
    }

    fileprivate var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .double(let value): value
        case .text(let text): Double(text)
        case .boolean: nil
        }
    }

    fileprivate var described: String {
        switch self {
        case .integer(let value): "\(value)"
        case .double(let value): "\(value)"
        case .text(let text): "'\(text)'"
        case .boolean(let value): "\(value)"
        }
    }
}

extension Column {
    /// An ordering value for which 0 equals -0.
    @inline(__always)
    static func filterValue(_ value: Double) -> Int64 { orderingValue(value == 0 ? 0 : value) }
}
