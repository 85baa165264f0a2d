import Tarn
import TarnBase
import TarnRead
import TarnStorage
import TarnTable
import TarnTestSupport
import Testing

struct FilteredScanTests {
    private static let schema: Schema = [
        Field("id", .string, nullable: false), Field("city", .string), Field("n", .int64), Field("ts", .int64, nullable: false),
    ]

    private func table(in store: any ObjectStore, cities: [Cell]) async throws -> Table {
        var configuration = TableConfiguration(name: "trips", schema: Self.schema, recordKey: ["id"])
        configuration.partitioning = .fields(["city"])
        configuration.orderingFields = ["ts"]
        configuration.urlEncodedPartitioning = true
        let table = try await Table.create(configuration, at: "trips", in: store)
        let rows = (0..<60).map { row in [.text(Bytes("k\(row)")), cities[row % cities.count], .int(Int64(row)), .int(1)] as [Cell] }
        try await table.upsert(RecordBatch(schema: Self.schema, rows: rows))
        return table
    }

    private func keys(_ table: Table, _ filter: Filter) async throws -> Set<String> {
        var keys: Set<String> = []
        for try await batch in try await table.snapshot().scan(columns: ["id"], where: filter) {
            for row in 0..<batch.rowCount { if case .text(let key) = batch.columns[0].cell(at: row) { keys.insert(String(decoding: key.array, as: UTF8.self)) } }
        }
        return keys
    }

    @Test func `a filter on the partition column keeps the rows that reading everything keeps`() async throws {
        // The empty text lies in the default partition.
        let cities: [Cell] = [.text(Bytes("Oslo")), .text(Bytes("a/b=c %")), .text(Bytes("Bergen")), .text(Bytes("")), .text(Bytes("17"))]
        let table = try await table(in: MemoryStore(), cities: cities)
        func rows(_ positions: Int...) -> Set<String> { Set((0..<60).filter { positions.contains($0 % 5) }.map { "k\($0)" }) }
        #expect(try await keys(table, .equal("city", "Oslo")) == rows(0))
        #expect(try await keys(table, .equal("city", "a/b=c %")) == rows(1))
        #expect(try await keys(table, .isNull("city")) == [])
        #expect(try await keys(table, .equal("city", "")) == rows(3))
        #expect(try await keys(table, .greaterOrEqual("city", "17")) == rows(0, 1, 2, 4))
        #expect(try await keys(table, .notEqual("city", "Oslo")) == rows(1, 2, 3, 4))
        #expect(try await keys(table, .equal("city", "Oslo") || .equal("n", 2)) == rows(0).union(["k2"]))
    }

    @Test func `files of partitions that cannot match are not opened`() async throws {
        let store = MeteredStore(MemoryStore())
        let table = try await table(in: store, cities: (0..<10).map { .text(Bytes("city \($0)")) })
        let snapshot = try await table.snapshot()
        #expect(try snapshot.fileSlices().count == 10)
        #expect(try snapshot.fileSlices(where: .equal("city", "city 3")).map(\.partition.text) == ["city=city 3"])
        let before = store.counts.get
        for try await _ in snapshot.scan(columns: ["id"], where: .equal("city", "city 3")) {}
        // The footer, and the two columns.
        #expect(store.counts.get - before <= 3)
        #expect(throws: TableError.self) { try snapshot.fileSlices(where: .equal("town", "x")) }
    }
}
