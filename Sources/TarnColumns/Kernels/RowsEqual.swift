import TarnBase

extension Column {
    /// For every row whether both columns hold the same: two nulls are the same, NaN is the same as NaN, 0 as -0, nested
    /// values when all that is in them is. Plain and dictionary-coded columns may be mixed.
    ///
    /// - Precondition: same type, same count.
    package static func rowsEqual(_ left: Column, _ right: Column) -> Bitmap {
        precondition(left.count == right.count && left.type == right.type, "columns that cannot be compared")
        let values = valuesEqual(left, right)
        if left.validity == nil, right.validity == nil { return values }
        let leftThere = left.validity ?? Bitmap(repeating: true, count: left.count)
        let rightThere = right.validity ?? Bitmap(repeating: true, count: right.count)
        return (leftThere && rightThere && values) || (!leftThere && !rightThere)
    }

    /// Right where both rows hold a value.
    private static func valuesEqual(_ left: Column, _ right: Column) -> Bitmap {
        defer { withExtendedLifetime((left, right)) {} }
        switch left.type {
        case .boolean:
            let (l, r) = (left.bitValues, right.bitValues)
            return (l && r) || (!l && !r)
        case .struct:
            return zip(left.children, right.children).reduce(Bitmap(repeating: true, count: left.count)) {
                $0 && rowsEqual($1.0, $1.1)
            }
        case .list, .map: return listsEqual(left, right)
        default: break
        }
        guard let l = FlatValues(left), let r = FlatValues(right) else { preconditionFailure("a flat column is expected") }
        switch left.type {
        case .string, .binary:
            return Bitmap.make(left.count) { areEqual(l, $0, r, $0) }
        case .float:
            return Bitmap.make(left.count) {
                let (a, b) = (l.load($0, as: Float.self), r.load($0, as: Float.self))
                return a == b || (a != a && b != b)
            }
        case .double:
            return Bitmap.make(left.count) {
                let (a, b) = (l.load($0, as: Double.self), r.load($0, as: Double.self))
                return a == b || (a != a && b != b)
            }
        default: break
        }
        switch l.width {
        case 4: return Bitmap.make(left.count) { l.load($0, as: UInt32.self) == r.load($0, as: UInt32.self) }
        case 8: return Bitmap.make(left.count) { l.load($0, as: UInt64.self) == r.load($0, as: UInt64.self) }
        default:
            return Bitmap.make(left.count) {
                let (a, b) = (l.load($0, as: View.self), r.load($0, as: View.self))
                return a.low == b.low && a.high == b.high
            }
        }
    }

    /// Whether two texts are the same. Length and first four bytes decide most pairs without a look at the buffers.
    @inline(__always)
    static func areEqual(_ left: FlatValues, _ leftRow: Int, _ right: FlatValues, _ rightRow: Int) -> Bool {
        let (a, b) = (left.load(leftRow, as: View.self), right.load(rightRow, as: View.self))
        guard a.low == b.low else { return false }
        if a.isInline { return a.high == b.high }
        return areEqual(left.buffers[a.buffer] + a.offset, right.buffers[b.buffer] + b.offset, count: a.length)
    }

    /// - Precondition: `count` is at least 8.
    @inline(__always)
    private static func areEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, count: Int) -> Bool {
        var offset = 0
        while offset &+ 8 <= count {
            guard
                left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                    == right.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            else { return false }
            offset &+= 8
        }
        return left.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
            == right.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
    }

    /// Lists and maps: of equal length, and equal entry by entry in their order.
    private static func listsEqual(_ left: Column, _ right: Column) -> Bitmap {
        left.offsetBytes.withValues(of: Int32.self) { l in
            right.offsetBytes.withValues(of: Int32.self) { r in
                var leftRows: [UInt32] = []
                var rightRows: [UInt32] = []
                var ends = [Int](repeating: -1, count: left.count)
                for row in 0..<left.count where l[row + 1] &- l[row] == r[row + 1] &- r[row] {
                    leftRows.append(contentsOf: UInt32(l[row])..<UInt32(l[row + 1]))
                    rightRows.append(contentsOf: UInt32(r[row])..<UInt32(r[row + 1]))
                    ends[row] = leftRows.count
                }
                var entries = Bitmap(repeating: true, count: leftRows.count)
                for (leftPart, rightPart) in zip(left.children, right.children) {
                    entries = entries && rowsEqual(leftPart.take(leftRows), rightPart.take(rightRows))
                }
                var first = 0
                return Bitmap(
                    ends.map { end in
                        guard end >= 0 else { return false }
                        defer { first = end }
                        return (first..<end).allSatisfy { entries[$0] }
                    })
            }
        }
    }
}

extension RecordBatch {
    /// For every row whether both batches hold the same in all columns (``Column/rowsEqual(_:_:)``).
    ///
    /// - Precondition: same column types, same count.
    package static func rowsEqual(_ left: RecordBatch, _ right: RecordBatch) -> Bitmap {
        precondition(left.columns.count == right.columns.count && left.rowCount == right.rowCount)
        return zip(left.columns, right.columns).reduce(Bitmap(repeating: true, count: left.rowCount)) {
            $0 && Column.rowsEqual($1.0, $1.1)
        }
    }
}
