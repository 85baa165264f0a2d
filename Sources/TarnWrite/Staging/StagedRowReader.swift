import TarnBase
import TarnColumns

/// Reads staged rows back, any of them by its offset.
struct StagedRowReader: Sendable {
    let coder: RowCoder
    let rows: SealedBytes

    /// The rows of changes that have one, in their order: the table's columns, and the event time last.
    func gather(_ changes: [PlacedChange]) throws -> RecordBatch {
        var places: [Range<Int>] = []
        places.reserveCapacity(changes.count)
        var total = 0
        for change in changes {
            places.append(total..<(total + Int(change.rowLength)))
            total += Int(change.rowLength)
        }
        let bytes = try Bytes(unsafeUninitializedCapacity: total) { buffer in
            guard let base = buffer.baseAddress else { return 0 }
            for (change, place) in zip(changes, places) {
                try rows.copy(change.rowOffset..<(change.rowOffset + Int64(change.rowLength)), to: base + place.lowerBound)
            }
            return total
        }
        return try coder.decode(bytes, rows: places)
    }
}
