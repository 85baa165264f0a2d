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

    /// - Parameter bytes: Those that the reader reads; bounds are slices of them.
    init(reading reader: inout CompactReader, in bytes: Bytes) throws(ParquetError) {
        var last = try reader.enterStruct()
        while let field = try reader.nextField(&last) {
            switch field.id {
            case 1: legacyMaximum = bytes[try reader.readBinary(field)]
            case 2: legacyMinimum = bytes[try reader.readBinary(field)]
            case 3: nullCount = try reader.readInt64(field)
            case 4: distinctCount = try reader.readInt64(field)
            case 5: maximum = bytes[try reader.readBinary(field)]
            case 6: minimum = bytes[try reader.readBinary(field)]
            case 7: isMaximumExact = try reader.readBool(field)
            case 8: isMinimumExact = try reader.readBool(field)
            default: try reader.skip(field)
            }
        }
    }

    /// Passes over what ``init(reading:in:)`` reads, and throws where that would.
    @inline(__always)
    static func skip(_ outer: inout CompactReader) throws(ParquetError) {
        var reader = outer
        defer { outer = reader }
        var last = try reader.enterStruct()
        while let field = try reader.nextField(&last) {
            switch field.key {
            case 0x18, 0x28, 0x58, 0x68: _ = try reader.readBinary()
            case 0x34...0x36, 0x44...0x46: _ = try reader.readVarint()
            case 0x71, 0x72, 0x81, 0x82: break
            default: try reader.skip(field, known: 1...8)
            }
        }
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
