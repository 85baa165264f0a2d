import TarnBase
import TarnColumns

/// How bounds of a column compare: `TypeDefinedOrder` over PLAIN forms. Zeros of both signs are equal; bounds are never NaN.
///
/// Specification: parquet.thrift, `ColumnOrder`.
enum BoundOrder {
    /// Text and binary: unsigned bytes, the shorter first.
    case bytes
    /// Decimals: big-endian two's complement, all of one length.
    case bigEndian
    case boolean, int32, int64, float, double

    init(_ leaf: LeafColumn) {
        switch leaf.type {
        case .boolean: self = .boolean
        case .int32, .date: self = .int32
        case .int64, .timestamp, .time: self = .int64
        case .float: self = .float
        case .double: self = .double
        case .decimal: self = .bigEndian
        case .string, .binary: self = .bytes
        case .list, .map, .struct: preconditionFailure("a leaf is not nested")
        }
    }

    func precedes(_ left: Bytes, _ right: Bytes) -> Bool {
        switch self {
        case .bytes: left.withUnsafeBytes { left in right.withUnsafeBytes { left.lexicographicallyPrecedes($0) } }
        case .bigEndian: BoundOrder.bigEndian(left, right)
        case .boolean: left[0] < right[0]
        case .int32: BoundOrder.value(left, of: Int32.self) < BoundOrder.value(right, of: Int32.self)
        case .int64: BoundOrder.value(left, of: Int64.self) < BoundOrder.value(right, of: Int64.self)
        case .float: BoundOrder.value(left, of: Float.self) < BoundOrder.value(right, of: Float.self)
        case .double: BoundOrder.value(left, of: Double.self) < BoundOrder.value(right, of: Double.self)
        }
    }

    private static func value<Value: BitwiseCopyable>(_ bytes: Bytes, of type: Value.Type) -> Value {
        bytes.withUnsafeBytes { $0.loadUnaligned(as: type) }
    }

    private static func bigEndian(_ left: Bytes, _ right: Bytes) -> Bool {
        let (first, second) = (left.array, right.array)
        guard let a = first.first, let b = second.first, a != b else { return first.lexicographicallyPrecedes(second) }
        return Int8(bitPattern: a) < Int8(bitPattern: b)
    }
}
