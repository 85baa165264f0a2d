package import TarnBase

/// What a writer noted about the values of a chunk or page. Bounds are PLAIN-encoded values without length prefix.
package struct Statistics: Hashable, Sendable {
    /// Ordered by signed bytes: to be used for numbers only. From writers before Parquet 2.4.
    package var legacyMaximum: Bytes?
    package var legacyMinimum: Bytes?
    package var nullCount: Int64?
    package var distinctCount: Int64?
    /// Ordered as the column order says. May be longer or shorter than any value in the column unless exact.
    package var maximum: Bytes?
    package var minimum: Bytes?
    package var isMaximumExact: Bool?
    package var isMinimumExact: Bool?

    package init() {}

    package init(reading reader: inout CompactReader) throws(ParquetError) {
        var result = Statistics()
        try reader.readStruct { (reader, header) throws(ParquetError) in
            switch header.id {
            case 1: result.legacyMaximum = try reader.readBinary(header)
            case 2: result.legacyMinimum = try reader.readBinary(header)
            case 3: result.nullCount = try reader.readInt64(header)
            case 4: result.distinctCount = try reader.readInt64(header)
            case 5: result.maximum = try reader.readBinary(header)
            case 6: result.minimum = try reader.readBinary(header)
            case 7: result.isMaximumExact = try reader.readBool(header)
            case 8: result.isMinimumExact = try reader.readBool(header)
            default: try reader.skip(header)
            }
        }
        self = result
    }

    package func write(to writer: inout CompactWriter) {
        writer.write(1, legacyMaximum)
        writer.write(2, legacyMinimum)
        writer.write(3, nullCount)
        writer.write(4, distinctCount)
        writer.write(5, maximum)
        writer.write(6, minimum)
        writer.write(7, isMaximumExact)
        writer.write(8, isMinimumExact)
    }
}
