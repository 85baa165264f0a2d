import TarnBase
import TarnColumns
import TarnStorage
import TarnTable
import TarnTestSupport
import TarnWrite
import Testing

/// What a commit may ask of the store (SPEC.md 3), counted at the store.
@Suite struct RequestBudgetTests {
    private static let part: Int64 = 8 << 20

    /// A table in a bucket, where the writers' lock is made of requests too, or on a disk.
    private func withTable(inBucket: Bool, _ body: (inout ExampleTable) async throws -> Void) async throws {
        let runtime = Runtime(clock: SteppedClock(), random: SeededRandom(seed: 3))
        var table = ExampleTable(MemoryStore(runtime: runtime, hasLocks: !inBucket), runtime: runtime)
        try await table.create()
        try await body(&table)
    }

    /// Does a write and holds what the store saw against the budget.
    ///
    /// - Returns: The report, and the files written by their sizes.
    @discardableResult
    private func write(_ changes: ChangeBatch, to table: ExampleTable, ruledOut: Int? = nil) async throws -> (report: CommitReport, sizes: [Int64]) {
        let before = try await table.latestFiles()
        let stored = Dictionary(uniqueKeysWithValues: before.map { ($0.group, $0.size) })
        let objects = try await table.handle.store.contents(of: table.handle.path).count
        let store = MeteredStore(table.handle.store)
        let report = try await table.through(store).write(changes)
        #expect(report.requests + report.lookupRequests == store.counts, "what is reported is what the store saw")

        let instant = report.instant
        let written = try await table.latestFiles().filter { $0.instant == instant }
        #expect(Int64(written.count) == report.filesWritten)
        var budget = 14 + 3 * written.count + 2 * Set(written.map(\.partition)).count
        for file in written {
            if file.size > Self.part { budget += Int((file.size - 1) / Self.part) + 2 }
            budget += Int(max(0, (stored[file.group] ?? 0) - 1) / Self.part)
        }
        #expect(report.requests.total <= budget, "\(report.requests) of \(budget)")

        let lookup = report.lookupRequests
        #expect(lookup.list <= (objects + 999) / 1000)
        let gets = before.reduce(0) { $0 + 2 + Int($1.size / Self.part) }
        #expect(lookup.get <= gets - (ruledOut ?? 0), "\(lookup) of \(gets), \(ruledOut ?? 0) ruled out")
        #expect(lookup.total == lookup.get + lookup.list)
        return (report, written.map(\.size))
    }

    private func changes(_ ids: Range<Int>, places: Int, ts: Int64 = 1, kind: ChangeKind = .upsert) -> ChangeBatch {
        Change.batch(ids.map { Change(kind: kind, id: "\(1000 + $0)", place: "p\($0 % places)", ts: ts, n: Int32($0)) })
    }

    @Test(arguments: [false, true])
    func `a commit keeps to its budget of requests whatever it does`(inBucket: Bool) async throws {
        try await withTable(inBucket: inBucket) { table in
            // Inserts into new partitions, into one and into many files of a partition.
            #expect(try await write(changes(0..<40, places: 5), to: table).report.filesWritten == 5)
            #expect(try await write(changes(40..<41, places: 5), to: table, ruledOut: 5).report.filesWritten == 1)
            table.targetFileSize = .kibibytes(4)
            #expect(try await write(changes(100..<1500, places: 3), to: table).report.filesWritten > 9)
            // Updates of a few groups and of all, deletes, moves, all of them at once.
            try await write(changes(0..<10, places: 5, ts: 2), to: table)
            try await write(changes(0..<1500, places: 5, ts: 3), to: table)
            try await write(changes(0..<50, places: 5, ts: 4, kind: .delete), to: table)
            try await write(changes(0..<1600, places: 7, ts: 5), to: table)
            // Nothing: all of it is stale.
            let idle = try await write(changes(50..<60, places: 7, ts: 1), to: table)
            #expect(idle.report.instant == nil && idle.report.requests.put <= (inBucket ? 2 : 0))
        }
    }

    @Test func `files of several parts cost a request more for each`() async throws {
        try await withTable(inBucket: false) { table in
            table.targetFileSize = .mebibytes(64)
            table.memory = .mebibytes(512)
            // Text that does not shrink: 150 rows of 96 KiB.
            var random = SplitMix64(seed: 5)
            let rows = (0..<150).map { number -> [Cell] in
                let note = Bytes((0..<(96 << 10)).map { _ in UInt8(33 + random.next() % 90) })
                return [.text(Bytes("key-\(1000 + number)")), .text(Bytes("p")), .int(1), .null, .null, .text(note)]
            }
            let first = try await write(ChangeBatch(rows: RecordBatch(schema: ExampleTable.schema, rows: rows)), to: table)
            #expect(first.sizes.count == 1 && first.sizes[0] > Self.part)
            let update = try await write(Change.batch([Change(id: "key-1077", place: "p", ts: 2, n: 1)]), to: table)
            #expect(update.report.updated == 1 && update.report.lookupRequests.get == 2)
            // Its filter tells that this key is not there.
            let insert = try await write(Change.batch([Change(id: "key-1077x", place: "p2", ts: 2, n: 1)]), to: table, ruledOut: 1)
            #expect(insert.report.lookupRequests.get == 1)
        }
    }
}
