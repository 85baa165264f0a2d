import TarnBase

/// The pages of a column chunk, looked at from outside: their headers and checksums, not their values.
struct ChunkPages {
    private struct Page {
        let offset: Int64
        let byteCount: Int64
        let valueCount: Int
    }

    private let dataPages: [Page]
    private let rowCount: Int64
    private let isFlat: Bool

    /// - Throws: ``ParquetError`` unless the pages fill `bytes` and hold the values that the chunk, and the row group, has.
    init(_ chunk: ColumnChunk, _ bytes: Bytes, _ leaf: LeafColumn, rowCount: Int64, limits: ReadLimits) throws(ParquetError) {
        self.rowCount = rowCount
        isFlat = leaf.maximumRepetitionLevel == 0
        guard isFlat ? chunk.valueCount == rowCount : chunk.valueCount >= rowCount else {
            throw ParquetError(.malformed, "\(chunk.valueCount) values in \(rowCount) rows", at: chunk.startOffset)
        }
        var source = try PageSource(chunk, fetchBytes: bytes.count, limits: limits)
        source.supply(bytes)
        var pages: [Page] = []
        var valueCount: Int64 = 0
        var rowsTold: Int64? = 0
        walk: while true {
            switch try source.next() {
            case .end: break walk
            case .passed: continue
            case .needs: throw ParquetError(.malformed, "the column chunk ends inside a page", at: source.position)
            case .page(let header, let body, let offset):
                if let checksum = header.checksum, body.withUnsafeBytes({ CRC32.checksum(of: $0) }) != checksum {
                    throw ParquetError(.checksum, "the page is not what its checksum says", at: offset)
                }
                let count: Int
                switch header.content {
                case .data(let data): (count, rowsTold) = (data.valueCount, nil)
                case .dataV2(let data): (count, rowsTold) = (data.valueCount, rowsTold.map { $0 + Int64(data.rowCount) })
                case .dictionary where pages.isEmpty && offset == chunk.startOffset: continue
                case .dictionary, .other: throw ParquetError(.unsupported, "a page of type \(header.type.rawValue) to be copied", at: offset)
                }
                pages.append(Page(offset: offset, byteCount: source.position - offset, valueCount: count))
                valueCount += Int64(count)
            }
        }
        guard valueCount == chunk.valueCount, rowsTold ?? rowCount == rowCount else {
            throw ParquetError(.malformed, "pages of \(valueCount) values for \(chunk.valueCount) in \(rowCount) rows", at: chunk.startOffset)
        }
        guard source.position == chunk.startOffset + chunk.compressedByteCount else {
            throw ParquetError(.unsupported, "bytes behind the last page to be copied", at: source.position)
        }
        guard pages.first?.offset == chunk.dataPageOffset else {
            throw ParquetError(.unsupported, "a dictionary page where the first data page is said to be", at: chunk.dataPageOffset)
        }
        dataPages = pages
    }

    /// Whether the index tells of these pages and of no others.
    func fit(_ index: OffsetIndex) -> Bool {
        guard index.pages.count == dataPages.count, index.byteArrayByteCounts.isEmpty || index.byteArrayByteCounts.count == dataPages.count else { return false }
        var row: Int64 = 0
        for (told, page) in zip(index.pages, dataPages) {
            guard told.offset == page.offset, Int64(told.byteCount) == page.byteCount else { return false }
            if isFlat ? told.firstRow != row : (told.firstRow < row || told.firstRow >= rowCount) { return false }
            row = isFlat ? row + Int64(page.valueCount) : told.firstRow
        }
        return true
    }
}
