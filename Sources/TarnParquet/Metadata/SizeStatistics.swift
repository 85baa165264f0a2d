/// How large the values of a chunk are once decoded, and how its levels are distributed.
///
/// Specification: parquet.thrift, `SizeStatistics`.
package struct SizeStatistics: Hashable, Sendable {
    /// Of byte arrays only: the bytes of all values, without lengths.
    package var byteArrayByteCount: Int64?
    /// How often each repetition level occurs, by level; empty when not told, as for a column that does not repeat.
    package var repetitionLevels: [Int64] = []
    /// How often each definition level occurs, by level; empty when not told.
    package var definitionLevels: [Int64] = []

    package init() {}

    package init(reading reader: inout CompactReader) throws(ParquetError) {
        var result = SizeStatistics()
        try reader.readStruct { (reader, header) throws(ParquetError) in
            switch header.id {
            case 1: result.byteArrayByteCount = try reader.readInt64(header)
            case 2: result.repetitionLevels = try reader.readInt64s(header)
            case 3: result.definitionLevels = try reader.readInt64s(header)
            default: try reader.skip(header)
            }
        }
        self = result
    }

    package func write(to writer: inout CompactWriter) {
        writer.write(1, byteArrayByteCount)
        if !repetitionLevels.isEmpty { writer.writeList(2, repetitionLevels) }
        if !definitionLevels.isEmpty { writer.writeList(3, definitionLevels) }
    }
}
