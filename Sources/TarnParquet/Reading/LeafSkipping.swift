import TarnBase

extension LeafReader {
    /// Opens what is needed to read from `row` on, which is not before ``nextRow``. Pages before it are passed over: unread
    /// where an offset index tells their places, else unopened where their header tells their rows.
    mutating func prepare(_ rows: Int, from row: Int64) throws(ParquetError) -> Preparation {
        precondition(row >= nextRow, "rows were passed over already")
        while nextRow < row {
            if let range = try skip(atMost: row - nextRow, to: row) { return .needs(range) }
        }
        return try prepare(rows)
    }

    /// Reads and decodes the dictionary, if the chunk begins with one; returns what is needed when it cannot.
    mutating func openDictionary(_ chunk: ColumnChunk) throws(ParquetError) -> Range<Int64>? {
        guard dictionary == nil, chunk.startOffset < chunk.dataPageOffset, pages.isEmpty else { return nil }
        if !hasDictionary, let range = try openPage() { return range }
        try decodeDictionary()
        return nil
    }

    /// What the first page is in, as long as nothing of the chunk was asked for.
    mutating func firstRange() throws(ParquetError) -> Range<Int64>? {
        guard source.isUntouched, case .needs(let range) = try source.next() else { return nil }
        return range
    }

    /// Gets nearer to `row`; returns what is needed when it cannot.
    private mutating func skip(atMost count: Int64, to row: Int64) throws(ParquetError) -> Range<Int64>? {
        if source.mayBeBeforeDictionary { return try openPage() }
        if source.canSeek(toRow: row, orIsNext: hasOpenRows) {
            dropOpenPages()
            nextRow = source.seek(toRow: row)
            return nil
        }
        if hasOpenRows { return try skipOpen(atMost: count) }
        let leaf = leaf
        switch try source.next(passingOver: { leaf.rows(of: $0).map { $0 <= count } ?? false }) {
        case .needs(let range): return range
        case .end: throw ParquetError(.malformed, "the column has fewer rows than its row group", column: leaf.name)
        case .page(let header, let body, let offset): try open(header, body, offset)
        case .passed(let header, let offset):
            let rows = leaf.rows(of: header) ?? 0
            guard source.rowsOfLastPage.map({ $0.count == rows }) ?? true else {
                throw located(.malformed("a page of \(rows) rows, which is not what the offset index says"), inPageAt: offset)
            }
            nextRow += rows
        }
        return nil
    }

    private mutating func skipOpen(atMost count: Int64) throws(ParquetError) -> Range<Int64>? {
        if leaf.maximumRepetitionLevel == 0, let first = pages.first, first.levelsLeft <= count {
            nextRow += Int64(first.levelsLeft)
            pages.removeFirst()
            return nil
        }
        switch try prepare(Int(min(count, Self.rowsAtOnce))) {
        case .needs(let range): return range
        case .ready(let rows):
            _ = try read(rows, picking: Picks.none)
            return nil
        }
    }

    /// Rows of an open page that are passed over at once.
    private static let rowsAtOnce: Int64 = 8192
}

extension LeafColumn {
    /// How many rows a page holds; nil when the header does not tell, or of pages without rows.
    fileprivate func rows(of header: PageHeader) -> Int64? {
        switch header.content {
        case .data(let data): maximumRepetitionLevel == 0 ? Int64(data.valueCount) : nil
        case .dataV2(let data): maximumRepetitionLevel == 0 ? Int64(data.valueCount) : data.rowCount > 0 ? Int64(data.rowCount) : nil
        case .dictionary, .other: nil
        }
    }
}
