import TarnBase

/// Cuts the bytes of one column chunk into pages, through a window that moves along the chunk.
struct PageSource {
    enum Step {
        /// More of the file is needed to go on.
        case needs(Range<Int64>)
        /// The page as it lies in the file, behind its header.
        case page(PageHeader, body: Bytes, offset: Int64)
        case end
    }

    private let end: Int64
    private let valueCount: Int64
    private let fetchBytes: Int
    private let limits: ReadLimits
    /// In the file: of the next page's header.
    private(set) var position: Int64
    private var window = Bytes()
    private var windowStart: Int64
    private var valuesSeen: Int64 = 0

    init(_ chunk: ColumnChunk, fetchBytes: Int, limits: ReadLimits) throws(ParquetError) {
        let (end, overflow) = chunk.startOffset.addingReportingOverflow(chunk.compressedByteCount)
        guard !overflow, chunk.startOffset >= 0 else { throw .malformed("column chunk outside the file") }
        self.end = end
        self.fetchBytes = fetchBytes
        self.limits = limits
        valueCount = chunk.valueCount
        position = chunk.startOffset
        windowStart = position
    }

    /// Takes the bytes of the range asked for last.
    mutating func supply(_ bytes: Bytes) {
        let rest = window[Int(position - windowStart)..<window.count]
        if rest.isEmpty {
            window = bytes
        } else {
            var joined = ByteBuilder(capacity: rest.count + bytes.count)
            joined.append(rest)
            joined.append(bytes)
            window = joined.finish()
        }
        windowStart = position
    }

    mutating func next() throws(ParquetError) -> Step {
        guard valuesSeen < valueCount else { return .end }
        guard position < end else { throw .malformed("column chunk ends after \(valuesSeen) of \(valueCount) values", at: Int(position)) }
        let windowEnd = windowStart + Int64(window.count)
        let ahead = window[Int(position - windowStart)..<window.count]
        guard !ahead.isEmpty else { return .needs(range(from: windowEnd, atLeastTo: windowEnd)) }

        var reader = CompactReader(ahead, maximumDepth: limits.depth)
        let header: PageHeader
        do { header = try PageHeader(reading: &reader) } catch {
            guard error.kind == .truncated, windowEnd < end else { throw error.placed(at: position, column: nil) }
            guard ahead.count < limits.pageHeaderBytes else { throw .limit("page header of more than \(limits.pageHeaderBytes) bytes", at: Int(position)) }
            return .needs(range(from: windowEnd, atLeastTo: windowEnd))
        }
        guard header.compressedByteCount <= limits.pageBytes, header.uncompressedByteCount <= limits.pageBytes else {
            throw .limit("page of \(header.uncompressedByteCount) bytes", at: Int(position))
        }
        let bodyStart = position + Int64(reader.offset)
        let bodyEnd = bodyStart + Int64(header.compressedByteCount)
        guard bodyEnd <= end else { throw .malformed("page reaches beyond its column chunk", at: Int(position)) }
        guard bodyEnd <= windowEnd else { return .needs(range(from: windowEnd, atLeastTo: bodyEnd)) }

        let body = window[Int(bodyStart - windowStart)..<Int(bodyEnd - windowStart)]
        defer { position = bodyEnd }
        switch header.content {
        case .data(let data): valuesSeen += Int64(data.valueCount)
        case .dataV2(let data): valuesSeen += Int64(data.valueCount)
        case .dictionary, .other: break
        }
        return .page(header, body: body, offset: position)
    }

    private func range(from start: Int64, atLeastTo minimum: Int64) -> Range<Int64> {
        start..<max(minimum, min(start + Int64(fetchBytes), end))
    }
}
