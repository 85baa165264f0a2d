extension Column {
    /// The rows whose bit is 1.
    package func filter(_ mask: Bitmap) -> Column {
        precondition(mask.count == count)
        return selecting(RowSelection(mask))
    }

    func selecting(_ selection: RowSelection) -> Column {
        switch selection {
        case .range(let range): slice(range)
        case .rows(let rows): rows.withUnsafeBufferPointer { gather($0) }
        }
    }
}

extension RecordBatch {
    /// The rows whose bit is 1; shares the buffers when they are neighbours.
    package func filter(_ mask: Bitmap) -> RecordBatch {
        precondition(mask.count == rowCount)
        let selection = RowSelection(mask)
        return RecordBatch(schema: schema, columns: columns.map { $0.selecting(selection) }, rowCount: selection.count)
    }
}

/// What a mask selects: neighbours are a slice, which costs nothing.
enum RowSelection {
    case range(Range<Int>)
    case rows([UInt32])

    init(_ mask: Bitmap) {
        let rows = mask.setRows
        guard let first = rows.first, let last = rows.last else {
            self = .range(0..<0)
            return
        }
        self = Int(last - first) + 1 == rows.count ? .range(Int(first)..<(Int(last) + 1)) : .rows(rows)
    }

    var count: Int {
        switch self {
        case .range(let range): range.count
        case .rows(let rows): rows.count
        }
    }
}
