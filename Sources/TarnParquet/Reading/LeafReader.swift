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
    private let options: ScanOptions
    private let decompressor: Decompressor
    var source: PageSource
    private(set) var dictionary: Column?
    /// Open pages, in order; those read to their end are dropped.
    var pages: [DataPage] = []
    private var isAtEnd = false
    /// Levels that were decoded but whose rows are not read yet; only where something repeats.
    private var definitionsAhead: [UInt8] = []
    private var repetitionsAhead: [UInt8] = []
    private var rowsBegunAhead = 0
    /// Of the row group: the row to be read next.
    var nextRow: Int64 = 0

    /// Levels decoded at a time while the ends of rows are looked for.
    private static let levelStep = 16 << 10
    /// Entries of lists after which a batch is cut, so that long lists do not fill the memory.
    private static let entriesPerBatch = 1 << 20

    init(
        _ leaf: LeafColumn, _ chunk: ColumnChunk, options: ScanOptions, decompressor: Decompressor, plan: PageSource.Plan? = nil
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

    var heldByteCount: Int { source.heldByteCount + pages.reduce(0) { $0 + $1.byteCount } + (dictionary?.retainedByteCount ?? 0) }

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

    private mutating func prepareRepeated(_ rows: Int) throws(ParquetError) -> Preparation {
        while true {
            // A row is known to be whole when the next one begins.
            let whole = isAtEnd && !pages.contains { $0.levelsLeft > 0 } ? rowsBegunAhead : rowsBegunAhead - 1
            if whole >= rows { return .ready(rows: rows) }
            if whole > 0, repetitionsAhead.count >= Self.entriesPerBatch { return .ready(rows: whole) }
            if let index = pages.firstIndex(where: { $0.levelsLeft > 0 }) {
                do { try decodeLevelsAhead(page: index) } catch { throw located(error, inPageAt: pages[index].offset) }
            } else if isAtEnd {
                guard whole > 0 else { throw .malformed("the column has fewer rows than its row group") }
                return .ready(rows: whole)
            } else if let range = try openPage() {
                return .needs(range)
            }
        }
    }

    private mutating func decodeLevelsAhead(page index: Int) throws(ParquetError) {
        let count = min(Self.levelStep, pages[index].levelsLeft)
        let start = repetitionsAhead.count
        guard start < options.limits.entriesPerRow else { throw .limit("a row of more than \(start) entries") }
        repetitionsAhead.append(contentsOf: repeatElement(0, count: count))
        definitionsAhead.append(contentsOf: repeatElement(0, count: count))
        let leaf = leaf
        var rowsBegun = 0
        try repetitionsAhead.withUnsafeMutableBufferPointer { (levels) throws(ParquetError) in
            guard let base = levels.baseAddress.map({ $0 + start }) else { return }
            try pages[index].repetition?.decode(base, count: count, maximum: leaf.maximumRepetitionLevel)
            if start == 0, base[0] != 0 { throw .malformed("the first row begins in its middle") }
            rowsBegun = count - LevelDecoding.count(base, count, atLeast: 1)
        }
        try definitionsAhead.withUnsafeMutableBufferPointer { (levels) throws(ParquetError) in
            guard let base = levels.baseAddress.map({ $0 + start }) else { return }
            try pages[index].definition?.decode(base, count: count, maximum: leaf.maximumDefinitionLevel)
        }
        rowsBegunAhead += rowsBegun
        pages[index].rowsBegun += rowsBegun
        pages[index].levelsLeft -= count
        pages[index].levelsAhead += count
        if pages[index].levelsLeft == 0, let expected = pages[index].expectedRows, expected != pages[index].rowsBegun {
            throw .malformed("a page of \(pages[index].rowsBegun) rows, the offset index says \(expected)")
        }
    }

    /// Opens the next page, of whatever kind; returns what is needed when it cannot.
    mutating func openPage() throws(ParquetError) -> Range<Int64>? {
        switch try source.next() {
        case .needs(let range): return range
        case .end: isAtEnd = true
        case .page(let header, let body, let offset):
            do { try open(header, body, offset) } catch { throw located(error, inPageAt: offset) }
        }
        return nil
    }

    mutating func open(_ header: PageHeader, _ body: Bytes, _ offset: Int64) throws(ParquetError) {
        if options.verifyChecksums, let expected = header.checksum, CRC32.checksum(of: body) != expected {
            throw ParquetError(.checksum, "the page's CRC-32 does not match")
        }
        if case .dictionary(let details) = header.content {
            guard dictionary == nil else { throw .malformed("a second dictionary in the chunk") }
            let page = try decompressor.page(body, to: header.uncompressedByteCount)
            dictionary = try DictionaryPage.decode(details, page, leaf: leaf)
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

    // MARK: Reading

    /// Takes the next `rows` rows, which ``prepare(_:)`` said are ready.
    mutating func read(_ rows: Int) throws(ParquetError) -> LeafRows {
        let firstPage = pages.first?.offset
        nextRow += Int64(rows)
        do {
            if leaf.maximumRepetitionLevel > 0 { return try readRepeated(rows) }
            return leaf.maximumDefinitionLevel <= 1 ? try readFlat(rows) : try readMembers(rows)
        } catch { throw located(error, inPageAt: firstPage) }
    }

    /// Columns of the schema, and required members of structs: definition levels are the bitmap.
    private mutating func readFlat(_ rows: Int) throws(ParquetError) -> LeafRows {
        var stretches: [Stretch] = []
        var present: Bitmap?
        if leaf.maximumDefinitionLevel == 0 {
            takeLevels(rows) { (_, count) in stretches.append(Stretch(levels: count, values: count)) }
        } else {
            let byteCount = (rows + 7) / 8
            var ones = 0
            let bits = try Bytes(unsafeUninitializedCapacity: byteCount + 8) { (buffer) throws(ParquetError) -> Int in
                guard let base = buffer.baseAddress else { return 0 }
                try takeLevels(rows) { (page, count) throws(ParquetError) in
                    let position = stretches.reduce(0) { $0 + $1.levels }
                    let values = try page.definition?.decodeBits(count: count, into: base, at: position) ?? 0
                    stretches.append(Stretch(levels: count, values: values))
                    ones += values
                }
                return byteCount
            }
            present = ones == rows ? nil : Bitmap(bits, count: rows)
        }
        let values = try readValues(stretches, slots: rows, present: present)
        return LeafRows(
            leaf: leaf, levelCount: rows, definitions: nil, repetitions: nil, slotCount: rows, present: present, values: values)
    }

    /// Members of nested structs, nothing repeated.
    private mutating func readMembers(_ rows: Int) throws(ParquetError) -> LeafRows {
        let maximum = leaf.maximumDefinitionLevel
        var stretches: [Stretch] = []
        let levels = try Bytes(unsafeUninitializedCapacity: rows) { (buffer) throws(ParquetError) -> Int in
            guard var base = buffer.baseAddress?.bindMemory(to: UInt8.self, capacity: rows) else { return 0 }
            try takeLevels(rows) { (page, count) throws(ParquetError) in
                try page.definition?.decode(base, count: count, maximum: maximum)
                stretches.append(Stretch(levels: count, values: LevelDecoding.count(base, count, atLeast: maximum)))
                base += count
            }
            return rows
        }
        return try finish(stretches, definitions: levels, repetitions: nil, levelCount: rows)
    }

    private mutating func readRepeated(_ rows: Int) throws(ParquetError) -> LeafRows {
        let levelCount = endOfRows(rows)
        let maximum = leaf.maximumDefinitionLevel
        var stretches: [Stretch] = []
        var position = 0
        var index = 0
        while position < levelCount {
            let count = min(pages[index].levelsAhead, levelCount - position)
            let values = definitionsAhead.withUnsafeBufferPointer { levels in
                levels.baseAddress.map { LevelDecoding.count($0 + position, count, atLeast: maximum) } ?? 0
            }
            pages[index].levelsAhead -= count
            stretches.append(Stretch(levels: count, values: values))
            position += count
            index += 1
        }
        let definitions = definitionsAhead.withUnsafeBytes { Bytes(copying: UnsafeRawBufferPointer(rebasing: $0[0..<levelCount])) }
        let repetitions = repetitionsAhead.withUnsafeBytes { Bytes(copying: UnsafeRawBufferPointer(rebasing: $0[0..<levelCount])) }
        definitionsAhead.removeFirst(levelCount)
        repetitionsAhead.removeFirst(levelCount)
        rowsBegunAhead -= rows
        return try finish(stretches, definitions: definitions, repetitions: repetitions, levelCount: levelCount)
    }

    /// How many levels the next `rows` rows have.
    private func endOfRows(_ rows: Int) -> Int {
        var begun = 0
        for (index, level) in repetitionsAhead.enumerated() where level == 0 {
            if begun == rows { return index }
            begun += 1
        }
        return repetitionsAhead.count
    }

    private mutating func finish(
        _ stretches: [Stretch], definitions: Bytes, repetitions: Bytes?, levelCount: Int
    ) throws(ParquetError) -> LeafRows {
        let entryLevel = leaf.entryLevel
        let slots = repetitions == nil
            ? levelCount
            : definitions.withValues(of: UInt8.self) { levels in
                levels.baseAddress.map { LevelDecoding.count($0, levelCount, atLeast: entryLevel) } ?? 0
            }
        let valueCount = stretches.reduce(0) { $0 + $1.values }
        var rows = LeafRows(
            leaf: leaf, levelCount: levelCount, definitions: definitions, repetitions: repetitions, slotCount: slots,
            present: nil, values: .fields([]))
        let present = valueCount == slots
            ? nil
            : rows.presence(
                definitionLevel: leaf.maximumDefinitionLevel, repetitionLevel: leaf.maximumRepetitionLevel, entryLevel: entryLevel)
        rows = LeafRows(
            leaf: leaf, levelCount: levelCount, definitions: definitions, repetitions: repetitions, slotCount: slots,
            present: present, values: try readValues(stretches, slots: slots, present: present))
        return rows
    }

    /// Goes through the pages that hold the next `count` levels.
    private mutating func takeLevels<Failure>(
        _ count: Int, _ body: (inout DataPage, Int) throws(Failure) -> Void
    ) throws(Failure) {
        var left = count
        var index = 0
        while left > 0 {
            let taken = min(left, pages[index].levelsLeft)
            try body(&pages[index], taken)
            pages[index].levelsLeft -= taken
            left -= taken
            index += 1
        }
    }

    /// Forgets what is open, to go on at a page further on.
    mutating func dropOpenPages() {
        pages = []
        definitionsAhead = []
        repetitionsAhead = []
        rowsBegunAhead = 0
    }

    /// Whether rows were begun that are not read yet.
    var hasOpenRows: Bool { !pages.isEmpty || !repetitionsAhead.isEmpty }

    // MARK: Values

    /// What a read takes of one page; the first stretch belongs to the first open page, and so on.
    private struct Stretch {
        let levels: Int
        let values: Int
    }

    private mutating func readValues(_ stretches: [Stretch], slots: Int, present: Bitmap?) throws(ParquetError) -> Column.Values {
        let values = ValueReading(leaf: leaf, dictionary: dictionary, slots: slots, present: present)
        let result: Column.Values
        switch leaf.storage {
        case .bits: result = .bits(try values.bits(&pages, stretches.map(\.values)))
        case .fixed(let width): result = .fixed(try values.fixed(&pages, stretches.map(\.values), width: width))
        case .views: result = try values.views(&pages, stretches.map(\.values))
        }
        pages.removeAll { $0.levelsLeft == 0 && $0.levelsAhead == 0 }
        return result
    }

    /// What is wrong inside a page is said with the page's place in the file: offsets within it would be of what was
    /// decompressed.
    func located(_ error: ParquetError, inPageAt offset: Int64?) -> ParquetError {
        var located = error
        located.column = error.column ?? leaf.name
        located.offset = offset
        return located
    }
}

extension RunLengthDecoder {
    fileprivate mutating func decode(
        _ target: UnsafeMutablePointer<UInt8>, count: Int, maximum: Int
    ) throws(ParquetError) {
        try LevelDecoding.decode(&self, count: count, maximum: maximum, into: target)
    }
}
