import TarnColumns

/// Rows of which some passed a filter: the filter's columns, and which stretches of the others are still to be read.
struct FilteredBatch {
    /// Of the row group.
    let firstRow: Int64
    private let mask: Bitmap
    /// Those that passed, counted from the first of the batch, rising.
    private let rows: [UInt32]
    /// The filter's.
    private let columns: [Column]
    /// Within the batch: stretches that begin and end with a row that passed, rising.
    private(set) var stretches: ArraySlice<Range<Int>>
    /// How many of ``rows`` were taken.
    private var taken = 0

    /// Rows that did not pass between two that did, from which on the columns are not read through.
    private static let longestGap = 1024
    /// Where at most one in so many rows passed, those rows alone are decoded; else all are, and then filtered.
    private static let sparseness = 8
    /// So few are always decoded alone: they are copied, while a single row filtered out of others keeps its page alive.
    private static let few = 256

    /// nil when no row passed.
    init?(firstRow: Int64, mask: Bitmap, columns: [Column]) {
        self.firstRow = firstRow
        self.mask = mask
        self.columns = columns
        rows = mask.setRows
        var stretches: [Range<Int>] = []
        for row in rows {
            let row = Int(row)
            if let last = stretches.last, row - last.upperBound < Self.longestGap {
                stretches[stretches.count - 1] = last.lowerBound..<(row + 1)
            } else {
                stretches.append(row..<(row + 1))
            }
        }
        guard !stretches.isEmpty else { return nil }
        self.stretches = stretches[...]
    }

    /// The rows that passed, of the filter's columns alone.
    func whole(_ projection: FilteredProjection) -> RecordBatch {
        let rows = isSparse(rows.count, of: mask.count) ? rows : nil
        return batch(0..<mask.count, picked: rows, [], projection)
    }

    /// Takes `count` rows of the first stretch. `read` gives their other columns: those at the picks alone, or all.
    mutating func take(
        _ count: Int, _ projection: FilteredProjection, _ read: (Picks?) throws(ParquetError) -> [Column]
    ) throws(ParquetError) -> RecordBatch {
        let stretch = stretches[stretches.startIndex]
        let range = stretch.lowerBound..<(stretch.lowerBound + count)
        stretches[stretches.startIndex] = range.upperBound..<stretch.upperBound
        if stretches[stretches.startIndex].isEmpty { stretches.removeFirst() }
        let first = taken
        while taken < rows.count, rows[taken] < range.upperBound { taken += 1 }
        guard isSparse(taken - first, of: count) else { return batch(range, picked: nil, try read(nil), projection) }
        let picked = Array(rows[first..<taken])
        let others = try picked.withUnsafeBufferPointer { (rows) throws(ParquetError) in try read(Picks(rows, base: UInt32(range.lowerBound))) }
        return batch(range, picked: picked, others, projection)
    }

    private func isSparse(_ passed: Int, of count: Int) -> Bool { passed <= Self.few || passed * Self.sparseness <= count }

    /// - Parameter picked: The rows of `range` that passed, where `others` hold them alone.
    private func batch(_ range: Range<Int>, picked: [UInt32]?, _ others: [Column], _ projection: FilteredProjection) -> RecordBatch {
        let all = projection.sources.map { source in
            switch source {
            case .filter(let index): picked.map { columns[index].take($0).packingText() } ?? columns[index].slice(range)
            case .other(let index): others[index]
            }
        }
        let batch = RecordBatch(schema: projection.schema, columns: all, rowCount: picked?.count ?? range.count)
        return picked == nil ? batch.filter(mask.slice(range)) : batch
    }
}
