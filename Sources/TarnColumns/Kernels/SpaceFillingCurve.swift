import TarnBase

/// An order of points in which near ones lie near on every axis.
package enum SpaceFillingCurve: Hashable, Sendable {
    case zorder, hilbert

    /// The point's place on the curve: as many bits of each axis, the highest first, as `bits` says.
    ///
    /// - Parameter point: One number below `1 << bits` for each axis; used up.
    package func append(_ point: inout [UInt32], bits: Int, to key: inout [UInt8]) {
        if self == .hilbert { Self.transpose(&point, bits: bits) }
        var byte: UInt8 = 0
        var filled = 0
        for bit in stride(from: bits - 1, through: 0, by: -1) {
            for axis in point {
                byte = byte << 1 | UInt8(truncatingIfNeeded: axis >> UInt32(bit) & 1)
                filled += 1
                if filled % 8 == 0 { key.append(byte) }
            }
        }
        if filled % 8 != 0 { key.append(byte << UInt8(8 - filled % 8)) }
    }

    /// From axes to the bits of the Hilbert index, spread over the axes (Skilling, "Programming the Hilbert curve", 2004).
    private static func transpose(_ point: inout [UInt32], bits: Int) {
        let top = UInt32(1) << UInt32(bits - 1)
        var mask = top
        while mask > 1 {
            let below = mask - 1
            for axis in point.indices {
                if point[axis] & mask != 0 {
                    point[0] ^= below
                } else {
                    let swapped = (point[0] ^ point[axis]) & below
                    point[0] ^= swapped
                    point[axis] ^= swapped
                }
            }
            mask >>= 1
        }
        for axis in point.indices.dropFirst() { point[axis] ^= point[axis - 1] }
        var flip: UInt32 = 0
        mask = top
        while mask > 1 {
            if point[point.count - 1] & mask != 0 { flip ^= mask - 1 }
            mask >>= 1
        }
        for axis in point.indices { point[axis] ^= flip }
    }
}

/// Where values lie on axes of one length: by rank among a sample, so that skewed values, long common prefixes and empty
/// ranges cost no bits.
package struct CurveScale: Sendable {
    private let names: [String]
    /// For each column the sort keys of some values, ascending, each once.
    private let marks: [Column]

    private static let bits = 12
    private static var markLimit: Int { 1 << bits - 1 }

    /// - Parameter sample: Rows like those that are going to be placed.
    /// - Precondition: the columns exist and are not nested.
    package init(_ names: [String], sample: RecordBatch) {
        self.names = names
        marks = names.map { name in
            let keys = sample.sortKeys(by: [name])
            let order = keys.sortOrder()
            let step = max(1, (order.count + Self.markLimit - 1) / Self.markLimit)
            let sorted = keys.take(stride(from: 0, to: order.count, by: step).map { order[$0] })
            return sorted.withoutRepetitions()
        }
    }

    /// Row by row the place on the curve, as a key whose bytes sort.
    package func keys(of batch: RecordBatch, along curve: SpaceFillingCurve) -> Column {
        let columns = names.map { batch.sortKeys(by: [$0]) }
        defer { withExtendedLifetime((columns, marks)) {} }
        let orders = zip(columns, marks).map { RowOrder($0, $1) }
        let counts = marks.map(\.count)
        let keys = TextBuilder(.binary)
        var point = [UInt32](repeating: 0, count: names.count)
        var key: [UInt8] = []
        for row in 0..<batch.rowCount {
            for axis in orders.indices {
                // How many marks are not greater.
                var low = 0
                var high = counts[axis]
                while low < high {
                    let middle = (low &+ high) &>> 1
                    if orders[axis].compare(row, middle) < 0 { high = middle } else { low = middle &+ 1 }
                }
                point[axis] = UInt32(truncatingIfNeeded: low)
            }
            key.removeAll(keepingCapacity: true)
            curve.append(&point, bits: Self.bits, to: &key)
            key.withUnsafeBytes { keys.appendUTF8($0) }
        }
        return keys.finish()
    }
}

extension Column {
    /// Of equal neighbours the first.
    fileprivate func withoutRepetitions() -> Column {
        defer { withExtendedLifetime(self) {} }
        let order = RowOrder(self, self)
        return take((0..<count).filter { $0 == 0 || order.compare($0, $0 - 1) != 0 }.map { UInt32($0) })
    }
}
