package import TarnBase
package import TarnColumns

/// Bounds as Parquet stores them, turned into the values they bound, where the column's order is the one filters compare by.
///
/// Nothing is taken of columns whose order the file does not name or names differently, of INT96 (which has none), and of
/// bounds that are no value of the column; of a floating-point bound that is NaN nothing can be said. Bounds of text may be
/// cut short and still bound.
///
/// Specification: Parquet, *Column Orders* at `ColumnOrder` in parquet.thrift.
extension LeafColumn {
    /// What a chunk's or page's statistics say of its values.
    ///
    /// - Parameters:
    ///   - order: The footer's, for this leaf; nil when it has none.
    ///   - rowCount: Of the part, nulls included.
    package func statistics(_ stored: Statistics?, order: ColumnOrder?, rowCount: Int64) -> ColumnStatistics {
        var known = ColumnStatistics(nullCount: nullCount(stored?.nullCount, of: rowCount), rowCount: rowCount, mayHoldNaN: true)
        guard let stored else { return known }
        if order == .byType, stored.minimum != nil || stored.maximum != nil {
            known.lowerBound = stored.minimum.flatMap { value(plain: $0) }
            known.upperBound = stored.maximum.flatMap { value(plain: $0) }
        } else if isSignedNumber {
            known.lowerBound = stored.legacyMinimum.flatMap { value(plain: $0) }
            known.upperBound = stored.legacyMaximum.flatMap { value(plain: $0) }
        }
        return known.withoutContradiction
    }

    /// What the column index says of the values of one page.
    func statistics(_ index: ColumnIndex, page: Int, order: ColumnOrder?, rowCount: Int64) -> ColumnStatistics {
        let nulls = index.isNullPage[page] ? rowCount : index.nullCounts.isEmpty ? nil : index.nullCounts[page]
        var known = ColumnStatistics(nullCount: nullCount(nulls, of: rowCount), rowCount: rowCount, mayHoldNaN: true)
        guard !index.isNullPage[page], order == .byType else { return known }
        known.lowerBound = value(plain: index.minima[page])
        known.upperBound = value(plain: index.maxima[page])
        return known.withoutContradiction
    }

    /// nil for a count that cannot be: it says nothing. Nor does a count of 0 of a struct's member: the format does not say that
    /// rows count whose struct is null.
    private func nullCount(_ count: Int64?, of rowCount: Int64) -> Int64? {
        guard maximumDefinitionLevel > 0 else { return 0 }
        if path.count > 1, count == 0 { return nil }
        return count.flatMap { (0...rowCount).contains($0) ? $0 : nil }
    }

    /// Whether the old bounds, which compare signed bytes or numbers, can be used.
    private var isSignedNumber: Bool {
        guard conversion == .none, isOrdered else { return false }
        switch type {
        case .int32, .int64, .date, .timestamp, .float, .double: return true
        default: return false
        }
    }

    /// The value of PLAIN bytes without length prefix; nil where it is not one, or not one that orders.
    package func value(plain bytes: Bytes) -> Cell? {
        func number<Value: BitwiseCopyable>(_ type: Value.Type) -> Value? {
            guard bytes.count == MemoryLayout<Value>.size else { return nil }
            return bytes.withUnsafeBytes { $0.loadUnaligned(as: Value.self) }
        }
        guard isOrdered else { return nil }
        switch conversion {
        case .unsignedToInt64: return number(UInt32.self).map { .int(Int64($0)) }
        case .unsignedToDecimal: return number(UInt64.self).map { .decimal(Int128($0)) }
        case .timeFromMilliseconds: return number(Int32.self).map { .int(Int64($0) * 1000) }
        case .decimalFromInteger:
            return physicalType == .int32 ? number(Int32.self).map { .decimal(Int128($0)) } : number(Int64.self).map { .decimal(Int128($0)) }
        case .decimalFromFixed:
            guard bytes.count == typeLength else { return nil }
            return bigEndian(bytes)
        case .decimalFromBytes: return bytes.isEmpty ? nil : bigEndian(bytes)
        case .floatFromHalf:
            guard let bits = number(UInt16.self) else { return nil }
            let value = Float(Float16(bitPattern: bits))
            return value.isNaN ? nil : .float(value)
        case .fixedBytes: return .text(bytes)
        case .timestampFromInt96: return nil
        case .none: break
        }
        switch type {
        case .boolean:
            guard let value = number(UInt8.self), value <= 1 else { return nil }
            return .boolean(value == 1)
        case .int32, .date: return number(Int32.self).map { .int(Int64($0)) }
        case .int64, .timestamp, .time: return number(Int64.self).map { .int($0) }
        case .float: return number(Float.self).flatMap { $0.isNaN ? nil : .float($0) }
        case .double: return number(Double.self).flatMap { $0.isNaN ? nil : .double($0) }
        case .string, .binary: return .text(bytes)
        case .decimal, .list, .map, .struct: return nil
        }
    }

    private func bigEndian(_ bytes: Bytes) -> Cell? {
        defer { withExtendedLifetime(bytes) {} }
        return BigEndianDecimal.load(bytes.unsafePointer, byteCount: bytes.count).map { .decimal($0) }
    }

    /// The PLAIN bytes of a value, as bloom filters hash them.
    enum PlainForm {
        case bytes(Bytes)
        /// No value of the column has this value: it does not fit the stored type.
        case impossible
        /// There is more than one form, or none known.
        case unknown
    }

    func plainForm(_ value: Cell) -> PlainForm {
        func bytes<Value: BitwiseCopyable>(_ value: Value) -> PlainForm { .bytes(withUnsafeBytes(of: value) { Bytes(copying: $0) }) }
        func int32(_ value: some BinaryInteger) -> PlainForm { Int32(exactly: value).map { bytes($0) } ?? .impossible }
        func int64(_ value: some BinaryInteger) -> PlainForm { Int64(exactly: value).map { bytes($0) } ?? .impossible }
        switch (conversion, value) {
        case (.unsignedToInt64, .int(let value)): return UInt32(exactly: value).map { bytes($0) } ?? .impossible
        case (.unsignedToDecimal, .decimal(let value)): return UInt64(exactly: value).map { bytes($0) } ?? .impossible
        case (.timeFromMilliseconds, .int(let value)): return value % 1000 == 0 ? int32(value / 1000) : .impossible
        case (.decimalFromInteger, .decimal(let value)): return physicalType == .int32 ? int32(value) : int64(value)
        case (.fixedBytes, .text(let value)): return value.count == typeLength ? .bytes(value) : .impossible
        case (.none, .int(let value)): return physicalType == .int32 ? int32(value) : int64(value)
        case (.none, .float(let value)): return bytes(value)
        case (.none, .double(let value)): return bytes(value)
        case (.none, .text(let value)): return .bytes(value)
        default: return .unknown
        }
    }
}

extension ColumnStatistics {
    /// Without bounds where the lower lies above the upper: they were made by another order than ours.
    fileprivate var withoutContradiction: ColumnStatistics {
        guard let lowerBound, let upperBound, Cell.isLess(upperBound, lowerBound) else { return self }
        var result = self
        result.lowerBound = nil
        result.upperBound = nil
        return result
    }
}
