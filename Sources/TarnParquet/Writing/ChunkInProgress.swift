import TarnBase

/// The pages of a chunk that are complete, some of them perhaps not compressed yet, and what is known of them.
struct ChunkInProgress {
    /// What a page shrank to, for estimates.
    struct Learnable {
        let encoding: Encoding
        let raw: Int
        let compressed: Int
    }

    private let leaf: LeafColumn
    private var summary: ChunkSummary
    /// In their order; the dictionary apart.
    private var pages: [PageWork.Page] = []
    private var dictionaryPage: PageWork.Page?
    private var sizes: [(encoding: Encoding, raw: Int)] = []
    private var learntCount = 0
    private var encodingStatistics: [PageEncodingStatistics] = []
    private var encodedByteCount = 0
    /// What pages that are not compressed yet take at most.
    private(set) var rawPageByteCount = 0
    /// Which of the pages are not compressed yet: always the last ones, and perhaps the dictionary's.
    private(set) var rawPages: [Int] = []

    private static let dictionaryPlace = -1

    init(_ leaf: LeafColumn) {
        self.leaf = leaf
        summary = ChunkSummary(BoundOrder(leaf))
    }

    /// So far; never less once all pages are compressed.
    var byteCount: Int { encodedByteCount + rawPageByteCount }
    var pageCount: Int { pages.count }
    var hasDictionary: Bool { dictionaryPage != nil }
    var dictionary: EncodedPage? { dictionaryPage?.encoded }

    // MARK: Pages

    /// - Parameter estimated: What the page's size was estimated from.
    mutating func add(_ page: PageWork.Page, _ contents: PageSummary, _ type: PageType, _ encoding: Encoding, estimated: Int) {
        summary.add(contents)
        sizes.append((encoding, estimated))
        note(page, at: pages.count, type, encoding)
        pages.append(page)
    }

    mutating func addDictionary(_ page: PageWork.Page) {
        note(page, at: ChunkInProgress.dictionaryPlace, .dictionary, .plain)
        dictionaryPage = page
    }

    private mutating func note(_ page: PageWork.Page, at place: Int, _ type: PageType, _ encoding: Encoding) {
        switch page {
        case .encoded(let page): encodedByteCount += page.bytes.count
        case .raw(let page):
            // No codec makes more of it, its header included.
            rawPageByteCount += page.bytes.count + page.bytes.count / 6 + 256
            rawPages.append(place)
        }
        if let index = encodingStatistics.firstIndex(where: { $0.pageType == type && $0.encoding == encoding }) {
            encodingStatistics[index].pageCount += 1
        } else {
            encodingStatistics.append(PageEncodingStatistics(type, encoding, pageCount: 1))
        }
    }

    /// - Parameter index: Into ``rawPages``.
    func rawPage(at index: Int) -> RawPage {
        let place = rawPages[index]
        guard case .raw(let page)? = place == ChunkInProgress.dictionaryPlace ? dictionaryPage : pages[place] else {
            preconditionFailure("a page that is compressed already")
        }
        return page
    }

    /// Supplies all of ``rawPages`` compressed.
    mutating func supply(_ encoded: [EncodedPage]) {
        precondition(encoded.count == rawPages.count)
        for (place, page) in zip(rawPages, encoded) {
            if place == ChunkInProgress.dictionaryPlace { dictionaryPage = .encoded(page) } else { pages[place] = .encoded(page) }
            encodedByteCount += page.bytes.count
        }
        rawPages = []
        rawPageByteCount = 0
    }

    /// What can be learnt from pages compressed since the last call, in their order.
    mutating func takeLearnable() -> [Learnable] {
        var learnable: [Learnable] = []
        while learntCount < pages.count, let page = pages[learntCount].encoded {
            let size = sizes[learntCount]
            learnable.append(Learnable(encoding: size.encoding, raw: size.raw, compressed: page.compressedByteCount))
            learntCount += 1
        }
        return learnable
    }

    // MARK: The chunk

    /// - Parameter offset: In the file, of the first page.
    func finish(at offset: Int64, _ options: ParquetWriteOptions, _ bloomFilter: Bytes?) -> FinishedChunk {
        let data = pages.compactMap(\.encoded)
        precondition(data.count == pages.count && (dictionaryPage == nil || dictionary != nil), "a page is not compressed")
        let all = (dictionary.map { [$0] } ?? []) + data
        var chunk = ColumnChunk(leaf.physicalType, path: leaf.path, codec: options.codec.parquetCodec)
        var encodings: Set<Int32> = Set(encodingStatistics.map(\.encoding.rawValue))
        if leaf.maximumDefinitionLevel > 0 { encodings.insert(Encoding.runLength.rawValue) }
        chunk.encodings = encodings.sorted().map { Encoding(rawValue: $0) }
        chunk.encodingStatistics = encodingStatistics
        chunk.valueCount = Int64(summary.slotCount)
        chunk.uncompressedByteCount = all.reduce(0) { $0 + Int64($1.headerByteCount + $1.uncompressedByteCount) }
        chunk.compressedByteCount = all.reduce(0) { $0 + Int64($1.bytes.count) }
        chunk.dictionaryPageOffset = dictionary == nil ? nil : offset
        chunk.dataPageOffset = offset + Int64(dictionary?.bytes.count ?? 0)
        chunk.statistics = summary.statistics
        if options.writesSizeStatistics { chunk.sizeStatistics = summary.sizeStatistics }
        var finished = FinishedChunk(metadata: chunk, pages: all.map(\.bytes))
        finished.indexes.bloomFilter = bloomFilter
        if options.writesPageIndex {
            finished.indexes.columnIndex = summary.columnIndex?.encoded()
            finished.indexes.offsetIndex = summary.offsetIndex(from: chunk.dataPageOffset, byteCounts: data.map(\.bytes.count)).encoded()
        }
        return finished
    }
}
