import TarnBase
import TarnStorage
import TarnTable
import TarnTestSupport
import TarnWrite
import Testing

/// Batches that do not fit in memory, and writes by several tasks: the same table comes out.
@Suite struct LargeBatchTests {
    private func table(_ seed: UInt64) async throws -> ExampleTable {
        let runtime = Runtime.simulated(clock: SimulatedClock(), seed: seed)
        let table = ExampleTable(MemoryStore(runtime: runtime), runtime: runtime)
        try await table.create()
        return table
    }

    /// Keys from a small space, so that many meet stored rows and each other, with every kind of change.
    private func changes(_ count: Int, _ random: inout SplitMix64) -> [Change] {
        (0..<count).map { _ in
            let kind: ChangeKind = [.upsert, .upsert, .upsert, .delete, .deleteByKey][Int(random.next() % 5)]
            return Change(
                kind: kind, id: "\(random.next() % 9000)", place: "p\(random.next() % 4)", ts: Int64(random.next() % 20), n: Int32(random.next() % 1000))
        }
    }

    @Test func `a batch looked up in several passes leaves what the model holds`() async throws {
        try await withSeed { random, seed in
            var table = try await table(seed)
            // Room for some 3,500 keys in the directory: three passes of 9,000; places and keys spill too.
            table.memory = .mebibytes(1)
            table.targetFileSize = .kibibytes(64)
            var model = TableModel()
            for batch in 0..<3 {
                let changes = changes(9000, &random)
                model.write(changes)
                let report = try await table.write(changes)
                #expect(
                    report.rowsIn == report.inserted + report.updated + report.deleted + report.stale + report.duplicates, "TARN_SEED=\(seed)")
                #expect(try await model.differs(from: table.rows()) == nil, "batch \(batch), TARN_SEED=\(seed)")
            }
        }
    }

    @Test func `files are the same however many tasks write them`() async throws {
        try await withSeed { random, seed in
            let batches = (0..<3).map { _ in changes(1500, &random) }
            var contents: [[ObjectPath: Bytes]] = []
            for concurrency in [1, 2, 7] {
                var table = try await table(seed)
                table.concurrency = concurrency
                table.targetFileSize = .kibibytes(12)
                for batch in batches { try await table.write(batch) }
                contents.append(try await table.handle.store.contents().filter { $0.key.name.hasSuffix(".parquet") })
            }
            #expect(contents[0].count > 12)
            #expect(contents[0] == contents[1] && contents[0] == contents[2], "TARN_SEED=\(seed)")
        }
    }
}
