/// Changes in the order in which files are written, found by their destination. Immutable.
package struct PlacedChanges: Sendable {
    private let records: SortedRecords<PlacedChange>
    private let ranges: [UInt32: Range<Int64>]

    init(_ records: SortedRecords<PlacedChange>) throws {
        var ranges: [UInt32: Range<Int64>] = [:]
        var start: Int64 = 0
        var position: Int64 = 0
        var cursor = try records.cursor()
        while let change = try cursor.next() {
            position += 1
            if cursor.first?.destination != change.destination {
                ranges[change.destination] = start..<position
                start = position
            }
        }
        self.records = records
        self.ranges = ranges
    }

    package var count: Int64 { records.count }

    package func count(for destination: Int) -> Int64 { ranges[UInt32(destination)].map { $0.upperBound - $0.lowerBound } ?? 0 }

    /// The changes of one destination, in order; none for nil.
    package func cursor(for destination: Int?) throws -> SortedCursor<PlacedChange> {
        try records.cursor(destination.flatMap { ranges[UInt32($0)] } ?? 0..<0)
    }
}
