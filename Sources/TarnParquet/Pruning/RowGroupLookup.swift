import TarnBase
import TarnColumns

/// What is read about a row group before its rows, where its statistics do not rule it out: bloom filters of columns that a
/// filter compares for equality, and the page indexes.
///
/// Everything here only helps: what does not decode, or does not fit the chunk, is passed over, and the rows are read.
struct RowGroupLookup {
    private enum Part: Hashable {
        case bloomFilter(position: Int)
        case columnIndex(leaf: Int)
        case offsetIndex(leaf: Int)
    }

    /// What a filter's size is guessed to be where the writer left it out: it is then read to the end of the guess.
    private static let guessedBloomBytes: Int64 = 64 << 10
    /// Indexes and filters above this are not asked for: they would cost more than they save.
    private static let greatestBytes: Int64 = 16 << 20

    let rowGroup: Int
    private let group: RowGroup
    private let filter: BoundFilter
    private let leaves: FilteredLeaves
    private let limits: ReadLimits
    /// Asked for, in this order.
    private let parts: [(part: Part, range: Range<Int64>)]
    private var bloomFilters: [Int: SplitBlockBloomFilter] = [:]
    private var columnIndexes: [Int: ColumnIndex] = [:]
    private(set) var offsetIndexes: [Int: OffsetIndex] = [:]

    /// - Parameters:
    ///   - reading: The leaves that will be read, those of the filter among them.
    ///   - end: Where the footer begins: nothing lies behind it.
    init(
        _ rowGroup: Int, of metadata: FileMetadata, _ filter: BoundFilter, _ leaves: FilteredLeaves, reading: [Int], end: Int64, limits: ReadLimits
    ) {
        self.rowGroup = rowGroup
        group = metadata.rowGroups[rowGroup]
        self.filter = filter
        self.leaves = leaves
        self.limits = limits
        let columns = group.columns
        var parts: [(Part, Range<Int64>)] = []
        func add(_ part: Part, _ offset: Int64?, _ byteCount: Int64?) {
            guard let offset, let byteCount, offset >= 4, byteCount > 0, offset < end else { return }
            guard byteCount <= min(Self.greatestBytes, end - offset) else { return }
            parts.append((part, offset..<(offset + byteCount)))
        }
        for position in filter.operandsComparedForEquality.sorted() {
            guard let leaf = leaves.leaves[position], let offset = columns[leaf.index].bloomFilterOffset, offset < end else { continue }
            add(.bloomFilter(position: position), offset, columns[leaf.index].bloomFilterByteCount.map { Int64($0) } ?? min(Self.guessedBloomBytes, end - offset))
        }
        // Pages can be passed over only if all columns that are read tell where theirs begin.
        if reading.allSatisfy({ columns[$0].offsetIndexOffset != nil }) {
            for leaf in reading { add(.offsetIndex(leaf: leaf), columns[leaf].offsetIndexOffset, columns[leaf].offsetIndexByteCount.map { Int64($0) }) }
            for leaf in Set(leaves.leaves.values.map(\.index)).sorted() {
                add(.columnIndex(leaf: leaf), columns[leaf].columnIndexOffset, columns[leaf].columnIndexByteCount.map { Int64($0) })
            }
        }
        self.parts = parts
    }

    /// What is to be read; none where there is nothing.
    var ranges: [Range<Int64>] { parts.map(\.range) }

    mutating func supply(_ chunks: [Bytes]) {
        for ((part, _), bytes) in zip(parts, chunks) {
            switch part {
            case .bloomFilter(let position): bloomFilters[position] = try? SplitBlockBloomFilter(decoding: bytes, limits: limits)
            case .columnIndex(let leaf): columnIndexes[leaf] = try? ColumnIndex(decoding: bytes, limits: limits)
            case .offsetIndex(let leaf):
                guard let index = try? OffsetIndex(decoding: bytes, limits: limits), index.fits(group.columns[leaf], rowCount: group.rowCount) else { continue }
                offsetIndexes[leaf] = index
            }
        }
    }

    /// What is known by now, and of dictionaries that were read since.
    func facts(_ position: Int, dictionary: Column? = nil) -> PartFacts? {
        guard let leaf = leaves.leaves[position], let statistics = leaves.statistics(position, rowGroup: rowGroup) else { return nil }
        let bloomFilter = bloomFilters[position]
        return PartFacts(statistics, values: dictionary, mayHold: bloomFilter.map { filter in { value in leaf.mayHold(value, filter) } })
    }

    /// The rows that the page indexes leave.
    func rows() -> [Range<Int64>] {
        var indexes: [Int: (columns: ColumnIndex, offsets: OffsetIndex)] = [:]
        for (position, leaf) in leaves.leaves {
            guard let columns = columnIndexes[leaf.index], let offsets = offsetIndexes[leaf.index], columns.pageCount == offsets.pages.count else { continue }
            indexes[position] = (columns, offsets)
        }
        return PageSelection.rows(filter, leaves, rowGroup: rowGroup, rowCount: group.rowCount, indexes: indexes)
    }
}

extension LeafColumn {
    fileprivate func mayHold(_ value: Cell, _ filter: SplitBlockBloomFilter) -> Bool {
        switch plainForm(value) {
        case .bytes(let bytes): filter.mayContain(hash: SplitBlockBloomFilter.hash(bytes))
        case .impossible: false
        case .unknown: true
        }
    }
}
