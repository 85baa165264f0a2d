import TarnBase
import TarnColumns

/// Writes one leaf column: values into pages, pages into the chunk of the open row group.
final class ColumnWriter {
    let leaf: LeafColumn
    private let options: ParquetWriteOptions
    private let pageEncoder: PageEncoder
    private let encoder: any ValueEncoder
    private let definitionLevels: LevelBuffer
    private let repetitionLevels: LevelBuffer

    private var pageRowCount = 0
    private var pageSlotCount = 0
    private var pages: [EncodedPage] = []
    private var encodingStatistics: [PageEncodingStatistics] = []
    private var encodedByteCount = 0
    private var chunkSlotCount = 0
    private var chunkValueCount = 0

    private var plainEstimate = SizeEstimate()
    private var codeEstimate = SizeEstimate()
    private var dictionaryEstimate = SizeEstimate()

    /// About what a header takes, and a chunk's entry in the footer.
    private static let headerByteCount = 40
    private static let footerByteCount = 160

    init(_ leaf: LeafColumn, options: ParquetWriteOptions, pageEncoder: PageEncoder) {
        self.leaf = leaf
        self.options = options
        self.pageEncoder = pageEncoder
        encoder = ColumnWriter.encoder(for: leaf, options)
        definitionLevels = LevelBuffer(maximum: leaf.maximumDefinitionLevel)
        repetitionLevels = LevelBuffer(maximum: leaf.maximumRepetitionLevel)
    }

    private static func encoder(for leaf: LeafColumn, _ options: ParquetWriteOptions) -> any ValueEncoder {
        let policy = options.usesDictionaries ? DictionaryPolicy(byteLimit: options.dictionaryBytes) : nil
        switch leaf.type {
        case .boolean: return BooleanEncoder()
        case .int32, .date: return FixedWidthEncoder<Int32>(width: 4, policy: policy)
        case .int64, .timestamp, .time: return FixedWidthEncoder<Int64>(width: 8, policy: policy)
        case .float: return FixedWidthEncoder<Float>(width: 4, policy: policy)
        case .double: return FixedWidthEncoder<Double>(width: 8, policy: policy)
        case .decimal(let precision, _):
            var limit: Int128 = 1
            for _ in 0..<precision { limit *= 10 }
            return FixedWidthEncoder<Int128>(width: leaf.typeLength, legal: (1 - limit)...(limit - 1), policy: policy)
        case .string: return ViewEncoder(isText: true, policy: policy)
        case .binary: return ViewEncoder(isText: false, policy: policy)
        case .list, .map, .struct: preconditionFailure("a leaf is not nested")
        }
    }

    // MARK: Rows

    /// How many more rows the open page takes; at least 1.
    var roomInPage: Int { options.pageRows - pageRowCount }

    /// Adds `rowCount` whole rows, at most ``roomInPage``.
    func append(_ shredded: ShreddedLeaf, rowCount: Int) throws(ParquetError) {
        definitionLevels.append(shredded.definitionLevels, count: shredded.slotCount)
        repetitionLevels.append(shredded.repetitionLevels)
        do { try encoder.append(shredded) } catch { throw error.named(leaf) }
        pageRowCount += rowCount
        pageSlotCount += shredded.slotCount
        chunkSlotCount += shredded.slotCount
        chunkValueCount += shredded.valueCount
        if pageRowCount >= options.pageRows || pageByteCount >= options.pageBytes || encoder.mustEndPage { try endPage() }
    }

    private var pageByteCount: Int { encoder.pageByteCount + definitionLevels.byteCount + repetitionLevels.byteCount }

    // MARK: Pages

    private func endPage() throws(ParquetError) {
        guard pageSlotCount > 0 else { return }
        encoder.settle()
        let encoding = encoder.pageEncoding
        let raw = pageByteCount
        let page = try pageEncoder.encode(
            .data(DataPageHeader(valueCount: pageSlotCount, encoding: encoding)), column: leaf.name, fillPage)
        add(page, .data, encoding)
        if encoding == .plain {
            plainEstimate.learn(raw: raw, compressed: page.compressedByteCount)
        } else {
            codeEstimate.learn(raw: raw, compressed: page.compressedByteCount)
        }
        beginPage()
    }

    private func beginPage() {
        encoder.beginPage()
        definitionLevels.removeAll()
        repetitionLevels.removeAll()
        pageRowCount = 0
        pageSlotCount = 0
    }

    private func fillPage(_ output: inout ByteBuilder) {
        repetitionLevels.encode(appendingTo: &output)
        definitionLevels.encode(appendingTo: &output)
        encoder.encodePage(appendingTo: &output)
    }

    private func add(_ page: EncodedPage, _ type: PageType, _ encoding: Encoding) {
        if type == .dictionary { pages.insert(page, at: 0) } else { pages.append(page) }
        encodedByteCount += page.bytes.count
        if let index = encodingStatistics.firstIndex(where: { $0.pageType == type && $0.encoding == encoding }) {
            encodingStatistics[index].pageCount += 1
        } else {
            encodingStatistics.append(PageEncodingStatistics(type, encoding, pageCount: 1))
        }
    }

    // MARK: Chunks

    /// What the chunk takes with its open page and its dictionary uncompressed, its place in the footer included.
    var rawByteCount: Int {
        encodedByteCount + pageByteCount + encoder.dictionaryByteCount + 2 * ColumnWriter.headerByteCount + ColumnWriter.footerByteCount
    }

    /// What the chunk will take in the file, its place in the footer included. Costs a trial compression now and then while
    /// nothing was compressed yet.
    var estimatedByteCount: Int {
        let usesCodes = encoder.pageEncoding != .plain
        let raw = pageByteCount
        func trialPage() -> Int { pageEncoder.compressedByteCount(fillPage) }
        let open = usesCodes ? codeEstimate.bytes(for: raw, trial: trialPage) : plainEstimate.bytes(for: raw, trial: trialPage)
        let dictionary = dictionaryEstimate.bytes(for: encoder.dictionaryByteCount) {
            pageEncoder.compressedByteCount { [encoder] in encoder.encodeDictionary(appendingTo: &$0) }
        }
        let headers = (pageSlotCount > 0 ? 1 : 0) + (dictionary > 0 ? 1 : 0)
        return encodedByteCount + open + dictionary + headers * ColumnWriter.headerByteCount + ColumnWriter.footerByteCount
    }

    /// Closes the chunk, whose pages lie in the file from `offset` on, and begins the next.
    func endChunk(at offset: Int64) throws(ParquetError) -> FinishedChunk {
        try endPage()
        if encoder.dictionaryCount > 0 { try addDictionaryPage() }
        let result = FinishedChunk(metadata: metadata(at: offset), pages: pages.map(\.bytes))
        encoder.beginChunk()
        pages = []
        encodingStatistics = []
        encodedByteCount = 0
        chunkSlotCount = 0
        chunkValueCount = 0
        return result
    }

    private func addDictionaryPage() throws(ParquetError) {
        let page = try pageEncoder.encode(
            .dictionary(DictionaryPageHeader(valueCount: encoder.dictionaryCount, encoding: .plain)), column: leaf.name
        ) { [encoder] in encoder.encodeDictionary(appendingTo: &$0) }
        dictionaryEstimate.learn(raw: page.uncompressedByteCount, compressed: page.compressedByteCount)
        add(page, .dictionary, .plain)
    }

    private func metadata(at offset: Int64) -> ColumnChunk {
        var chunk = ColumnChunk(leaf.physicalType, path: leaf.path, codec: options.codec.parquetCodec)
        let hasDictionary = encodingStatistics.contains { $0.pageType == .dictionary }
        var encodings: Set<Int32> = Set(encodingStatistics.map(\.encoding.rawValue))
        if leaf.maximumDefinitionLevel > 0 { encodings.insert(Encoding.runLength.rawValue) }
        chunk.encodings = encodings.sorted().map { Encoding(rawValue: $0) }
        chunk.encodingStatistics = encodingStatistics
        chunk.valueCount = Int64(chunkSlotCount)
        chunk.uncompressedByteCount = pages.reduce(0) { $0 + Int64($1.headerByteCount + $1.uncompressedByteCount) }
        chunk.compressedByteCount = pages.reduce(0) { $0 + Int64($1.bytes.count) }
        chunk.dictionaryPageOffset = hasDictionary ? offset : nil
        chunk.dataPageOffset = hasDictionary ? offset + Int64(pages[0].bytes.count) : offset
        chunk.statistics = statistics
        return chunk
    }

    private var statistics: Statistics {
        var statistics = Statistics()
        statistics.nullCount = Int64(chunkSlotCount - chunkValueCount)
        if let bounds = encoder.bounds {
            statistics.minimum = bounds.minimum
            statistics.isMinimumExact = bounds.isMinimumExact
            statistics.maximum = bounds.maximum
            statistics.isMaximumExact = bounds.maximum == nil ? nil : bounds.isMaximumExact
        }
        return statistics
    }
}

extension ParquetError {
    fileprivate func named(_ leaf: LeafColumn) -> ParquetError {
        var error = self
        error.column = column ?? leaf.name
        return error
    }
}
