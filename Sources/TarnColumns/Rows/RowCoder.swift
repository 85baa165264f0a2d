package import TarnBase

/// Rows as bytes, for spilling: compact, readable one by one, and back to columns exactly. For one process: the form may
/// change with any version.
///
///     row      bit per column: is there a value | the values that are there, in column order
///     boolean  one byte                     fixed width   its bytes
///     text     length | bytes               list          length | bit per element | elements
///     map      length | keys | bit per value | values
///     struct   bit per field | fields       length        one byte below 255, else 255 and a UInt32
package struct RowCoder: Sendable {
    package let schema: Schema

    package init(schema: Schema) { self.schema = schema }

    /// Appends all rows of `batch`, one after the other.
    ///
    /// - Returns: Where each row begins in `output`, and behind the last one where it ends: `rowCount + 1` offsets.
    /// - Precondition: the batch has the schema's column types.
    package func encode(_ batch: RecordBatch, into output: inout ByteBuilder) -> [Int] {
        precondition(batch.columns.map(\.type) == schema.fields.map(\.type))
        defer { withExtendedLifetime(batch) {} }
        let columns = batch.columns.map { RowSource($0) }
        let rows = batch.rowCount
        let bitsByteCount = (columns.count + 7) / 8

        // First the size of every row, column by column; then the values, each row written at its own cursor.
        var offsets = [Int](repeating: bitsByteCount, count: rows + 1)
        offsets.withUnsafeMutableBufferPointer { sizes in
            for column in columns { column.addSizes(rows, to: sizes) }
            var offset = output.count
            for row in 0..<rows {
                let size = sizes[row]
                sizes[row] = offset
                offset += size
            }
            sizes[rows] = offset
        }
        let total = offsets[rows] - output.count
        output.append(upTo: total) { target in
            guard let base = target.baseAddress else { return total }
            let first = offsets[0]
            withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer.self, capacity: rows) { cursors in
                for row in 0..<rows {
                    let start = base + (offsets[row] &- first)
                    start.initializeMemory(as: UInt8.self, repeating: 0, count: bitsByteCount)
                    cursors[row] = start + bitsByteCount
                }
                for (index, column) in columns.enumerated() {
                    for row in 0..<rows where column.hasValue(row) {
                        RowCoder.setBit(base + (offsets[row] &- first), index)
                    }
                    column.write(rows, at: cursors)
                }
            }
            return total
        }
        return offsets
    }

    @inline(__always)
    static func setBit(_ bits: UnsafeMutableRawPointer, _ index: Int) {
        let place = bits + index &>> 3
        let byte = place.load(as: UInt8.self) | 1 &<< UInt8(truncatingIfNeeded: index & 7)
        place.storeBytes(of: byte, as: UInt8.self)
    }

    /// The rows that these bytes hold, one row each, in this order.
    ///
    /// Throws `corrupt` with the row's position in `rows` when one does not decode.
    package func decode(_ rows: [Bytes]) throws(ColumnError) -> RecordBatch {
        defer { withExtendedLifetime(rows) {} }
        return try decode(rows.map { RowCursor(next: $0.unsafePointer, end: $0.unsafePointer + $0.count) })
    }

    /// The rows at these places of `bytes`, in this order.
    ///
    /// Throws `corrupt` with the row's position in `rows` when one does not decode.
    package func decode(_ bytes: Bytes, rows: [Range<Int>]) throws(ColumnError) -> RecordBatch {
        defer { withExtendedLifetime(bytes) {} }
        var cursors: [RowCursor] = []
        cursors.reserveCapacity(rows.count)
        for row in rows {
            precondition(row.lowerBound >= 0 && row.upperBound <= bytes.count)
            cursors.append(RowCursor(next: bytes.unsafePointer + row.lowerBound, end: bytes.unsafePointer + row.upperBound))
        }
        return try decode(cursors)
    }

    private func decode(_ rows: [RowCursor]) throws(ColumnError) -> RecordBatch {
        var rows = rows
        var bits: [UnsafeRawPointer] = []
        bits.reserveCapacity(rows.count)
        let bitsByteCount = (schema.fields.count + 7) / 8
        for row in rows.indices {
            guard let start = rows[row].take(bitsByteCount) else { throw RowCoder.corrupt(row) }
            bits.append(start)
        }
        var columns: [Column] = []
        for (index, field) in schema.fields.enumerated() {
            columns.append(try RowTarget.decode(field.type, &rows, bits, bit: index))
        }
        for row in rows.indices where rows[row].next != rows[row].end { throw RowCoder.corrupt(row) }
        return RecordBatch(schema: schema, columns: columns, rowCount: rows.count)
    }

    static func corrupt(_ row: Int) -> ColumnError {
        ColumnError(.corrupt, "an encoded row does not decode", row: row)
    }
}

/// What is left of a row's bytes.
struct RowCursor {
    var next: UnsafeRawPointer
    let end: UnsafeRawPointer

    /// The next `count` bytes; nil when there are not as many.
    @inline(__always)
    mutating func take(_ count: Int) -> UnsafeRawPointer? {
        guard count <= end - next else { return nil }
        defer { next += count }
        return next
    }

    @inline(__always)
    mutating func takeLength() -> Int? {
        guard let first = take(1)?.load(as: UInt8.self) else { return nil }
        if first < 255 { return Int(first) }
        return take(4).map { Int($0.loadUnaligned(as: UInt32.self)) }
    }

    @inline(__always)
    static func bit(_ bits: UnsafeRawPointer, _ index: Int) -> Bool {
        (bits.load(fromByteOffset: index &>> 3, as: UInt8.self) &>> UInt8(truncatingIfNeeded: index & 7)) & 1 != 0
    }
}
