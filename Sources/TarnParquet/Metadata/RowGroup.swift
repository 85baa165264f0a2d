/// A horizontal slice of the file: for each leaf column one chunk, in the order of the schema's leaves.
package struct RowGroup: Hashable, Sendable {
    package var columns: [ColumnChunk]
    /// Uncompressed.
    package var byteCount: Int64 = 0
    package var rowCount: Int64
    package var fileOffset: Int64?
    package var compressedByteCount: Int64?
    package var ordinal: Int16?

    package init(columns: [ColumnChunk], rowCount: Int64) {
        self.columns = columns
        self.rowCount = rowCount
    }

    package init(reading reader: inout CompactReader) throws(ParquetError) {
        var group = RowGroup(columns: [], rowCount: 0)
        try reader.readStruct { (reader, header) throws(ParquetError) in
            switch header.id {
            case 1:
                group.columns = try reader.readList(header, of: .structure) { (reader) throws(ParquetError) in
                    try ColumnChunk(reading: &reader)
                }
            case 2: group.byteCount = try reader.readInt64(header)
            case 3: group.rowCount = try reader.readCount(header)
            case 5: group.fileOffset = try reader.readInt64(header)
            case 6: group.compressedByteCount = try reader.readInt64(header)
            case 7: group.ordinal = Int16(truncatingIfNeeded: try reader.readInt64(header))
            default: try reader.skip(header)
            }
        }
        self = group
    }

    package func write(to writer: inout CompactWriter) {
        writer.writeList(1, columns) { $1.write(to: &$0) }
        writer.write(2, byteCount)
        writer.write(3, rowCount)
        writer.write(5, fileOffset)
        writer.write(6, compressedByteCount)
        writer.write(7, ordinal)
    }
}
