import TarnBase

/// What a data page holds, for statistics and indexes.
struct PageSummary {
    var rowCount: Int
    /// Nulls and empty lists included.
    var slotCount: Int
    var valueCount: Int
    /// nil when no value has an order.
    var bounds: ValueBounds?
    /// Of byte arrays, without lengths.
    var byteArrayByteCount: Int?
    /// How often each level occurs; empty when not told.
    var repetitionLevels: [Int64] = []
    var definitionLevels: [Int64] = []
}

/// What is known of the data pages of a chunk: its statistics and its indexes come from here.
struct ChunkSummary {
    private let order: BoundOrder
    private(set) var pages: [PageSummary] = []
    private(set) var slotCount = 0
    private(set) var valueCount = 0
    private var bounds: ValueBounds?

    init(_ order: BoundOrder) { self.order = order }

    mutating func add(_ page: PageSummary) {
        pages.append(page)
        slotCount += page.slotCount
        valueCount += page.valueCount
        guard let added = page.bounds else { return }
        if bounds == nil { bounds = added } else { bounds?.formUnion(added, order) }
    }

    var statistics: Statistics {
        var statistics = Statistics()
        statistics.nullCount = Int64(slotCount - valueCount)
        if let bounds {
            statistics.minimum = bounds.minimum
            statistics.isMinimumExact = bounds.isMinimumExact
            statistics.maximum = bounds.maximum
            statistics.isMaximumExact = bounds.maximum == nil ? nil : bounds.isMaximumExact
        }
        return statistics
    }

    /// nil when there is nothing to tell.
    var sizeStatistics: SizeStatistics? {
        var sizes = SizeStatistics()
        if tellsByteArrays {
            sizes.byteArrayByteCount = pages.reduce(0) { $0 + Int64($1.byteArrayByteCount ?? 0) }
        }
        sizes.repetitionLevels = ChunkSummary.sum(pages.map(\.repetitionLevels))
        sizes.definitionLevels = ChunkSummary.sum(pages.map(\.definitionLevels))
        return sizes == SizeStatistics() ? nil : sizes
    }

    /// Whether every page tells how large its byte arrays are.
    private var tellsByteArrays: Bool { pages.allSatisfy { $0.byteArrayByteCount != nil } }

    private static func sum(_ histograms: [[Int64]]) -> [Int64] {
        guard var total = histograms.first else { return [] }
        for histogram in histograms.dropFirst() {
            for level in total.indices { total[level] += histogram[level] }
        }
        return total
    }

    /// nil when a page has values but no bounds, as one of NaN alone: an index cannot say so.
    var columnIndex: ColumnIndex? {
        guard pages.allSatisfy({ $0.valueCount == 0 || $0.bounds != nil }) else { return nil }
        var index = ColumnIndex()
        for page in pages {
            index.isNullPage.append(page.valueCount == 0)
            index.minima.append(page.bounds?.minimum ?? Bytes())
            index.maxima.append(page.bounds?.indexMaximum ?? Bytes())
            index.nullCounts.append(Int64(page.slotCount - page.valueCount))
            index.repetitionLevels += page.repetitionLevels
            index.definitionLevels += page.definitionLevels
        }
        index.order = boundaryOrder
        return index
    }

    private var boundaryOrder: ColumnIndex.BoundaryOrder {
        let bounds = pages.compactMap(\.bounds)
        var rises = true
        var falls = true
        for (page, next) in zip(bounds, bounds.dropFirst()) {
            rises = rises && !order.precedes(next.minimum, page.minimum) && !order.precedes(next.indexMaximum, page.indexMaximum)
            falls = falls && !order.precedes(page.minimum, next.minimum) && !order.precedes(page.indexMaximum, next.indexMaximum)
        }
        return rises ? .ascending : falls ? .descending : .unordered
    }

    /// - Parameters:
    ///   - offset: In the file, of the first data page.
    ///   - byteCounts: Of the pages, with their headers.
    func offsetIndex(from offset: Int64, byteCounts: [Int]) -> OffsetIndex {
        var index = OffsetIndex(pages: [])
        var next = offset
        var row: Int64 = 0
        for (page, byteCount) in zip(pages, byteCounts) {
            index.pages.append(OffsetIndex.Page(offset: next, byteCount: Int32(truncatingIfNeeded: byteCount), firstRow: row))
            next += Int64(byteCount)
            row += Int64(page.rowCount)
        }
        if tellsByteArrays { index.byteArrayByteCounts = pages.map { Int64($0.byteArrayByteCount ?? 0) } }
        return index
    }
}
