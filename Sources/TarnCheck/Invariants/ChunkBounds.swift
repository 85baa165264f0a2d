import TarnBase
import TarnColumns
import TarnParquet

/// The least and greatest value that a column chunk's statistics promise, in the form of the column in memory.
///
/// Bounds of forms that are not compared here (INT96, unsigned, half precision) are left out.
struct ChunkBounds {
    let minimum: Cell?
    let maximum: Cell?
    let nullCount: Int64?

    init(_ statistics: Statistics?, of leaf: LeafColumn, order: ColumnOrder?) {
        guard let statistics else {
            (minimum, maximum, nullCount) = (nil, nil, nil)
            return
        }
        nullCount = statistics.nullCount
        // The old pair orders text by signed bytes; the new one says how it orders.
        let isNumber = leaf.physicalType != .byteArray && leaf.physicalType != .fixedLengthByteArray
        let isOrdered = order == .byType || order == nil
        minimum = (isOrdered ? statistics.minimum : nil).flatMap { Self.cell($0, leaf) } ?? (isNumber ? statistics.legacyMinimum.flatMap { Self.cell($0, leaf) } : nil)
        maximum = (isOrdered ? statistics.maximum : nil).flatMap { Self.cell($0, leaf) } ?? (isNumber ? statistics.legacyMaximum.flatMap { Self.cell($0, leaf) } : nil)
    }

    private static func cell(_ bytes: Bytes, _ leaf: LeafColumn) -> Cell? {
        func load<Value: BitwiseCopyable>(_ type: Value.Type) -> Value? {
            guard bytes.count == MemoryLayout<Value>.size else { return nil }
            return bytes.withUnsafeBytes { $0.loadUnaligned(as: type) }
        }
        switch (leaf.physicalType, leaf.conversion) {
        case (.boolean, .none): return bytes.count == 1 ? .boolean(bytes[0] != 0) : nil
        case (.int32, .none): return load(Int32.self).map { .int(Int64($0)) }
        case (.int64, .none): return load(Int64.self).map { .int($0) }
        case (.int32, .decimalFromInteger): return load(Int32.self).map { .decimal(Int128($0)) }
        case (.int64, .decimalFromInteger): return load(Int64.self).map { .decimal(Int128($0)) }
        case (.float, .none): return load(Float.self).flatMap { $0.isNaN ? nil : .float($0) }
        case (.double, .none): return load(Double.self).flatMap { $0.isNaN ? nil : .double($0) }
        case (.byteArray, .none), (.fixedLengthByteArray, .fixedBytes): return .text(bytes)
        case (.fixedLengthByteArray, .decimalFromFixed), (.byteArray, .decimalFromBytes):
            guard !bytes.isEmpty, bytes.count <= 16 else { return nil }
            var value: Int128 = Int8(bitPattern: bytes[0]) < 0 ? -1 : 0
            for byte in bytes.array { value = value << 8 | Int128(byte) }
            return .decimal(value)
        default: return nil
        }
    }

    /// What of `seen` contradicts the bounds; nil if nothing does.
    func contradiction(_ seen: ColumnStatistics) -> String? {
        if let nullCount, let counted = seen.nullCount, nullCount != counted { return "\(counted) nulls, the statistics say \(nullCount)" }
        if let minimum, let least = seen.lowerBound, Cell.isLess(least, minimum) { return "a value lies below the minimum" }
        if let maximum, let greatest = seen.upperBound, Cell.isLess(maximum, greatest) { return "a value lies above the maximum" }
        return nil
    }
}
