package import TarnBase

/// Parquet's `PageType`, as an open set: pages of a kind we do not know are passed over.
package struct PageType: RawRepresentable, Hashable, Sendable {
    package let rawValue: Int32
    package init(rawValue: Int32) { self.rawValue = rawValue }

    package static let data = PageType(rawValue: 0)
    package static let index = PageType(rawValue: 1)
    package static let dictionary = PageType(rawValue: 2)
    package static let dataV2 = PageType(rawValue: 3)
}

/// What stands before every page.
package struct PageHeader: Hashable, Sendable {
    package enum Content: Hashable, Sendable {
        case data(DataPageHeader)
        case dataV2(DataPageHeaderV2)
        case dictionary(DictionaryPageHeader)
        /// An index page, or a kind we do not know.
        case other(PageType)
    }

    package var content: Content
    /// Without this header; of version 2 with the levels, which are never compressed.
    package var uncompressedByteCount: Int
    package var compressedByteCount: Int
    /// CRC-32 (the polynomial of zlib) over the page as it lies in the file, without this header.
    package var checksum: UInt32?

    package init(_ content: Content, uncompressedByteCount: Int, compressedByteCount: Int, checksum: UInt32?) {
        self.content = content
        self.uncompressedByteCount = uncompressedByteCount
        self.compressedByteCount = compressedByteCount
        self.checksum = checksum
    }

    /// Reads the header that `bytes` begin with. Throws `truncated` when they do not hold all of it, so that a caller with more
    /// bytes may try again.
    ///
    /// - Returns: The header, and its length: where the page begins.
    package static func read(_ bytes: Bytes, limits: ReadLimits = .default) throws(ParquetError) -> (header: PageHeader, byteCount: Int) {
        try CompactReader.read(bytes, maximumDepth: limits.depth) { (reader) throws(ParquetError) in
            var local = reader
            let header = try PageHeader(reading: &local, in: bytes)
            return (header, local.offset)
        }
    }

    @inline(__always)
    private init(reading reader: inout CompactReader, in bytes: Bytes) throws(ParquetError) {
        var type: PageType?
        var uncompressed: Int64 = -1
        var compressed: Int64 = -1
        var checksum: UInt32?
        var data: DataPageHeader?
        var dataV2: DataPageHeaderV2?
        var dictionary: DictionaryPageHeader?
        let start = reader.offset
        var last = try reader.enterStruct()
        while let header = try reader.nextField(&last) {
            switch header.id {
            case 1: type = PageType(rawValue: try reader.readInt32(header))
            case 2: uncompressed = Int64(try reader.readInt32(header))
            case 3: compressed = Int64(try reader.readInt32(header))
            case 4: checksum = UInt32(bitPattern: try reader.readInt32(header))
            case 5: data = try DataPageHeader(reading: &reader, header, in: bytes)
            case 7: dictionary = try DictionaryPageHeader(reading: &reader, header)
            case 8: dataV2 = try DataPageHeaderV2(reading: &reader, header, in: bytes)
            default: try reader.skip(header)
            }
        }
        guard let type, uncompressed >= 0, compressed >= 0 else { throw .malformed("page header without type or size", at: start) }
        let content: Content? =
            switch type {
            case .data: data.map(Content.data)
            case .dataV2: dataV2.map(Content.dataV2)
            case .dictionary: dictionary.map(Content.dictionary)
            default: .other(type)
            }
        guard let content else { throw .malformed("page header of type \(type.rawValue) without its details", at: start) }
        self.init(content, uncompressedByteCount: Int(uncompressed), compressedByteCount: Int(compressed), checksum: checksum)
    }

    /// The header's bytes. Sizes must fit 32 bits.
    package func encoded() -> Bytes {
        var writer = CompactWriter(capacity: 128)
        writer.writeStruct { writer in
            writer.write(1, type.rawValue)
            writer.write(2, Int32(uncompressedByteCount))
            writer.write(3, Int32(compressedByteCount))
            writer.write(4, checksum.map { Int32(bitPattern: $0) })
            switch content {
            case .data(let header): writer.writeStruct(5) { header.write(to: &$0) }
            case .dictionary(let header): writer.writeStruct(7) { header.write(to: &$0) }
            case .dataV2(let header): writer.writeStruct(8) { header.write(to: &$0) }
            case .other: break
            }
        }
        return writer.finish()
    }

    package var type: PageType {
        switch content {
        case .data: .data
        case .dataV2: .dataV2
        case .dictionary: .dictionary
        case .other(let type): type
        }
    }
}

/// Version 1: repetition levels, definition levels and values are compressed together; the levels carry their length.
package struct DataPageHeader: Hashable, Sendable {
    /// Nulls included.
    package var valueCount: Int
    package var encoding: Encoding
    package var definitionEncoding = Encoding.runLength
    package var repetitionEncoding = Encoding.runLength
    package var statistics: Statistics?

    package init(valueCount: Int, encoding: Encoding, statistics: Statistics? = nil) {
        self.valueCount = valueCount
        self.encoding = encoding
        self.statistics = statistics
    }

    @inline(__always)
    init(reading reader: inout CompactReader, _ field: CompactReader.FieldHeader, in bytes: Bytes) throws(ParquetError) {
        var result = DataPageHeader(valueCount: 0, encoding: .plain)
        var last = try reader.enterStruct(field)
        while let header = try reader.nextField(&last) {
            switch header.id {
            case 1: result.valueCount = try reader.readCount32(header)
            case 2: result.encoding = Encoding(rawValue: try reader.readInt32(header))
            case 3: result.definitionEncoding = Encoding(rawValue: try reader.readInt32(header))
            case 4: result.repetitionEncoding = Encoding(rawValue: try reader.readInt32(header))
            case 5 where header.type == .structure: result.statistics = try Statistics(reading: &reader, in: bytes)
            default: try reader.skip(header)
            }
        }
        self = result
    }

    func write(to writer: inout CompactWriter) {
        writer.write(1, Int32(valueCount))
        writer.write(2, encoding.rawValue)
        writer.write(3, definitionEncoding.rawValue)
        writer.write(4, repetitionEncoding.rawValue)
        if let statistics { writer.writeStruct(5) { statistics.write(to: &$0) } }
    }
}

/// Version 2: the levels stand uncompressed in front, their lengths here; pages begin at rows.
package struct DataPageHeaderV2: Hashable, Sendable {
    /// Nulls included.
    package var valueCount: Int
    package var nullCount: Int
    package var rowCount: Int
    package var encoding: Encoding
    package var definitionByteCount: Int
    package var repetitionByteCount: Int
    package var isCompressed = true
    package var statistics: Statistics?

    package init(
        valueCount: Int, nullCount: Int, rowCount: Int, encoding: Encoding, definitionByteCount: Int, repetitionByteCount: Int
    ) {
        self.valueCount = valueCount
        self.nullCount = nullCount
        self.rowCount = rowCount
        self.encoding = encoding
        self.definitionByteCount = definitionByteCount
        self.repetitionByteCount = repetitionByteCount
    }

    @inline(__always)
    init(reading reader: inout CompactReader, _ field: CompactReader.FieldHeader, in bytes: Bytes) throws(ParquetError) {
        var result = DataPageHeaderV2(
            valueCount: 0, nullCount: 0, rowCount: 0, encoding: .plain, definitionByteCount: 0, repetitionByteCount: 0)
        var last = try reader.enterStruct(field)
        while let header = try reader.nextField(&last) {
            switch header.id {
            case 1: result.valueCount = try reader.readCount32(header)
            case 2: result.nullCount = try reader.readCount32(header)
            case 3: result.rowCount = try reader.readCount32(header)
            case 4: result.encoding = Encoding(rawValue: try reader.readInt32(header))
            case 5: result.definitionByteCount = try reader.readCount32(header)
            case 6: result.repetitionByteCount = try reader.readCount32(header)
            case 7: result.isCompressed = try reader.readBool(header)
            case 8 where header.type == .structure: result.statistics = try Statistics(reading: &reader, in: bytes)
            default: try reader.skip(header)
            }
        }
        self = result
    }

    func write(to writer: inout CompactWriter) {
        writer.write(1, Int32(valueCount))
        writer.write(2, Int32(nullCount))
        writer.write(3, Int32(rowCount))
        writer.write(4, encoding.rawValue)
        writer.write(5, Int32(definitionByteCount))
        writer.write(6, Int32(repetitionByteCount))
        writer.write(7, isCompressed)
        if let statistics { writer.writeStruct(8) { statistics.write(to: &$0) } }
    }
}

package struct DictionaryPageHeader: Hashable, Sendable {
    package var valueCount: Int
    package var encoding: Encoding
    package var isSorted: Bool?

    package init(valueCount: Int, encoding: Encoding, isSorted: Bool? = nil) {
        self.valueCount = valueCount
        self.encoding = encoding
        self.isSorted = isSorted
    }

    init(reading reader: inout CompactReader, _ field: CompactReader.FieldHeader) throws(ParquetError) {
        var result = DictionaryPageHeader(valueCount: 0, encoding: .plain)
        var last = try reader.enterStruct(field)
        while let header = try reader.nextField(&last) {
            switch header.id {
            case 1: result.valueCount = try reader.readCount32(header)
            case 2: result.encoding = Encoding(rawValue: try reader.readInt32(header))
            case 3: result.isSorted = try reader.readBool(header)
            default: try reader.skip(header)
            }
        }
        self = result
    }

    func write(to writer: inout CompactWriter) {
        writer.write(1, Int32(valueCount))
        writer.write(2, encoding.rawValue)
        writer.write(3, isSorted)
    }
}
