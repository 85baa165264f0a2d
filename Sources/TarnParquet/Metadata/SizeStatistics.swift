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

    init(reading reader: inout CompactReader) throws(ParquetError) {
        var last = try reader.enterStruct()
        while let field = try reader.nextField(&last) {
            switch field.id {
            case 1: byteArrayByteCount = try reader.readInt64(field)
            case 2: repetitionLevels = try reader.readInt64s(field)
            case 3: definitionLevels = try reader.readInt64s(field)
            default: try reader.skip(field)
            }
        }
    }

    /// Passes over what ``init(reading:)`` reads, and throws where that would.
    @inline(__always)
    static func skip(_ outer: inout CompactReader) throws(ParquetError) {
        var reader = outer
        defer { outer = reader }
        var last = try reader.enterStruct()
        while let field = try reader.nextField(&last) {
            switch field.key {
            case 0x14...0x16: _ = try reader.readVarint()
            case 0x29, 0x2A, 0x39, 0x3A: try reader.skipInt64s(field)
            default: try reader.skip(field, known: 1...3)
            }
        }
    }

    package func write(to writer: inout CompactWriter) {
        writer.write(1, byteArrayByteCount)
        if !repetitionLevels.isEmpty { writer.writeList(2, repetitionLevels) }
        if !definitionLevels.isEmpty { writer.writeList(3, definitionLevels) }
    }
}
