import TarnBase

/// Cuts the bytes of one column chunk into pages, through a window that moves along the chunk. With an offset index it can
/// pass over pages, and asks for no bytes between those wanted.
struct PageSource {
    enum Step {
        /// More of the file is needed to go on.
        case needs(Range<Int64>)
        /// The page as it lies in the file, behind its header.
        case page(PageHeader, body: Bytes, offset: Int64)
        /// A page that was passed over.
        case passed(PageHeader, offset: Int64)
        case end
    }

    /// Which pages are wanted, and where they lie.
    struct Plan {
        let index: OffsetIndex
        let rowCount: Int64
        /// Stretches of the file that hold wanted pages, rising; small gaps are part of them.
        let runs: [Range<Int64>]
    }

    private let end: Int64
    private let valueCount: Int64
    private let plan: Plan?
    /// With a plan: the data page to come.
    private var nextPage = 0
    /// With a plan: whether what stands before the first data page, a dictionary, was not read yet.
    private var isBeforeData = false
    /// With a plan: the rows that the index gives the data page returned last.
    private(set) var rowsOfLastPage: Range<Int64>?
    private let fetchBytes: Int
    private let limits: ReadLimits
    /// In the file: of the next page's header.
    private(set) var position: Int64
    private var window = Bytes()
    private var windowStart: Int64
    /// What follows the window, where the window is one page put together of two.
    private var behindWindow = Bytes()
    /// Where the page ends that did not lie in the window as a whole.
    private var wantedEnd: Int64?
    private var valuesSeen: Int64 = 0

    init(_ chunk: ColumnChunk, fetchBytes: Int, limits: ReadLimits, plan: Plan? = nil) throws(ParquetError) {
        let (end, overflow) = chunk.startOffset.addingReportingOverflow(chunk.compressedByteCount)
        guard !overflow, chunk.startOffset >= 0 else { throw .malformed("column chunk outside the file") }
        self.end = end
        self.fetchBytes = fetchBytes
        self.limits = limits
        valueCount = chunk.valueCount
        position = chunk.startOffset
        windowStart = position
        self.plan = plan
        if let first = plan?.index.pages.first { isBeforeData = position < first.offset }
    }

    /// Whether the page with `row` comes later than the next one, or at least later than those returned; false without a plan,
    /// or before the dictionary is read.
    func canSeek(toRow row: Int64, orIsNext: Bool) -> Bool {
        guard let plan, !isBeforeData else { return false }
        let page = plan.index.page(ofRow: row)
        return page > nextPage || (orIsNext && page == nextPage)
    }

    /// Whether nothing of the chunk was supplied yet.
    var isUntouched: Bool { window.isEmpty && valuesSeen == 0 && nextPage == 0 }

    /// Whether a dictionary may have to be read before anything is passed over.
    var mayBeBeforeDictionary: Bool { plan != nil && isBeforeData }

    /// Moves to the page with `row`; returns the row it begins with.
    mutating func seek(toRow row: Int64) -> Int64 {
        guard let plan else { preconditionFailure("without a plan there is nothing to seek by") }
        nextPage = plan.index.page(ofRow: row)
        return plan.index.pages[nextPage].firstRow
    }

    var heldByteCount: Int { window.retainedByteCount + behindWindow.retainedByteCount }

    /// Takes the bytes of the range asked for last.
    mutating func supply(_ bytes: Bytes) {
        let rest = window[Int(position - windowStart)..<window.count]
        // Of a page that began in the window its end is copied, not what comes after it.
        let missing = wantedEnd.map { min(bytes.count, max(0, Int($0 - position) - rest.count)) } ?? bytes.count
        wantedEnd = nil
        windowStart = position
        guard !rest.isEmpty else {
            (window, behindWindow) = (bytes, Bytes())
            return
        }
        var joined = ByteBuilder(capacity: rest.count + missing)
        joined.append(rest)
        joined.append(bytes[0..<missing])
        window = joined.finish()
        behindWindow = bytes[missing..<bytes.count]
    }

    private mutating func moveBehindWindow() {
        guard !behindWindow.isEmpty, position == windowStart + Int64(window.count) else { return }
        (window, windowStart, behindWindow) = (behindWindow, position, Bytes())
    }

    /// - Parameter isPassedOver: Whether a page is not wanted: the rest of it is not asked for.
    mutating func next(passingOver isPassedOver: (PageHeader) -> Bool = { _ in false }) throws(ParquetError) -> Step {
        if let plan {
            guard nextPage < plan.index.pages.count else { return .end }
            if !isBeforeData { move(to: plan.index.pages[nextPage].offset) }
        } else {
            guard valuesSeen < valueCount else { return .end }
        }
        guard position < end else { throw .malformed("column chunk ends after \(valuesSeen) of \(valueCount) values", at: Int(position)) }
        moveBehindWindow()
        let windowEnd = windowStart + Int64(window.count)
        let ahead = window[Int(position - windowStart)..<window.count]
        guard !ahead.isEmpty else { return .needs(range(from: windowEnd, atLeastTo: windowEnd)) }

        let header: PageHeader
        let headerByteCount: Int
        do { (header, headerByteCount) = try PageHeader.read(ahead, limits: limits) } catch {
            guard error.kind == .truncated, windowEnd < end else { throw error.placed(at: position, column: nil) }
            guard ahead.count < limits.pageHeaderBytes else { throw .limit("page header of more than \(limits.pageHeaderBytes) bytes", at: Int(position)) }
            return .needs(range(from: windowEnd, atLeastTo: windowEnd))
        }
        guard header.compressedByteCount <= limits.pageBytes, header.uncompressedByteCount <= limits.pageBytes else {
            throw .limit("page of \(header.uncompressedByteCount) bytes", at: Int(position))
        }
        let bodyStart = position + Int64(headerByteCount)
        let bodyEnd = bodyStart + Int64(header.compressedByteCount)
        guard bodyEnd <= end else { throw .malformed("page reaches beyond its column chunk", at: Int(position)) }
        let offset = position
        if isPassedOver(header) {
            try count(header, from: offset, to: bodyEnd)
            move(to: bodyEnd)
            return .passed(header, offset: offset)
        }
        guard bodyEnd <= windowEnd else {
            wantedEnd = bodyEnd
            return .needs(range(from: windowEnd, atLeastTo: bodyEnd))
        }
        let body = window[Int(bodyStart - windowStart)..<Int(bodyEnd - windowStart)]
        try count(header, from: offset, to: bodyEnd)
        position = bodyEnd
        return .page(header, body: body, offset: offset)
    }

    private mutating func count(_ header: PageHeader, from start: Int64, to end: Int64) throws(ParquetError) {
        switch header.content {
        case .data(let data): valuesSeen += Int64(data.valueCount)
        case .dataV2(let data): valuesSeen += Int64(data.valueCount)
        case .dictionary, .other: break
        }
        if let plan { try followPlan(plan, header, from: start, to: end) }
    }

    private mutating func move(to offset: Int64) {
        guard offset != position else { return }
        position = offset
        guard offset < windowStart || offset > windowStart + Int64(window.count) else { return }
        let behind = windowStart + Int64(window.count)
        if !behindWindow.isEmpty, (behind...(behind + Int64(behindWindow.count))).contains(offset) {
            (window, windowStart, behindWindow) = (behindWindow, behind, Bytes())
            return
        }
        (window, behindWindow) = (Bytes(), Bytes())
        windowStart = offset
    }

    /// Holds a page against what the index says of it.
    private mutating func followPlan(_ plan: Plan, _ header: PageHeader, from start: Int64, to end: Int64) throws(ParquetError) {
        rowsOfLastPage = nil
        if isBeforeData {
            isBeforeData = false
            return
        }
        let page = plan.index.pages[nextPage]
        switch header.content {
        case .data, .dataV2: break
        case .dictionary, .other: throw .malformed("the offset index leads to a page that holds no data", at: Int(start))
        }
        guard end == page.offset + Int64(page.byteCount) else { throw .malformed("a page of another size than the offset index says", at: Int(start)) }
        rowsOfLastPage = plan.index.rows(ofPage: nextPage, rowCount: plan.rowCount)
        nextPage += 1
    }

    private func range(from start: Int64, atLeastTo minimum: Int64) -> Range<Int64> {
        var limit = end
        if let plan {
            // Of the dictionary or the stretch of wanted pages that this is in.
            if isBeforeData { limit = plan.index.pages[0].offset }
            let place = isBeforeData ? limit : start
            if let run = plan.runs.first(where: { $0.contains(place) }) { limit = run.upperBound }
        }
        return start..<min(end, max(minimum, min(start + Int64(fetchBytes), limit), start + 1))
    }
}

extension PageSource.Plan {
    /// Gaps between wanted pages below this are read with them: another request costs more.
    private static let smallGap: Int64 = 64 << 10

    /// nil when `index` does not fit the chunk.
    init?(_ index: OffsetIndex, of chunk: ColumnChunk, rows: [Range<Int64>], rowCount: Int64) {
        guard index.fits(chunk, rowCount: rowCount) else { return nil }
        var runs: [Range<Int64>] = []
        for range in rows where !range.isEmpty {
            for number in index.page(ofRow: range.lowerBound)...index.page(ofRow: range.upperBound - 1) {
                let page = index.pages[number]
                let end = page.offset + Int64(page.byteCount)
                if let last = runs.last, page.offset - last.upperBound <= Self.smallGap {
                    runs[runs.count - 1] = last.lowerBound..<max(last.upperBound, end)
                } else {
                    runs.append(page.offset..<end)
                }
            }
        }
        // The dictionary stands in front of them.
        if let first = runs.first, first.lowerBound - index.pages[0].offset <= Self.smallGap { runs[0] = index.pages[0].offset..<first.upperBound }
        self.init(index: index, rowCount: rowCount, runs: runs)
    }
}
