package import TarnBase

extension RowCoder {
    /// All rows of a batch and how long each is, in one run of bytes.
    package func chunk(_ batch: RecordBatch) -> Bytes {
        var bytes = ByteBuilder()
        let offsets = encode(batch, into: &bytes)
        for row in 0..<batch.rowCount { bytes.append(littleEndian: UInt32(offsets[row + 1] - offsets[row])) }
        return bytes.finish()
    }

    /// The rows of a ``chunk(_:)``.
    ///
    /// - Throws: `corrupt` when it is none of `rowCount` rows.
    package func decode(chunk: Bytes, rowCount: Int) throws(ColumnError) -> RecordBatch {
        var rows: [Range<Int>] = []
        rows.reserveCapacity(rowCount)
        let end = chunk.count - 4 * rowCount
        guard end >= 0 else { throw RowCoder.corrupt(0) }
        var start = 0
        for row in 0..<rowCount {
            let length = (chunk.unsafePointer + end).loadUnaligned(fromByteOffset: 4 * row, as: UInt32.self)
            guard Int(length) <= end - start else { throw RowCoder.corrupt(row) }
            rows.append(start..<start + Int(length))
            start += Int(length)
        }
        return try decode(chunk, rows: rows)
    }
}
