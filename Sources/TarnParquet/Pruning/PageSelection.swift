import TarnColumns

/// Which rows of a row group a filter leaves after a look at its page indexes.
enum PageSelection {
    /// - Parameters:
    ///   - indexes: By position in the filter's schema; only columns that have both indexes.
    /// - Returns: Rows of the group, rising, neighbours joined. Rows outside certainly do not pass.
    static func rows(
        _ filter: BoundFilter, _ leaves: FilteredLeaves, rowGroup: Int, rowCount: Int64, indexes: [Int: (columns: ColumnIndex, offsets: OffsetIndex)]
    ) -> [Range<Int64>] {
        guard rowCount > 0 else { return [] }
        guard !indexes.isEmpty else { return [0..<rowCount] }
        // The filter's columns need not have their pages at the same rows: it is asked wherever a page of any of them begins.
        var starts = Set(indexes.values.flatMap { $0.offsets.pages.map(\.firstRow) }.filter { $0 < rowCount })
        starts.insert(0)
        let sorted = starts.sorted()
        var cursors = indexes.mapValues { _ in 0 }
        var selected: [Range<Int64>] = []
        for (number, start) in sorted.enumerated() {
            let end = number + 1 < sorted.count ? sorted[number + 1] : rowCount
            for (position, index) in indexes {
                var page = cursors[position] ?? 0
                while page + 1 < index.offsets.pages.count, index.offsets.pages[page + 1].firstRow <= start { page += 1 }
                cursors[position] = page
            }
            let passes = filter.mayMatch { position -> PartFacts? in
                guard let leaf = leaves.leaves[position] else { return nil }
                guard let index = indexes[position], let page = cursors[position] else {
                    return leaves.statistics(position, rowGroup: rowGroup).map { PartFacts($0) }
                }
                let rows = index.offsets.rows(ofPage: page, rowCount: rowCount)
                return PartFacts(leaf.statistics(index.columns, page: page, order: leaves.order(of: leaf), rowCount: Int64(rows.count)))
            }
            guard passes else { continue }
            if let last = selected.last, last.upperBound == start {
                selected[selected.count - 1] = last.lowerBound..<end
            } else {
                selected.append(start..<end)
            }
        }
        return selected
    }
}

extension OffsetIndex {
    func rows(ofPage page: Int, rowCount: Int64) -> Range<Int64> {
        let first = min(pages[page].firstRow, rowCount)
        return first..<max(first, page + 1 < pages.count ? min(pages[page + 1].firstRow, rowCount) : rowCount)
    }

    /// The page that holds this row: the last one that begins at or before it.
    func page(ofRow row: Int64) -> Int {
        var (low, high) = (0, pages.count - 1)
        while low < high {
            let middle = (low + high + 1) / 2
            if pages[middle].firstRow <= row { low = middle } else { high = middle - 1 }
        }
        return low
    }

    /// Whether its pages lie where the chunk says its pages are; an index that does not fit its chunk helps nobody.
    func fits(_ chunk: ColumnChunk, rowCount: Int64) -> Bool {
        guard let last = pages.last, pages[0].offset >= chunk.startOffset else { return false }
        return last.offset + Int64(last.byteCount) <= chunk.byteRange.upperBound && (last.firstRow < rowCount || rowCount == 0)
    }
}
