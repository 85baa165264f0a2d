/// A horizontal slice of the file: for each leaf column one chunk, in the order of the schema's leaves.
package struct RowGroup: Hashable, Sendable {
    package var columns: [ColumnChunk]
    /// Uncompressed.
    package var byteCount: Int64 = 0
    package var rowCount: Int64
    /// What the rows are sorted by, the most significant first; empty when the writer does not say.
    package var sortingColumns: [SortingColumn] = []
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
            case 4 where header.type == .list:
                group.sortingColumns = try reader.readList(header, of: .structure) { (reader) throws(ParquetError) in
                    try SortingColumn(reading: &reader)
                }
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
        if !sortingColumns.isEmpty { writer.writeList(4, sortingColumns) { $1.write(to: &$0) } }
        writer.write(5, fileOffset)
        writer.write(6, compressedByteCount)
        writer.write(7, ordinal)
    }
}

/// One column of the order in which the rows of a row group stand.
package struct SortingColumn: Hashable, Sendable {
    /// Among the leaves.
    package var leaf: Int32
    package var isDescending: Bool
    package var isNullsFirst: Bool

    package init(leaf: Int32, isDescending: Bool, isNullsFirst: Bool) {
        self.leaf = leaf
        self.isDescending = isDescending
        self.isNullsFirst = isNullsFirst
    }

    package init(reading reader: inout CompactReader) throws(ParquetError) {
        var result = SortingColumn(leaf: 0, isDescending: false, isNullsFirst: false)
        try reader.readStruct { (reader, header) throws(ParquetError) in
            switch header.id {
            case 1: result.leaf = try reader.readInt32(header)
            case 2: result.isDescending = try reader.readBool(header)
            case 3: result.isNullsFirst = try reader.readBool(header)
            default: try reader.skip(header)
            }
        }
        self = result
    }

    package func write(to writer: inout CompactWriter) {
        writer.write(1, leaf)
        writer.write(2, isDescending)
        writer.write(3, isNullsFirst)
    }
}
