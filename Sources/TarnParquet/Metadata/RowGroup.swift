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

    /// - Parameters:
    ///   - footer: The bytes that the reader reads, which the chunks' details stay in.
    ///   - leafCount: How many chunks are expected: room is made for so many.
    init(reading reader: inout CompactReader, _ footer: ChunkDetails, leafCount: Int) throws(ParquetError) {
        self.init(columns: [], rowCount: 0)
        var last = try reader.enterStruct()
        while let field = try reader.nextField(&last) {
            switch field.id {
            case 1: columns = try RowGroup.readColumns(&reader, field, footer, leafCount)
            case 2: byteCount = try reader.readInt64(field)
            case 3: rowCount = try reader.readCount(field)
            case 4 where field.type == .list:
                sortingColumns = try reader.readList(field, of: .structure) { (reader) throws(ParquetError) in
                    try SortingColumn(reading: &reader)
                }
            case 5: fileOffset = try reader.readInt64(field)
            case 6: compressedByteCount = try reader.readInt64(field)
            case 7: ordinal = Int16(truncatingIfNeeded: try reader.readInt64(field))
            default: try reader.skip(field)
            }
        }
    }

    private static func readColumns(
        _ outer: inout CompactReader, _ field: CompactReader.FieldHeader, _ footer: ChunkDetails, _ leafCount: Int
    ) throws(ParquetError) -> [ColumnChunk] {
        var reader = outer
        let count = try reader.enterList(field, of: .structure)
        var columns: [ColumnChunk] = []
        columns.reserveCapacity(min(count, max(leafCount, 16)))
        let empty = ColumnChunk(.boolean, .uncompressed, footer)
        for index in 0..<count {
            columns.append(empty)
            try columns[index].read(&reader)
        }
        outer = reader
        return columns
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

    init(reading reader: inout CompactReader) throws(ParquetError) {
        var result = SortingColumn(leaf: 0, isDescending: false, isNullsFirst: false)
        var last = try reader.enterStruct()
        while let header = try reader.nextField(&last) {
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
