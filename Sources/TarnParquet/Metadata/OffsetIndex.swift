package import TarnBase

/// Where the data pages of a column chunk lie, so that one can be read without those before it.
///
/// Promises of a decoded one: `pages` is not empty; offsets and first rows rise, the first row is 0; sizes are positive.
///
/// Specification: Parquet, *Page Index*; parquet.thrift, `OffsetIndex`.
package struct OffsetIndex: Hashable, Sendable {
    package struct Page: Hashable, Sendable {
        /// Of the page's header, in the file.
        package var offset: Int64
        /// With the header.
        package var byteCount: Int32
        /// Counted within the row group.
        package var firstRow: Int64

        package init(offset: Int64, byteCount: Int32, firstRow: Int64) {
            self.offset = offset
            self.byteCount = byteCount
            self.firstRow = firstRow
        }
    }

    package var pages: [Page]
    /// Of byte arrays only: for each page the bytes of its values, without lengths; empty when not told.
    package var byteArrayByteCounts: [Int64] = []

    package init(pages: [Page]) { self.pages = pages }

    package init(decoding bytes: Bytes, limits: ReadLimits = .default) throws(ParquetError) {
        self = try CompactReader.read(bytes, maximumDepth: limits.depth) { (reader) throws(ParquetError) in try OffsetIndex(reading: &reader) }
        try validate()
    }

    private init(reading reader: inout CompactReader) throws(ParquetError) {
        pages = []
        var last = try reader.enterStruct()
        while let header = try reader.nextField(&last) {
            switch header.id {
            case 1:
                pages = try reader.readList(header, of: .structure) { (reader) throws(ParquetError) in try Page(reading: &reader) }
            case 2: byteArrayByteCounts = try reader.readInt64s(header)
            default: try reader.skip(header)
            }
        }
    }

    private func validate() throws(ParquetError) {
        guard let first = pages.first, first.firstRow == 0, first.offset >= 0 else { throw .malformed("an offset index that does not begin at the first row") }
        guard byteArrayByteCounts.isEmpty || byteArrayByteCounts.count == pages.count else {
            throw .malformed("an offset index with \(byteArrayByteCounts.count) sizes for \(pages.count) pages")
        }
        var last: Page?
        for page in pages {
            guard page.byteCount > 0, page.offset <= Int64.max - Int64(page.byteCount) else { throw .malformed("an offset index with a page of \(page.byteCount) bytes") }
            if let last {
                guard page.firstRow >= last.firstRow, page.offset >= last.offset + Int64(last.byteCount) else {
                    throw .malformed("an offset index whose pages are not in order")
                }
            }
            last = page
        }
    }

    package func encoded() -> Bytes {
        var writer = CompactWriter(capacity: 16 * pages.count + 16)
        writer.writeStruct { writer in
            writer.writeList(1, pages) { $1.write(to: &$0) }
            if !byteArrayByteCounts.isEmpty { writer.writeList(2, byteArrayByteCounts) }
        }
        return writer.finish()
    }
}

extension OffsetIndex.Page {
    fileprivate init(reading reader: inout CompactReader) throws(ParquetError) {
        var page = OffsetIndex.Page(offset: 0, byteCount: 0, firstRow: 0)
        var last = try reader.enterStruct()
        while let header = try reader.nextField(&last) {
            switch header.id {
            case 1: page.offset = try reader.readInt64(header)
            case 2: page.byteCount = try reader.readInt32(header)
            case 3: page.firstRow = try reader.readInt64(header)
            default: try reader.skip(header)
            }
        }
        self = page
    }

    fileprivate func write(to writer: inout CompactWriter) {
        writer.write(1, offset)
        writer.write(2, byteCount)
        writer.write(3, firstRow)
    }
}
