import TarnBase

/// Where something repeats, rows are known to be whole only when the next one begins: levels are decoded ahead of their rows.
extension LeafReader {
    /// Levels decoded at a time while the ends of rows are looked for.
    private static let levelStep = 16 << 10
    /// Entries of lists after which a batch is cut, so that long lists do not fill the memory.
    private static let entriesPerBatch = 1 << 20

    mutating func prepareRepeated(_ rows: Int) throws(ParquetError) -> Preparation {
        while true {
            let whole = isAtEnd && !pages.contains { $0.levelsLeft > 0 } ? rowsBegunAhead : rowsBegunAhead - 1
            if whole >= rows { return .ready(rows: rows) }
            if whole > 0, repetitionsAhead.count >= Self.entriesPerBatch { return .ready(rows: whole) }
            if let index = pages.firstIndex(where: { $0.levelsLeft > 0 }) {
                do { try decodeLevelsAhead(page: index) } catch { throw located(error, inPageAt: pages[index].offset) }
            } else if isAtEnd {
                guard whole > 0 else { throw .malformed("the column has fewer rows than its row group") }
                return .ready(rows: whole)
            } else if let range = try openPage() {
                return .needs(range)
            }
        }
    }

    private mutating func decodeLevelsAhead(page index: Int) throws(ParquetError) {
        let count = min(Self.levelStep, pages[index].levelsLeft)
        let start = repetitionsAhead.count
        guard start < options.limits.entriesPerRow else { throw .limit("a row of more than \(start) entries") }
        repetitionsAhead.append(contentsOf: repeatElement(0, count: count))
        definitionsAhead.append(contentsOf: repeatElement(0, count: count))
        let leaf = leaf
        var rowsBegun = 0
        try repetitionsAhead.withUnsafeMutableBufferPointer { (levels) throws(ParquetError) in
            guard let base = levels.baseAddress.map({ $0 + start }) else { return }
            try pages[index].repetition?.decodeLevels(base, count: count, maximum: leaf.maximumRepetitionLevel)
            if start == 0, base[0] != 0 { throw .malformed("the first row begins in its middle") }
            rowsBegun = count - LevelDecoding.count(base, count, atLeast: 1)
        }
        try definitionsAhead.withUnsafeMutableBufferPointer { (levels) throws(ParquetError) in
            guard let base = levels.baseAddress.map({ $0 + start }) else { return }
            try pages[index].definition?.decodeLevels(base, count: count, maximum: leaf.maximumDefinitionLevel)
        }
        rowsBegunAhead += rowsBegun
        pages[index].rowsBegun += rowsBegun
        pages[index].levelsLeft -= count
        pages[index].levelsAhead += count
        if pages[index].levelsLeft == 0, let expected = pages[index].expectedRows, expected != pages[index].rowsBegun {
            throw .malformed("a page of \(pages[index].rowsBegun) rows, the offset index says \(expected)")
        }
    }

    /// Takes the levels of the next `rows` rows.
    mutating func takeLevelsAhead(_ rows: Int) -> (repetitions: ArraySlice<UInt8>, definitions: ArraySlice<UInt8>) {
        let count = endOfRows(rows)
        let taken = (repetitionsAhead[0..<count], definitionsAhead[0..<count])
        repetitionsAhead = Array(repetitionsAhead[count...])
        definitionsAhead = Array(definitionsAhead[count...])
        rowsBegunAhead -= rows
        return taken
    }

    /// How many levels the next `rows` rows have.
    private func endOfRows(_ rows: Int) -> Int {
        repetitionsAhead.withUnsafeBufferPointer { levels in
            var begun = 0
            for index in levels.indices where levels[index] == 0 {
                if begun == rows { return index }
                begun += 1
            }
            return levels.count
        }
    }
}
