import Tarn
import TarnTestSupport
import Testing

/// The front door of compaction.
@Suite struct CompactionExampleTests {
    @Test func `compacting a copy-on-write table is refused by every way in`() async throws {
        var configuration = TableConfiguration(name: "trips", schema: [Field("id", .string, nullable: false), Field("ts", .int64)], recordKey: ["id"])
        configuration.orderingFields = ["ts"]
        let trips = try await Table.create(configuration, at: "trips", in: MemoryStore(), runtime: .simulated())
        func code(_ body: () async throws -> Void) async -> TableError.Code? {
            do { try await body() } catch { return (error as? TableError)?.code }
            return nil
        }
        #expect(await code { _ = try await trips.compact() } == .invalid)
        #expect(await code { if let plan = try await trips.plan(Compaction()) { try await trips.run(plan) } } == .invalid)
        #expect(await code { try await trips.runCompaction(InstantTime("20260101000000000")!) } == .invalid)
    }
}
