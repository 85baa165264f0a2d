package import TarnBase
package import TarnColumns

/// Reads the rows of a file for which a filter is true, without I/O of its own: what the file says of itself is asked first.
///
/// For each row group, as long as it is not ruled out: its statistics; bloom filters of columns compared for equality; the
/// dictionaries of columns of nothing but dictionary pages; the page indexes, which leave stretches of rows. Of these the
/// filter's columns are read, a batch at a time, and of the other columns what lies between the first and the last row that
/// passes, in stretches: pages in between are neither asked for nor decompressed. Where few rows of a stretch pass, the values
/// of those alone are decoded, and copied out of their pages.
///
/// Use: as ``ParquetScan``. Memory: as there, but that batches of few rows of their pages keep no pages alive.
package struct FilteredScan {
    /// The projected columns, in the order of the file.
    package var schema: Schema { projection.schema }
    /// Rows of the filter's columns that were decoded, and rows of others: what pruning left to do.
    package private(set) var filteredRowCount: Int64 = 0
    package private(set) var otherRowCount: Int64 = 0

    private enum Phase {
        case betweenGroups
        case lookingUp(RowGroupLookup)
        case openingDictionaries(RowGroupLookup)
        case filtering
        case completing(FilteredBatch)
    }

    private let metadata: FileMetadata
    private let filter: BoundFilter
    private let leaves: FilteredLeaves
    private let options: ScanOptions
    private let projection: FilteredProjection
    private let readLeaves: [Int]
    private let end: Int64
    private var rowGroups: ArraySlice<Int>
    private var phase = Phase.betweenGroups
    /// Of the open row group.
    private var rows: ArraySlice<Range<Int64>> = []
    private var filterReaders = LeafReaders()
    private var otherReaders = LeafReaders()
    private var waiting: [(reader: ReaderPlace, range: Range<Int64>)] = []
    private var decompressors = Decompressors()

    private enum ReaderPlace { case lookup, filter(Int), other(Int) }

    /// Bytes of pages and dictionaries that were decompressed (or taken as they are, where nothing is compressed), and values
    /// that were decoded, entries of dictionaries among them.
    package var decompressedByteCount: Int64 { decompressors.work.decompressedByteCount }
    package var decodedValueCount: Int64 { decompressors.work.decodedValueCount }

    /// - Parameters:
    ///   - filter: Bound to the file's schema, or to one with columns of the same names and types.
    ///   - columns: Positions in `metadata.schema.fields`, rising; nil for all.
    ///   - rowGroups: Positions in `metadata.rowGroups`, in the order they are to be read; nil for all.
    /// - Precondition: The file has every column of the filter, in its type.
    package init(
        metadata: FileMetadata, filter: BoundFilter, columns: [Int]? = nil, rowGroups: [Int]? = nil, options: ScanOptions = ScanOptions()
    ) {
        self.metadata = metadata
        self.filter = filter
        self.options = options
        leaves = FilteredLeaves(filter, in: metadata)
        projection = FilteredProjection(columns ?? Array(metadata.tree.fields.indices), of: metadata.tree, for: filter)
        readLeaves = projection.leaves
        // Chunks were checked against the footer's place; indexes stand between them and it.
        end = metadata.footerOffset
        self.rowGroups = (rowGroups ?? Array(metadata.rowGroups.indices))[...]
    }

    /// Takes the bytes of the ranges that ``next()`` asked for last, in their order.
    package mutating func supply(_ chunks: [Bytes]) throws(ParquetError) {
        precondition(chunks.count == waiting.count, "\(waiting.count) ranges were asked for")
        var found: [Bytes] = []
        for (chunk, (place, range)) in zip(chunks, waiting) {
            guard chunk.count == range.count else { throw .truncated("\(chunk.count) of \(range.count) bytes were read", at: Int(range.lowerBound)) }
            switch place {
            case .lookup: found.append(chunk)
            case .filter(let index): filterReaders.readers[index].supply(chunk)
            case .other(let index): otherReaders.readers[index].supply(chunk)
            }
        }
        waiting = []
        guard case .lookingUp(var lookup) = phase, !found.isEmpty else { return }
        lookup.supply(found)
        phase = .openingDictionaries(lookup)
    }

    /// The next batch that is not empty, or what of the file is needed for it; nil after the last one.
    package mutating func next() throws(ParquetError) -> DecodingStep<RecordBatch?> {
        precondition(waiting.isEmpty, "the ranges asked for were not supplied")
        while true {
            switch phase {
            case .betweenGroups:
                guard let index = rowGroups.popFirst() else { return .done(nil) }
                open(rowGroup: index)
            case .lookingUp(let lookup):
                waiting = lookup.ranges.map { (.lookup, $0) }
                if waiting.isEmpty { phase = .openingDictionaries(lookup) }
            case .openingDictionaries(let lookup): try openDictionaries(lookup)
            case .filtering:
                if let batch = try filterRows() { return .done(batch) }
            case .completing(var batch):
                if let done = try complete(&batch) { return .done(done) }
            }
            if !waiting.isEmpty { return .needs(waiting.map(\.range)) }
        }
    }

    // MARK: Row groups

    private mutating func open(rowGroup index: Int) {
        let group = metadata.rowGroups[index]
        guard group.rowCount > 0 else { return }
        guard !options.prunes || filter.mayMatch({ leaves.statistics($0, rowGroup: index) }) else { return }
        let looksUp = options.prunes && !isSmall(group)
        phase = .lookingUp(RowGroupLookup(index, of: metadata, filter, leaves, reading: looksUp ? readLeaves : [], end: looksUp ? end : 0, limits: options.limits))
    }

    /// Whether all of it is to be asked for at once.
    private func isSmall(_ group: RowGroup) -> Bool {
        var byteCount: Int64 = 0
        for leaf in readLeaves { byteCount = byteCount.addingReportingOverflow(group.columns[leaf].compressedByteCount).partialValue }
        return (0...Int64(options.smallRowGroupBytes)).contains(byteCount)
    }

    private mutating func openDictionaries(_ lookup: RowGroupLookup) throws(ParquetError) {
        if filterReaders.rowGroup != lookup.rowGroup {
            guard !options.prunes || filter.mayMatch({ lookup.facts($0) }) else { return phase = .betweenGroups }
            try openReaders(lookup)
            guard waiting.isEmpty else { return }
        }
        let chunks = metadata.rowGroups[lookup.rowGroup].columns
        var dictionaries: [Int: Column] = [:]
        if options.prunes {
            let compared = filter.operandsCompared
            for (index, reader) in filterReaders.readers.enumerated() where chunks[reader.leaf.index].isWhollyDictionary {
                guard let position = leaves.leaves.first(where: { $0.value.index == reader.leaf.index })?.key, compared.contains(position) else { continue }
                if let range = try filterReaders.readers[index].openDictionary(chunks[reader.leaf.index]) { waiting.append((.filter(index), range)) }
                dictionaries[position] = filterReaders.readers[index].dictionary
            }
            guard waiting.isEmpty else { return }
            guard dictionaries.isEmpty || filter.mayMatch({ lookup.facts($0, dictionary: dictionaries[$0]) }) else { return phase = .betweenGroups }
        }
        phase = .filtering
    }

    private mutating func openReaders(_ lookup: RowGroupLookup) throws(ParquetError) {
        let group = metadata.rowGroups[lookup.rowGroup]
        let selected = options.prunes ? lookup.rows() : [0..<group.rowCount]
        rows = selected[...]
        let indexes = readLeaves.allSatisfy { lookup.offsetIndexes[$0] != nil } ? lookup.offsetIndexes : [:]
        func plan(_ leaf: Int) -> PageSource.Plan? {
            indexes[leaf].flatMap { PageSource.Plan($0, of: group.columns[leaf], rows: selected, rowCount: group.rowCount) }
        }
        func readers(_ fields: [SchemaField]) throws(ParquetError) -> LeafReaders {
            var result = LeafReaders(rowGroup: lookup.rowGroup)
            for field in fields {
                for leaf in field.leaves {
                    let column = metadata.tree.leaves[leaf]
                    let decompressor = try decompressors.decompressor(group.columns[leaf].codec, column)
                    result.readers.append(try LeafReader(column, group.columns[leaf], options: options, decompressor: decompressor, plan: plan(leaf)))
                }
            }
            return result
        }
        filterReaders = try readers(projection.filterFields)
        otherReaders = try readers(projection.otherFields)
        guard isSmall(group) else { return }
        for index in filterReaders.readers.indices {
            if let range = try filterReaders.readers[index].firstRange() { waiting.append((.filter(index), range)) }
        }
        for index in otherReaders.readers.indices {
            if let range = try otherReaders.readers[index].firstRange() { waiting.append((.other(index), range)) }
        }
    }

    // MARK: Rows

    /// Reads the filter's columns of the next rows. A batch when that was all there is to read of them.
    private mutating func filterRows() throws(ParquetError) -> RecordBatch? {
        guard let range = rows.first else {
            phase = .betweenGroups
            return nil
        }
        var count = min(options.batchRows, range.count)
        for index in filterReaders.readers.indices {
            switch try filterReaders.readers[index].prepare(count, from: range.lowerBound) {
            case .needs(let range): waiting.append((.filter(index), range))
            case .ready(let ready): count = min(count, ready)
            }
        }
        guard waiting.isEmpty else { return nil }
        let columns = try filterReaders.read(count, projection.filterFields)
        filteredRowCount += Int64(count)
        rows[rows.startIndex] = (range.lowerBound + Int64(count))..<range.upperBound
        if rows[rows.startIndex].isEmpty { rows.removeFirst() }

        let mask = filter.evaluate(count: count) { position in
            guard let index = filter.columns.firstIndex(of: position) else { preconditionFailure("a column of the filter was not read") }
            return columns[index]
        }
        guard let batch = FilteredBatch(firstRow: range.lowerBound, mask: mask, columns: columns) else { return nil }
        guard projection.otherFields.isEmpty else {
            phase = .completing(batch)
            return nil
        }
        return batch.whole(projection)
    }

    /// Reads the other columns of a stretch of rows that passed.
    private mutating func complete(_ batch: inout FilteredBatch) throws(ParquetError) -> RecordBatch? {
        guard let stretch = batch.stretches.first else {
            phase = .filtering
            return nil
        }
        var count = stretch.count
        for index in otherReaders.readers.indices {
            switch try otherReaders.readers[index].prepare(count, from: batch.firstRow + Int64(stretch.lowerBound)) {
            case .needs(let range): waiting.append((.other(index), range))
            case .ready(let ready): count = min(count, ready)
            }
        }
        guard waiting.isEmpty else { return nil }
        let done = try batch.take(count, projection) { (picks) throws(ParquetError) in
            otherRowCount += Int64(picks?.count ?? count)
            return try otherReaders.read(count, picking: picks, projection.otherFields)
        }
        phase = batch.stretches.isEmpty ? .filtering : .completing(batch)
        return done.rowCount > 0 ? done : nil
    }
}
