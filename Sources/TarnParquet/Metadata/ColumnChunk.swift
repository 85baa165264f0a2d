/// Where the pages of one leaf column in one row group lie, and what is known about them: Parquet's `ColumnChunk` and
/// `ColumnMetaData` in one.
package struct ColumnChunk: Hashable, Sendable {
    package var physicalType: PhysicalType
    package var encodings: [Encoding] = []
    /// Names from below the root down to the leaf.
    package var path: [String]
    package var codec: CompressionCodec
    /// Values, nulls and empty lists included: the sum over the data pages.
    package var valueCount: Int64 = 0
    /// Of the pages with their headers.
    package var uncompressedByteCount: Int64 = 0
    package var compressedByteCount: Int64 = 0
    package var keyValueMetadata: [KeyValue] = []
    package var dataPageOffset: Int64 = 0
    package var indexPageOffset: Int64?
    package var dictionaryPageOffset: Int64?
    package var statistics: Statistics?
    package var encodingStatistics: [PageEncodingStatistics] = []
    package var bloomFilterOffset: Int64?
    /// With its header; left out by older writers.
    package var bloomFilterByteCount: Int32?
    package var sizeStatistics: SizeStatistics?
    /// Where older writers put a copy of this structure; 0 from others.
    package var fileOffset: Int64 = 0
    /// Set when the pages lie in another file.
    package var filePath: String?
    package var offsetIndexOffset: Int64?
    package var offsetIndexByteCount: Int32?
    package var columnIndexOffset: Int64?
    package var columnIndexByteCount: Int32?
    /// The pages, and perhaps the metadata, are encrypted.
    package var isEncrypted = false

    package init(_ physicalType: PhysicalType, path: [String], codec: CompressionCodec) {
        self.physicalType = physicalType
        self.path = path
        self.codec = codec
    }

    /// Where the first page, dictionary or data, begins. Some writers leave a dictionary offset of 0 that means none.
    package var startOffset: Int64 {
        guard let dictionary = dictionaryPageOffset, dictionary > 0, dictionary < dataPageOffset else { return dataPageOffset }
        return dictionary
    }

    /// Of its data pages; empty when not told.
    package var dataPageStatistics: [PageEncodingStatistics] { encodingStatistics.filter { $0.pageType == .data || $0.pageType == .dataV2 } }

    /// Where its pages lie.
    package var byteRange: Range<Int64> { startOffset..<max(startOffset, startOffset &+ compressedByteCount) }

    package init(reading reader: inout CompactReader) throws(ParquetError) {
        var chunk = ColumnChunk(.boolean, path: [], codec: .uncompressed)
        var hasMetadata = false
        let start = reader.offset
        try reader.readStruct { (reader, header) throws(ParquetError) in
            switch header.id {
            case 1: chunk.filePath = try reader.readString(header)
            case 2: chunk.fileOffset = try reader.readInt64(header)
            case 3:
                try chunk.readMetadata(&reader)
                hasMetadata = true
            case 4: chunk.offsetIndexOffset = try reader.readInt64(header)
            case 5: chunk.offsetIndexByteCount = try reader.readInt32(header)
            case 6: chunk.columnIndexOffset = try reader.readInt64(header)
            case 7: chunk.columnIndexByteCount = try reader.readInt32(header)
            case 8, 9:
                chunk.isEncrypted = true
                try reader.skip(header)
            default: try reader.skip(header)
            }
        }
        guard hasMetadata || chunk.isEncrypted else { throw .malformed("column chunk without metadata", at: start) }
        self = chunk
    }

    private mutating func readMetadata(_ reader: inout CompactReader) throws(ParquetError) {
        var chunk = self
        try reader.readStruct { (reader, header) throws(ParquetError) in
            let start = reader.offset
            switch header.id {
            case 1:
                guard let type = PhysicalType(rawValue: try reader.readInt32(header)) else {
                    throw .malformed("unknown physical type", at: start)
                }
                chunk.physicalType = type
            case 2:
                chunk.encodings = try reader.readList(header, of: .int32) { (reader) throws(ParquetError) in
                    Encoding(rawValue: try reader.readInt32())
                }
            case 3:
                chunk.path = try reader.readList(header, of: .binary) { (reader) throws(ParquetError) in try reader.readString() }
            case 4: chunk.codec = CompressionCodec(rawValue: try reader.readInt32(header))
            case 5: chunk.valueCount = try reader.readCount(header)
            case 6: chunk.uncompressedByteCount = try reader.readInt64(header)
            case 7: chunk.compressedByteCount = try reader.readCount(header)
            case 8: chunk.keyValueMetadata = try KeyValue.readList(&reader, header)
            case 9: chunk.dataPageOffset = try reader.readCount(header)
            case 10: chunk.indexPageOffset = try reader.readInt64(header)
            case 11: chunk.dictionaryPageOffset = try reader.readInt64(header)
            // What follows only helps; where its form is not the expected one, as in some old files, it is passed over.
            case 12 where header.type == .structure: chunk.statistics = try Statistics(reading: &reader)
            case 13 where header.type == .list:
                chunk.encodingStatistics = try reader.readList(header, of: .structure) { (reader) throws(ParquetError) in
                    try PageEncodingStatistics(reading: &reader)
                }
            case 14 where header.type == .int64: chunk.bloomFilterOffset = try reader.readInt64(header)
            case 15 where header.type == .int32: chunk.bloomFilterByteCount = try reader.readInt32(header)
            case 16 where header.type == .structure: chunk.sizeStatistics = try SizeStatistics(reading: &reader)
            default: try reader.skip(header)
            }
        }
        self = chunk
    }

    package func write(to writer: inout CompactWriter) {
        writer.write(1, filePath)
        writer.write(2, fileOffset)
        writer.writeStruct(3) { writer in
            writer.write(1, physicalType.rawValue)
            writer.writeList(2, encodings.map(\.rawValue))
            writer.writeList(3, path)
            writer.write(4, codec.rawValue)
            writer.write(5, valueCount)
            writer.write(6, uncompressedByteCount)
            writer.write(7, compressedByteCount)
            if !keyValueMetadata.isEmpty { writer.writeList(8, keyValueMetadata) { $1.write(to: &$0) } }
            writer.write(9, dataPageOffset)
            writer.write(10, indexPageOffset)
            writer.write(11, dictionaryPageOffset)
            if let statistics { writer.writeStruct(12) { statistics.write(to: &$0) } }
            if !encodingStatistics.isEmpty { writer.writeList(13, encodingStatistics) { $1.write(to: &$0) } }
            writer.write(14, bloomFilterOffset)
            writer.write(15, bloomFilterByteCount)
            if let sizeStatistics { writer.writeStruct(16) { sizeStatistics.write(to: &$0) } }
        }
        writer.write(4, offsetIndexOffset)
        writer.write(5, offsetIndexByteCount)
        writer.write(6, columnIndexOffset)
        writer.write(7, columnIndexByteCount)
    }
}
