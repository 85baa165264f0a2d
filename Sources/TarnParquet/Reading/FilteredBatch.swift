import TarnColumns

/// Rows of which some passed a filter: the filter's columns, and which stretches of the others are still to be read.
struct FilteredBatch {
    /// Of the row group.
    let firstRow: Int64
    private let mask: Bitmap
    /// The filter's.
    private let columns: [Column]
    /// Within the batch: stretches that begin and end with a row that passed, rising.
    private(set) var stretches: ArraySlice<Range<Int>>

    /// Rows that did not pass between two that did, from which on the columns are not read through.
    private static let longestGap = 1024

    /// nil when no row passed.
    init?(firstRow: Int64, mask: Bitmap, columns: [Column]) {
        self.firstRow = firstRow
        self.mask = mask
        self.columns = columns
        var stretches: [Range<Int>] = []
        for row in mask.setRows {
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
    func whole(_ projection: FilteredProjection) -> RecordBatch { batch(0..<mask.count, [], projection) }

    /// Takes `count` rows of the first stretch, whose other columns are these; those that passed make the batch.
    mutating func take(_ count: Int, _ others: [Column], _ projection: FilteredProjection) -> RecordBatch {
        let stretch = stretches[stretches.startIndex]
        let taken = stretch.lowerBound..<(stretch.lowerBound + count)
        stretches[stretches.startIndex] = taken.upperBound..<stretch.upperBound
        if stretches[stretches.startIndex].isEmpty { stretches.removeFirst() }
        return batch(taken, others, projection)
    }

    private func batch(_ rows: Range<Int>, _ others: [Column], _ projection: FilteredProjection) -> RecordBatch {
        let all = projection.sources.map { source in
            switch source {
            case .filter(let index): columns[index].slice(rows)
            case .other(let index): others[index]
            }
        }
        return RecordBatch(schema: projection.schema, columns: all, rowCount: rows.count).filter(mask.slice(rows))
    }
}
