import TarnBase

/// Where the pages of one leaf column in one row group lie, and what is known about them: Parquet's `ColumnChunk` and
/// `ColumnMetaData` in one.
///
/// What scans ask every chunk for lies in it; what they ask few for (``statistics``, ``encodings``, names) is decoded from the
/// footer's bytes whenever it is asked for, and those bytes stay alive meanwhile: see ``FileMetadata/detach()``. Footers of
/// many columns are so opened without an allocation a chunk.
package struct ColumnChunk: Sendable {
    package var physicalType: PhysicalType
    package var codec: CompressionCodec
    /// The pages, and perhaps the metadata, are encrypted.
    package var isEncrypted = false
    /// Values, nulls and empty lists included: the sum over the data pages.
    package var valueCount: Int64 = 0
    /// Of the pages with their headers.
    package var uncompressedByteCount: Int64 = 0
    package var compressedByteCount: Int64 = 0
    package var dataPageOffset: Int64 = 0
    @LeastIsNone package var indexPageOffset: Int64?
    @LeastIsNone package var dictionaryPageOffset: Int64?
    @LeastIsNone package var bloomFilterOffset: Int64?
    /// With its header; left out by older writers.
    @LeastIsNone package var bloomFilterByteCount: Int32?
    /// Where older writers put a copy of this structure; 0 from others.
    package var fileOffset: Int64 = 0
    @LeastIsNone package var offsetIndexOffset: Int64?
    @LeastIsNone package var columnIndexOffset: Int64?
    @LeastIsNone package var offsetIndexByteCount: Int32?
    @LeastIsNone package var columnIndexByteCount: Int32?
    /// Where the details lie in the footer, when they are there.
    var positions = ChunkDetails.Positions()
    var details: ChunkDetails

    package init(_ physicalType: PhysicalType, path: [String], codec: CompressionCodec) {
        self.init(physicalType, codec, ChunkDetails(ChunkDetails.Values(path: path)))
    }

    init(_ physicalType: PhysicalType, _ codec: CompressionCodec, _ details: ChunkDetails) {
        self.physicalType = physicalType
        self.codec = codec
        self.details = details
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

    package func write(to writer: inout CompactWriter) {
        let values = detailValues
        writer.write(1, values.filePath)
        writer.write(2, fileOffset)
        writer.writeStruct(3) { writer in
            writer.write(1, physicalType.rawValue)
            writer.writeList(2, values.encodings.map(\.rawValue))
            writer.writeList(3, values.path)
            writer.write(4, codec.rawValue)
            writer.write(5, valueCount)
            writer.write(6, uncompressedByteCount)
            writer.write(7, compressedByteCount)
            if !values.keyValueMetadata.isEmpty { writer.writeList(8, values.keyValueMetadata) { $1.write(to: &$0) } }
            writer.write(9, dataPageOffset)
            writer.write(10, indexPageOffset)
            writer.write(11, dictionaryPageOffset)
            if let statistics = values.statistics { writer.writeStruct(12) { statistics.write(to: &$0) } }
            if !values.encodingStatistics.isEmpty { writer.writeList(13, values.encodingStatistics) { $1.write(to: &$0) } }
            writer.write(14, bloomFilterOffset)
            writer.write(15, bloomFilterByteCount)
            if let sizeStatistics = values.sizeStatistics { writer.writeStruct(16) { sizeStatistics.write(to: &$0) } }
        }
        writer.write(4, offsetIndexOffset)
        writer.write(5, offsetIndexByteCount)
        writer.write(6, columnIndexOffset)
        writer.write(7, columnIndexByteCount)
    }
}

/// Equal where they are written alike, wherever their details lie.
extension ColumnChunk: Hashable {
    package static func == (left: ColumnChunk, right: ColumnChunk) -> Bool {
        left.isEncrypted == right.isEncrypted && left.encoded() == right.encoded()
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(encoded()) }

    private func encoded() -> Bytes {
        var writer = CompactWriter(capacity: 256)
        writer.writeStruct { write(to: &$0) }
        return writer.finish()
    }
}
