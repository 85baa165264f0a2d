import TarnBase
import TarnServices
import TarnStorage
import TarnTable
import TarnTestSupport
import Testing

/// What services hold, counted, against what they may: a log with as many rows as its base is compacted, as many rows are sorted.
@Suite struct ServiceMemoryTests {
    private static let rowCount = 30_000
    /// Windows, pages and buffers that have a least size, and the new file's filter, which is not divided: what is held however
    /// little is allowed.
    private static let least: Int64 = 10 << 20

    private func table() async throws -> (ExampleTable, TableModel) {
        var table = ExampleTable(MemoryStore(), runtime: .simulated())
        table.targetFileSize = .gibibytes(1)
        try await table.create(partitioned: false, type: .mergeOnRead)
        var model = TableModel()
        for version in 1...2 {
            let changes = (0..<Self.rowCount).map { Change(id: "a key of some length \($0 &* 7919 % Self.rowCount)", ts: Int64(version), n: Int32($0)) }
            model.write(changes)
            try await table.write(changes)
        }
        return (table, model)
    }

    @Test(arguments: [4, 8, 64] as [Int64])
    func `what a compaction holds stays within its memory, and the rows are the same`(mebibytes: Int64) async throws {
        let (table, model) = try await table()
        var options = Compaction()
        options.memory = .mebibytes(mebibytes)
        let report = try await CompactionService(table.handle, options).runAll()
        #expect(report.slices == 1 && report.updated == Int64(Self.rowCount))
        #expect((report.bytesSpilled > 0) == (mebibytes < 64))
        #expect(report.memoryPeak > 0 && report.memoryPeak <= max(options.memory.bytes, Self.least), "\(ByteCount(report.memoryPeak)) of \(options.memory)")
        if mebibytes == 64 { #expect(report.memoryPeak > Self.least, "without a ceiling these rows take no more") }
        #expect(try await model.differs(from: table.rows()) == nil)
    }

    @Test func `a slice whose footer alone does not fit is refused, and compacted when there is more memory`() async throws {
        let (table, model) = try await table()
        var options = Compaction()
        options.memory = .mebibytes(1)
        await #expect(throws: TableError.self) { try await CompactionService(table.handle, options).runAll() }
        #expect(try await model.differs(from: table.rows()) == nil)
        options.memory = .mebibytes(2)
        let report = try await CompactionService(table.handle, options).runAll()
        #expect(report.updated == Int64(Self.rowCount))
        #expect(try await model.differs(from: table.rows()) == nil)
    }

    @Test func `keys that do not fit are merged a share at a time, within the memory`() async throws {
        let (table, model) = try await table()
        var options = Compaction()
        options.memory = .mebibytes(2)
        let report = try await CompactionService(table.handle, options).runAll()
        #expect(report.memoryPeak <= Self.least, "\(ByteCount(report.memoryPeak))")
        #expect(report.logRecords >= Int64(Self.rowCount))
        #expect(try await model.differs(from: table.rows()) == nil)
    }

    @Test(arguments: [4, 8] as [Int64])
    func `what a sorting clustering holds stays within its memory, and the rows are the same`(mebibytes: Int64) async throws {
        var table = ExampleTable(MemoryStore(), runtime: .simulated())
        table.targetFileSize = .kibibytes(256)
        try await table.create(partitioned: false)
        var model = TableModel()
        let changes = (0..<Self.rowCount).map { Change(id: "a key of some length \($0)", ts: Int64($0 &* 7919 % 1000), n: Int32($0)) }
        model.write(changes)
        try await table.write(changes)
        var clustering = Clustering(sortColumns: ["ts"])
        clustering.memory = .mebibytes(mebibytes)
        let report = try await ClusteringService(table.handle, clustering).run()
        #expect(report.rows == Int64(Self.rowCount) && report.filesRead > 1 && report.bytesSpilled > 0)
        #expect(report.memoryPeak > 0 && report.memoryPeak <= max(clustering.memory.bytes, Self.least), "\(ByteCount(report.memoryPeak)) of \(clustering.memory)")
        #expect(try await model.differs(from: table.rows()) == nil)
    }
}
