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

    init(reading reader: inout CompactReader) throws(ParquetError) {
        var result = PageEncodingStatistics(.data, .plain, pageCount: 0)
        var last = try reader.enterStruct()
        while let header = try reader.nextField(&last) {
            switch header.id {
            case 1: result.pageType = PageType(rawValue: try reader.readInt32(header))
            case 2: result.encoding = Encoding(rawValue: try reader.readInt32(header))
            case 3: result.pageCount = try reader.readInt32(header)
            default: try reader.skip(header)
            }
        }
        self = result
    }

    /// Passes over what ``init(reading:)`` reads, and throws where that would.
    @inline(__always)
    static func skip(_ outer: inout CompactReader) throws(ParquetError) {
        // Three fields of one byte each: 15 xx 15 xx 15 xx 00.
        if outer.depthLeft > 0, outer.skip(7, where: 0x0000_0015_0015_0015, under: 0x00FF_80FF_80FF_80FF) { return }
        var reader = outer
        defer { outer = reader }
        var last = try reader.enterStruct()
        while let field = try reader.nextField(&last) {
            switch field.key {
            case 0x14...0x16, 0x24...0x26, 0x34...0x36: _ = try reader.readInt32()
            default: try reader.skip(field, known: 1...3)
            }
        }
    }

    package func write(to writer: inout CompactWriter) {
        writer.write(1, pageType.rawValue)
        writer.write(2, encoding.rawValue)
        writer.write(3, pageCount)
    }
}
