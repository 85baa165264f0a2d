import TarnBase
import TarnStorage

/// Records in ascending order, in memory or in a scratch file. Immutable: any number may read at the same time.
package struct SortedRecords<Record: SortableRecord>: Sendable {
    private enum Place {
        case memory([Record])
        case file(ScratchFile)
    }

    private let place: Place
    package let count: Int64

    init(_ records: [Record]) {
        place = .memory(records)
        count = Int64(records.count)
    }

    init(_ file: ScratchFile, count: Int64) {
        place = .file(file)
        self.count = count
    }

    /// Goes through the records at `range`.
    package func cursor(_ range: Range<Int64>) throws -> SortedCursor<Record> {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        return try SortedCursor(self, range)
    }

    package func cursor() throws -> SortedCursor<Record> { try cursor(0..<count) }

    fileprivate func read(_ range: Range<Int64>) throws -> ArraySlice<Record> {
        switch place {
        case .memory(let records): return records[Int(range.lowerBound)..<Int(range.upperBound)]
        case .file(let file):
            let stride = MemoryLayout<Record>.stride
            let bytes = try file.read((range.lowerBound * Int64(stride))..<(range.upperBound * Int64(stride)))
            return bytes.withValues(of: Record.self) { Array($0)[...] }
        }
    }
}

/// Goes through a stretch of sorted records from first to last. One owner.
package struct SortedCursor<Record: SortableRecord> {
    private let records: SortedRecords<Record>
    private var left: Range<Int64>
    private var ahead: ArraySlice<Record> = []

    fileprivate init(_ records: SortedRecords<Record>, _ range: Range<Int64>) throws {
        self.records = records
        left = range
        try readAhead()
    }

    /// The next record without taking it; nil at the end.
    package var first: Record? { ahead.first }

    package mutating func next() throws -> Record? {
        guard let record = ahead.popFirst() else { return nil }
        if ahead.isEmpty { try readAhead() }
        return record
    }

    private mutating func readAhead() throws {
        let range = left.lowerBound..<min(left.upperBound, left.lowerBound + 2048)
        guard !range.isEmpty else { return }
        ahead = try records.read(range)
        left = range.upperBound..<left.upperBound
    }
}
