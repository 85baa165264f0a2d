import TarnBase
import TarnColumns

/// Reads one leaf column of one row group, a stretch of rows at a time.
///
/// ``prepare(_:)`` opens the pages a stretch needs, ``read(_:)`` takes the rows. Both halves are apart so that all columns of
/// a batch agree on its rows before any of them moves.
struct LeafReader {
    enum Preparation {
        case needs(Range<Int64>)
        /// So many rows can be read, at least one and at most what was asked for.
        case ready(rows: Int)
    }

    let leaf: LeafColumn
    let options: ScanOptions
    private let decompressor: PageDecompressor
    var source: PageSource
    /// As soon as a page needs it.
    private(set) var dictionary: Column?
    /// The dictionary's page, as long as none did.
    private var storedDictionary: StoredDictionary?
    /// Open pages, in order; those read to their end are dropped.
    var pages: [DataPage] = []
    private(set) var isAtEnd = false
    /// Levels that were decoded but whose rows are not read yet; only where something repeats.
    var definitionsAhead: [UInt8] = []
    var repetitionsAhead: [UInt8] = []
    var rowsBegunAhead = 0
    /// Of the row group: the row to be read next.
    var nextRow: Int64 = 0

    init(
        _ leaf: LeafColumn, _ chunk: ColumnChunk, options: ScanOptions, decompressor: PageDecompressor, plan: PageSource.Plan? = nil
    ) throws(ParquetError) {
        guard !chunk.isEncrypted else { throw .unsupported("an encrypted column", column: leaf.name) }
        guard chunk.filePath == nil else { throw .unsupported("a column in another file", column: leaf.name) }
        self.leaf = leaf
        self.options = options
        self.decompressor = decompressor
        source = try PageSource(chunk, fetchBytes: options.fetchBytes, limits: options.limits, plan: plan)
    }

    mutating func supply(_ bytes: Bytes) { source.supply(bytes) }

    /// Whether all values of the chunk were read.
    var isExhausted: Bool { pages.isEmpty && repetitionsAhead.isEmpty }

    var heldByteCount: Int {
        source.heldByteCount + pages.reduce(0) { $0 + $1.byteCount } + (dictionary?.retainedByteCount ?? 0) + (storedDictionary?.body.retainedByteCount ?? 0)
    }

    var work: ScanWork { decompressor.work }

    // MARK: Preparing

    mutating func prepare(_ rows: Int) throws(ParquetError) -> Preparation {
        do {
            return leaf.maximumRepetitionLevel == 0 ? try prepareFlat(rows) : try prepareRepeated(rows)
        } catch { throw located(error, inPageAt: error.offset) }
    }

    private mutating func prepareFlat(_ rows: Int) throws(ParquetError) -> Preparation {
        while true {
            var available = 0
            var byteCount = 0
            for page in pages {
                available += page.levelsLeft
                byteCount += page.byteCount
            }
            if available >= rows || (available > 0 && (isAtEnd || byteCount >= options.batchBytes)) {
                return .ready(rows: min(available, rows))
            }
            guard !isAtEnd else { throw .malformed("the column has fewer rows than its row group") }
            if let range = try openPage() { return .needs(range) }
        }
    }

    /// Opens the next page, of whatever kind; returns what is needed when it cannot.
    mutating func openPage() throws(ParquetError) -> Range<Int64>? {
        switch try source.next() {
        case .needs(let range): return range
        case .end: isAtEnd = true
        case .passed: break
        case .page(let header, let body, let offset): try open(header, body, offset)
        }
        return nil
    }

    mutating func open(_ header: PageHeader, _ body: Bytes, _ offset: Int64) throws(ParquetError) {
        if header.holdsCodes { try decodeDictionary() }
        do { try openLocated(header, body, offset) } catch { throw located(error, inPageAt: offset) }
    }

    private mutating func openLocated(_ header: PageHeader, _ body: Bytes, _ offset: Int64) throws(ParquetError) {
        if options.verifyChecksums, let expected = header.checksum, CRC32.checksum(of: body) != expected {
            throw ParquetError(.checksum, "the page's CRC-32 does not match")
        }
        if case .dictionary(let details) = header.content {
            guard dictionary == nil, storedDictionary == nil else { throw .malformed("a second dictionary in the chunk") }
            storedDictionary = StoredDictionary(header: details, uncompressedByteCount: header.uncompressedByteCount, body: body, offset: offset)
            return
        }
        let page = try DataPage(
            header, body: body, offset: offset, leaf: leaf, decompressor: decompressor, limits: options.limits)
        guard var page else { return }
        if let expected = source.rowsOfLastPage?.count {
            guard leaf.maximumRepetitionLevel > 0 || page.levelsLeft == expected else {
                throw .malformed("a page of \(page.levelsLeft) rows, the offset index says \(expected)")
            }
            page.expectedRows = expected
        }
        if page.levelsLeft > 0 { pages.append(page) }
    }

    /// Decodes the dictionary, if there is one that is not decoded yet. Pages that hold no codes can do without.
    mutating func decodeDictionary() throws(ParquetError) {
        guard let stored = storedDictionary else { return }
        do {
            let page = try decompressor.page(stored.body, to: stored.uncompressedByteCount)
            let decoded = try DictionaryPage.decode(stored.header, page, leaf: leaf)
            work.decodedValueCount += Int64(decoded.count)
            dictionary = decoded
            storedDictionary = nil
        } catch { throw located(error, inPageAt: stored.offset) }
    }

    /// Whether the chunk's dictionary was read.
    var hasDictionary: Bool { dictionary != nil || storedDictionary != nil }

    /// Forgets what is open, to go on at a page further on.
    mutating func dropOpenPages() {
        pages = []
        definitionsAhead = []
        repetitionsAhead = []
        rowsBegunAhead = 0
    }

    /// Whether rows were begun that are not read yet.
    var hasOpenRows: Bool { !pages.isEmpty || !repetitionsAhead.isEmpty }

    /// What is wrong inside a page is said with the page's place in the file: offsets within it would be of what was
    /// decompressed.
    func located(_ error: ParquetError, inPageAt offset: Int64?) -> ParquetError {
        var located = error
        located.column = error.column ?? leaf.name
        located.offset = offset
        return located
    }
}

/// A dictionary page as it lies in the file.
private struct StoredDictionary {
    let header: DictionaryPageHeader
    let uncompressedByteCount: Int
    let body: Bytes
    let offset: Int64
}

extension PageHeader {
    /// Whether the values are indices into a dictionary.
    fileprivate var holdsCodes: Bool {
        switch content {
        case .data(let data): data.encoding.isDictionary
        case .dataV2(let data): data.encoding.isDictionary
        case .dictionary, .other: false
        }
    }
}
