import TarnTable
import TarnTestSupport
import TarnWrite
import Testing

@Suite struct KeyDirectoryTests {
    private func change(_ key: UInt64, _ kind: ChangeKind, _ ordering: Int64, row: Int64 = 0) -> IndexRecord {
        IndexRecord(
            hash: (key &* 0x9E37_79B9_7F4A_7C15, ~key), ordering: ordering, kind: kind, rowOffset: row, rowLength: kind == .upsert ? 1 : 0, partition: 0)
    }

    /// The winner of a history of one key, and what becomes of a stored row of ordering value 5.
    private func outcome(_ history: [(ChangeKind, Int64)], operation: WriteOperation = .upsert) -> (row: Int64, decision: Decision) {
        let directory = KeyDirectory(capacity: history.count)
        for (row, step) in history.enumerated() { directory.add(change(7, step.0, step.1, row: Int64(row))) }
        return (directory[0].rowOffset, .of(directory[0], storedOrdering: 5, samePartition: true, operation: operation))
    }

    @Test func `of one key the greatest ordering value wins, of equals the later`() {
        #expect(outcome([(.upsert, 3), (.upsert, 9), (.upsert, 8)]) == (1, .update))
        #expect(outcome([(.upsert, 9), (.upsert, 9)]) == (1, .update))
        #expect(outcome([(.upsert, 4), (.upsert, 3)]) == (0, .stale))
        #expect(outcome([(.upsert, 5)]) == (0, .update))
    }

    @Test func `the table of delete cases holds`() {
        #expect(outcome([(.delete, 7)]).decision == .delete)
        #expect(outcome([(.delete, 5)]).decision == .delete)
        #expect(outcome([(.delete, 3)]).decision == .stale)
        #expect(outcome([(.deleteByKey, .min)]).decision == .delete)
        #expect(outcome([(.upsert, 9), (.delete, 7)]) == (0, .update))
        #expect(outcome([(.delete, 7), (.upsert, 6)]).decision == .delete)
        #expect(outcome([(.delete, 7), (.upsert, 7)]) == (1, .update))
        #expect(outcome([(.upsert, 9), (.deleteByKey, .min)]).decision == .delete)
    }

    @Test func `an insert older than what a delete by key removed does not bring the key back`() {
        #expect(outcome([(.deleteByKey, .min), (.upsert, 4)]).decision == .delete)
        #expect(outcome([(.deleteByKey, .min), (.upsert, 6)]) == (1, .update))
        #expect(outcome([(.upsert, 9), (.deleteByKey, .min), (.upsert, 8)]).decision == .delete)
    }

    @Test func `inserting a stored key leaves the stored row`() {
        #expect(outcome([(.upsert, 9)], operation: .insert).decision == .alreadyStored)
    }

    @Test func `a directory holds what a dictionary holds`() {
        var random = SplitMix64(seed: 11)
        var model: [UInt64: (Int64, Int64)] = [:]
        let directory = KeyDirectory(capacity: 20_000)
        for row in 0..<20_000 as Range<Int64> {
            let key = random.next() % 7000
            let ordering = Int64(random.next() % 50)
            directory.add(change(key, .upsert, ordering, row: row))
            if ordering >= model[key]?.0 ?? .min { model[key] = (ordering, row) }
        }
        #expect(directory.count == model.count)
        #expect(directory.duplicateCount == Int64(20_000 - model.count))
        for key in 0..<8000 as Range<UInt64> {
            let probe = change(key, .upsert, 0)
            let entry = directory.find(low: probe.hashLow, high: probe.hashHigh)
            #expect(entry.map { directory[$0].rowOffset } == model[key]?.1)
        }
    }
}
