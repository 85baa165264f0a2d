/// How many pages of a kind a chunk has in an encoding: tells whether every data page is dictionary-encoded.
package struct PageEncodingStatistics: Hashable, Sendable {
    package var pageType: PageType
    package var encoding: Encoding
    package var pageCount: Int32

    package init(_ pageType: PageType, _ encoding: Encoding, pageCount: Int32) {
        self.pageType = pageType
        self.encoding = encoding
        self.pageCount = pageCount
    }

    package init(reading reader: inout CompactReader) throws(ParquetError) {
        var result = PageEncodingStatistics(.data, .plain, pageCount: 0)
        try reader.readStruct { (reader, header) throws(ParquetError) in
            switch header.id {
            case 1: result.pageType = PageType(rawValue: try reader.readInt32(header))
            case 2: result.encoding = Encoding(rawValue: try reader.readInt32(header))
            case 3: result.pageCount = try reader.readInt32(header)
            default: try reader.skip(header)
            }
        }
        self = result
    }

    package func write(to writer: inout CompactWriter) {
        writer.write(1, pageType.rawValue)
        writer.write(2, encoding.rawValue)
        writer.write(3, pageCount)
    }
}
