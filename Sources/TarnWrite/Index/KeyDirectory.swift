import TarnBase
import TarnColumns

/// The distinct keys of a write, or of a slice of it, each with the change that wins within the write.
///
/// Built from index records in the order of arrival; records that lose are dropped. Open addressing over slots of a hash
/// tag and an entry number, at most half full: 16 to 32 bytes a key beside the 41 of its record and mark.
///
/// One owner builds it and marks entries; once it is built, any number of tasks may find keys in it.
// Sendable: after the last `add` entries and slots do not change, and marks belong to the owner alone.
package final class KeyDirectory: @unchecked Sendable {
    /// Memory for `count` records and their slots.
    package static func byteCount(records count: Int) -> Int {
        count * (IndexRecord.byteCount + 1) + slotCount(records: count) * MemoryLayout<UInt64>.size
    }

    /// How many records fit into `bytes`.
    package static func recordCount(fitting bytes: Int) -> Int { max(1, bytes / (IndexRecord.byteCount + 1 + 32)) }

    private static func slotCount(records count: Int) -> Int {
        var slots = 16
        while slots < count * 2 { slots <<= 1 }
        return slots
    }

    private let entries: UnsafeMutablePointer<IndexRecord>
    /// Which keys were met in the table.
    private let marks: UnsafeMutablePointer<Bool>
    private let capacity: Int
    private let slots: UnsafeMutablePointer<UInt64>
    private let slotMask: UInt64
    /// Distinct keys.
    package private(set) var count = 0
    /// Changes that lost to another change of the same key.
    package private(set) var duplicateCount: Int64 = 0

    /// - Parameter capacity: The number of records that will be added at most.
    package init(capacity: Int) {
        precondition(capacity >= 0 && capacity < Int(UInt32.max))
        self.capacity = capacity
        entries = .allocate(capacity: max(1, capacity))
        marks = .allocate(capacity: max(1, capacity))
        marks.initialize(repeating: false, count: max(1, capacity))
        let slotCount = Self.slotCount(records: capacity)
        slots = .allocate(capacity: slotCount)
        slots.initialize(repeating: 0, count: slotCount)
        slotMask = UInt64(slotCount - 1)
    }

    deinit {
        entries.deallocate()
        marks.deallocate()
        slots.deallocate()
    }

    /// Adds the next change in the order of arrival.
    package func add(_ record: IndexRecord) {
        var slot = record.hashLow & slotMask
        while slots[Int(slot)] != 0 {
            if let entry = entry(in: slots[Int(slot)], low: record.hashLow, high: record.hashHigh) {
                fold(record, into: entry)
                duplicateCount += 1
                return
            }
            slot = (slot &+ 1) & slotMask
        }
        precondition(count < capacity)
        entries[count] = record
        entries[count].deletesStored = record.kind == .deleteByKey
        slots[Int(slot)] = Self.tag(record.hashLow) | UInt64(count + 1)
        count += 1
    }

    package subscript(entry: Int) -> IndexRecord {
        precondition(entry >= 0 && entry < count)
        return entries[entry]
    }

    package func isFound(_ entry: Int) -> Bool {
        precondition(entry >= 0 && entry < count)
        return marks[entry]
    }

    package func markFound(_ entry: Int) {
        precondition(entry >= 0 && entry < count)
        marks[entry] = true
    }

    /// Calls `body` with the row and the entry of every key of `hashes` that is in the directory.
    @inline(__always)
    func forEachMatch(_ hashes: KeyHashes, _ body: (_ row: Int, _ entry: Int) throws -> Void) rethrows {
        try hashes.bytes.withValues(of: KeyHashes.Value.self) { values in
            for row in 0..<values.count {
                if let entry = find(low: values[row].low, high: values[row].high) { try body(row, entry) }
            }
        }
    }

    @inline(__always)
    package func find(low: UInt64, high: UInt64) -> Int? {
        var slot = low & slotMask
        while true {
            let content = slots[Int(slot)]
            if content == 0 { return nil }
            if let entry = entry(in: content, low: low, high: high) { return entry }
            slot = (slot &+ 1) & slotMask
        }
    }

    @inline(__always)
    private func entry(in slot: UInt64, low: UInt64, high: UInt64) -> Int? {
        guard slot & 0xFFFF_FFFF_0000_0000 == Self.tag(low) else { return nil }
        let entry = Int(slot & 0xFFFF_FFFF) - 1
        return entries[entry].hashLow == low && entries[entry].hashHigh == high ? entry : nil
    }

    /// The upper half of the hash: the lower bits chose the slot.
    @inline(__always)
    private static func tag(_ low: UInt64) -> UInt64 { low & 0xFFFF_FFFF_0000_0000 }

    /// The rule of one write: the greatest ordering value wins, of equals the later change. A delete by key takes the
    /// ordering of the winner so far, so it always wins over what came before.
    private func fold(_ record: IndexRecord, into entry: Int) {
        let winner = entries[entry]
        var next = record
        if record.kind == .deleteByKey {
            next.ordering = winner.ordering
        } else if record.ordering < winner.ordering {
            return
        }
        next.deletesStored = winner.deletesStored || record.kind == .deleteByKey
        entries[entry] = next
    }
}
