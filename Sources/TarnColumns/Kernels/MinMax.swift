import TarnBase

extension Column {
    /// The smallest and the greatest value; nil if there is none, or none but NaN, or the type is nested. Text in the order
    /// of its bytes; NaN is left out.
    package func minMax() -> (min: Cell, max: Cell)? {
        switch values {
        case .dictionary(let codes, let dictionary):
            // Entries that no row uses do not count.
            return dictionary.take(usedCodes(codes, of: dictionary.count)).minMax()
        case .bits(let bits):
            let there = validity ?? Bitmap(repeating: true, count: count)
            let trues = (bits && there).setCount
            let falses = there.setCount - trues
            return trues + falses == 0 ? nil : (.boolean(falses == 0), .boolean(trues > 0))
        case .fixed, .views: break
        case .list, .map, .fields: return nil
        }
        guard let source = FlatValues(self) else { return nil }
        defer { withExtendedLifetime(self) {} }
        let rows = extremeRows(source)
        return rows.map { (cell(at: $0.min), cell(at: $0.max)) }
    }

    private func extremeRows(_ source: FlatValues) -> (min: Int, max: Int)? {
        switch type {
        case .int32, .date: extremes { source.load($0, as: Int32.self) }
        case .int64, .time, .timestamp: extremes { source.load($0, as: Int64.self) }
        case .decimal: extremes { source.load($0, as: Int128.self) }
        case .float: extremes { source.load($0, as: Float.self) }
        case .double: extremes { source.load($0, as: Double.self) }
        default: textExtremes(source)
        }
    }

    /// Values that do not equal themselves (NaN) are left out.
    @inline(__always)
    private func extremes<Value: Comparable>(_ value: (Int) -> Value) -> (min: Int, max: Int)? {
        var found: (min: Int, max: Int)?
        var smallest: Value?
        var greatest: Value?
        for row in 0..<count where !isNull(row) {
            let candidate = value(row)
            guard candidate == candidate else { continue }
            if let low = smallest, let high = greatest {
                if candidate < low {
                    smallest = candidate
                    found?.min = row
                }
                if high < candidate {
                    greatest = candidate
                    found?.max = row
                }
            } else {
                (smallest, greatest, found) = (candidate, candidate, (row, row))
            }
        }
        return found
    }

    private func textExtremes(_ source: FlatValues) -> (min: Int, max: Int)? {
        var found: (min: Int, max: Int)?
        for row in 0..<count where !isNull(row) {
            guard let (low, high) = found else {
                found = (row, row)
                continue
            }
            if RowOrder.compare(source.text(row), source.text(low)) < 0 { found?.min = row }
            if RowOrder.compare(source.text(row), source.text(high)) > 0 { found?.max = row }
        }
        return found
    }

    private func usedCodes(_ codes: Bytes, of entryCount: Int) -> [UInt32] {
        var isUsed = [Bool](repeating: false, count: entryCount)
        codes.withValues(of: UInt32.self) { codes in
            for row in 0..<count where !isNull(row) { isUsed[Int(codes[row])] = true }
        }
        return isUsed.indices.filter { isUsed[$0] }.map { UInt32($0) }
    }
}
