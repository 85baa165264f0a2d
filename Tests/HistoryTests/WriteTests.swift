import TarnBase
import TarnColumns
import TarnStorage
import TarnTable
import TarnTestSupport
import TarnWrite
import Testing

@Suite struct WriteTests {
    private func withTable(_ name: String, _ body: (ExampleTable) async throws -> Void) async throws {
        if let store = try keptTables(.system) { return try await body(ExampleTable(store, path: name, runtime: .system)) }
        let folder = try TemporaryFolder()
        try await body(ExampleTable(try folder.store(), path: name, runtime: .system))
    }

    @Test(arguments: [true, false])
    func `upserts, moves and deletes leave what the model holds`(partitioned: Bool) async throws {
        try await withTable("moves-\(partitioned)") { table in
            try await table.create(partitioned: partitioned)
            var model = TableModel()
            let batches: [[Change]] = [
                (0..<50).map { Change(id: "k\($0)", place: "p\($0 % 3)", ts: 5, n: Int32($0)) },
                [Change(id: "k1", place: "p1", ts: 9, n: 100), Change(id: "k2", place: "p0", ts: 9, n: 101), Change(id: "k3", ts: 1, n: 3)],
                [Change(kind: .delete, id: "k4", ts: 6), Change(kind: .delete, id: "k5", ts: 4), Change(kind: .deleteByKey, id: "k6")],
                (0..<50).filter { $0 % 3 == 1 }.map { Change(kind: .delete, id: "k\($0)", ts: 10) },
                [Change(id: "new/with:odd", place: "x/y:z", ts: 1, n: 1), Change(id: "k7", place: "p1", ts: 11, n: 8)],
            ]
            for batch in batches {
                model.write(batch)
                let report = try await table.write(batch)
                #expect(report.rowsIn == report.inserted + report.updated + report.deleted + report.stale + report.duplicates)
                #expect(try await model.differs(from: table.rows()) == nil)
            }
        }
    }

    @Test func `a bulk insert asks nothing of stored files and fills none of them`() async throws {
        try await withTable("bulk") { table in
            try await table.create(partitioned: true)
            var model = TableModel()
            for first in [0, 100] {
                let batch = (first..<(first + 100)).map { Change(id: "k\($0)", place: "p\($0 % 2)", ts: 5, n: Int32($0)) }
                model.write(batch)
                let before = try await table.latestFiles()
                let report = try await table.write(batch, operation: .bulkInsert)
                #expect(report.inserted == 100)
                #expect(report.lookupRequests.get == 0)
                #expect(try await Set(table.latestFiles()).isSuperset(of: before))
                #expect(try await model.differs(from: table.rows()) == nil)
            }
            await #expect(throws: TableError.self) { try await table.write([Change(kind: .delete, id: "k1", ts: 9)], operation: .bulkInsert) }
        }
    }
}
