import TarnBase
import TarnColumns

/// Writes one leaf column: values into pages, pages into the chunk of the open row group.
///
/// Used by one task at a time; what compresses pages is handed in, so that each task brings its own.
final class ColumnWriter {
    let leaf: LeafColumn
    private let options: ParquetWriteOptions
    private let encoder: any ValueEncoder
    private let definitionLevels: LevelBuffer
    private let repetitionLevels: LevelBuffer
    private let bloomFilter: BloomFilterOptions?
    private let hashes = Scratch<UInt64>()

    private var pageRowCount = 0
    private var pageSlotCount = 0
    private var pageValueCount = 0
    private var chunk: ChunkInProgress
    private var level: LevelChoice

    private var valueEstimate = SizeEstimate()
    private var codeEstimate = SizeEstimate()
    private var dictionaryEstimate = SizeEstimate()

    /// About what a header takes, and a chunk's entry in the footer with its indexes.
    private static let headerByteCount = 40
    private static let footerByteCount = 160
    private static let pageIndexByteCount = 30

    init(_ leaf: LeafColumn, options: ParquetWriteOptions) {
        self.leaf = leaf
        self.options = options
        encoder = ColumnWriter.encoder(for: leaf, options)
        bloomFilter = options.columns[leaf.name]?.bloomFilter
        definitionLevels = LevelBuffer(maximum: leaf.maximumDefinitionLevel)
        repetitionLevels = LevelBuffer(maximum: leaf.maximumRepetitionLevel)
        chunk = ChunkInProgress(leaf)
        level = LevelChoice(isOpen: leaf.physicalType == .byteArray)
    }

    private static func encoder(for leaf: LeafColumn, _ options: ParquetWriteOptions) -> any ValueEncoder {
        let policy = options.usesDictionary(for: leaf) ? DictionaryPolicy(byteLimit: options.dictionaryBytes) : nil
        let encodings = options.encodings(for: leaf)
        switch leaf.type {
        case .boolean: return BooleanEncoder(encodings: encodings)
        case .int32, .date: return FixedWidthEncoder<Int32>(width: 4, policy: policy, encodings: encodings)
        case .int64, .timestamp, .time: return FixedWidthEncoder<Int64>(width: 8, policy: policy, encodings: encodings)
        case .float: return FixedWidthEncoder<Float>(width: 4, policy: policy, encodings: encodings)
        case .double: return FixedWidthEncoder<Double>(width: 8, policy: policy, encodings: encodings)
        case .decimal(let precision, _):
            var limit: Int128 = 1
            for _ in 0..<precision { limit *= 10 }
            return FixedWidthEncoder<Int128>(
                width: leaf.typeLength, legal: (1 - limit)...(limit - 1), policy: policy, encodings: encodings)
        case .string, .binary:
            return ViewEncoder(isText: leaf.type == .string, policy: policy, encodings: encodings, boundBytes: options.boundBytes)
        case .list, .map, .struct: preconditionFailure("a leaf is not nested")
        }
    }

    // MARK: Rows

    /// How many more rows the open page takes; at least 1.
    var roomInPage: Int { options.pageRows - pageRowCount }

    /// Adds `rowCount` whole rows, at most ``roomInPage``.
    func append(_ shredded: ShreddedLeaf, rowCount: Int, _ work: PageWork) throws(ParquetError) {
        definitionLevels.append(shredded.definitionLevels, count: shredded.slotCount)
        repetitionLevels.append(shredded.repetitionLevels)
        do { try encoder.append(shredded) } catch { throw error.named(leaf) }
        pageRowCount += rowCount
        pageSlotCount += shredded.slotCount
        pageValueCount += shredded.valueCount
        if pageRowCount >= options.pageRows || pageByteCount >= options.pageBytes || encoder.mustEndPage { try endPage(work) }
    }

    private var pageByteCount: Int { encoder.pageByteCount + definitionLevels.byteCount + repetitionLevels.byteCount }

    // MARK: Pages

    private func endPage(_ work: PageWork) throws(ParquetError) {
        guard pageSlotCount > 0 else { return }
        encoder.settle(work.encoder.compressedByteCount)
        let encoding = encoder.pageEncoding
        let raw = pageByteCount
        let summary = pageSummary
        if bloomFilter != nil { encoder.hashPage(into: hashes) }
        var asAsked = LevelChoice(isOpen: false)
        let page =
            encoding.isDictionary
            ? try work.page(column: leaf.name, expected: raw, &asAsked, fillPage)
            : try work.page(column: leaf.name, expected: raw, &level, fillPage)
        chunk.add(page, summary, options.pageVersion == .v1 ? .data : .dataV2, encoding, estimated: raw)
        if page.encoded != nil { learn() }
        beginPage()
    }

    private var pageSummary: PageSummary {
        var summary = PageSummary(rowCount: pageRowCount, slotCount: pageSlotCount, valueCount: pageValueCount, bounds: encoder.pageBounds)
        guard options.writesSizeStatistics else { return summary }
        summary.byteArrayByteCount = encoder.pageByteArrayByteCount
        // At most one level: the number of nulls says it.
        if leaf.maximumDefinitionLevel > 1 { summary.definitionLevels = definitionLevels.histogram() }
        if leaf.maximumRepetitionLevel > 0 { summary.repetitionLevels = repetitionLevels.histogram() }
        return summary
    }

    private func beginPage() {
        encoder.beginPage()
        definitionLevels.removeAll()
        repetitionLevels.removeAll()
        pageRowCount = 0
        pageSlotCount = 0
        pageValueCount = 0
    }

    private func fillPage(_ output: inout ByteBuilder) -> PageHeader.Content {
        let start = output.count
        let isFirstVersion = options.pageVersion == .v1
        repetitionLevels.encode(withLength: isFirstVersion, appendingTo: &output)
        let repetitionByteCount = output.count - start
        definitionLevels.encode(withLength: isFirstVersion, appendingTo: &output)
        let definitionByteCount = output.count - start - repetitionByteCount
        encoder.encodePage(appendingTo: &output)
        if isFirstVersion { return .data(DataPageHeader(valueCount: pageSlotCount, encoding: encoder.pageEncoding)) }
        return .dataV2(
            DataPageHeaderV2(
                valueCount: pageSlotCount, nullCount: pageSlotCount - pageValueCount, rowCount: pageRowCount,
                encoding: encoder.pageEncoding, definitionByteCount: definitionByteCount, repetitionByteCount: repetitionByteCount))
    }

    /// Pages whose compression was put off.
    var rawPageCount: Int { chunk.rawPages.count }
    var rawPageByteCount: Int { chunk.rawPageByteCount }
    func rawPage(at index: Int) -> RawPage { chunk.rawPage(at: index) }

    /// Supplies them compressed, all of them in their order.
    func supply(_ pages: [EncodedPage]) {
        chunk.supply(pages)
        learn()
    }

    private func learn() {
        for page in chunk.takeLearnable() {
            if page.encoding.isDictionary {
                codeEstimate.learn(raw: page.raw, compressed: page.compressed)
            } else {
                valueEstimate.learn(raw: page.raw, compressed: page.compressed)
            }
        }
    }

    // MARK: Chunks

    /// What the chunk takes with its open page and its dictionary uncompressed, its place in the footer included.
    var rawByteCount: Int {
        chunk.byteCount + pageByteCount + encoder.dictionaryByteCount + 2 * ColumnWriter.headerByteCount + chunkFooterByteCount
    }

    private var chunkFooterByteCount: Int {
        ColumnWriter.footerByteCount + (options.writesPageIndex ? (chunk.pageCount + 1) * ColumnWriter.pageIndexByteCount : 0)
    }

    /// What the chunk will take in the file, its place in the footer included. Costs a trial compression now and then while
    /// nothing was compressed yet.
    func estimatedByteCount(_ pageEncoder: PageEncoder) -> Int {
        let raw = pageByteCount
        func trialPage() -> Int { pageEncoder.compressedByteCount { _ = fillPage(&$0) } }
        let usesCodes = encoder.pageEncoding.isDictionary
        let open = usesCodes ? codeEstimate.bytes(for: raw, trial: trialPage) : valueEstimate.bytes(for: raw, trial: trialPage)
        let dictionary = dictionaryEstimate.bytes(for: encoder.dictionaryByteCount) {
            pageEncoder.compressedByteCount { [encoder] in encoder.encodeDictionary(appendingTo: &$0) }
        }
        let headers = (pageSlotCount > 0 ? 1 : 0) + (dictionary > 0 ? 1 : 0)
        return chunk.byteCount + open + dictionary + headers * ColumnWriter.headerByteCount + chunkFooterByteCount
    }

    /// Ends the last page and writes the dictionary, unless that was done. Compression of either may be put off.
    func endPages(_ work: PageWork) throws(ParquetError) {
        try endPage(work)
        guard encoder.dictionaryCount > 0, !chunk.hasDictionary else { return }
        if bloomFilter != nil { encoder.hashDictionary(into: hashes) }
        var level = LevelChoice(isOpen: false)
        let page = try work.page(column: leaf.name, expected: encoder.dictionaryByteCount, &level) { [encoder] output in
            encoder.encodeDictionary(appendingTo: &output)
            return .dictionary(DictionaryPageHeader(valueCount: encoder.dictionaryCount, encoding: .plain))
        }
        chunk.addDictionary(page)
    }

    /// Closes the chunk, whose pages lie in the file from `offset` on and are all compressed, and begins the next.
    func endChunk(at offset: Int64) -> FinishedChunk {
        if let dictionary = chunk.dictionary {
            dictionaryEstimate.learn(raw: dictionary.uncompressedByteCount, compressed: dictionary.compressedByteCount)
        }
        let finished = chunk.finish(at: offset, options, bloomFilter.flatMap { filter($0) })
        encoder.beginChunk()
        hashes.removeAll(usualCount: 1 << 16)
        chunk = ChunkInProgress(leaf)
        level = LevelChoice(isOpen: leaf.physicalType == .byteArray)
        return finished
    }

    private func filter(_ options: BloomFilterOptions) -> Bytes? {
        hashes.count == 0 ? nil : BloomFilterBuilder.filter(of: hashes.values, options).encoded()
    }
}

extension ParquetError {
    fileprivate func named(_ leaf: LeafColumn) -> ParquetError {
        var error = self
        error.column = column ?? leaf.name
        return error
    }
}
