import TarnAvro
import TarnBase
import TarnCheck
import TarnColumns
import TarnParquet
import TarnServices
import TarnStorage
import TarnTable
import TarnTestSupport
import TarnWrite
import Testing

/// Clusterings that copy row groups without decoding them.
@Suite struct StitchingTests {
    private let clock = SimulatedClock()
    private var runtime: Runtime { .simulated(clock: clock, seed: 11) }

    private func start(isKept: Bool = false, rows: Int = 500, line: Int = #line) async throws -> ExampleTable {
        let store: any ObjectStore = (isKept ? try keptTables(runtime) : nil) ?? MemoryStore(runtime: runtime)
        var table = ExampleTable(store, path: "stitched-\(line)", runtime: runtime)
        table.targetFileSize = ByteCount(1)
        try await table.create()
        for batch in 0..<3 {
            clock.advance(milliseconds: 5)
            try await table.write((0..<rows).map { Change(id: "k\(batch)-\($0)", place: "p\($0 % 2)", ts: 5, n: Int32(($0 * 7 + batch) % 10)) })
        }
        table.targetFileSize = .mebibytes(8)
        clock.advance(milliseconds: 5)
        return table
    }

    private func footer(_ file: BaseFile, of table: ExampleTable) async throws -> FileMetadata {
        try await BaseFileReader.open(file, in: table.handle).metadata
    }

    /// What a chunk is, wherever it lies and whatever the file is called.
    private func said(_ files: [FileMetadata]) -> Set<[ColumnChunk]> {
        Set(
            files.flatMap(\.rowGroups).map { group in
                group.columns.filter { $0.path != [MetaFields.fileName] }.map { chunk in
                    var chunk = chunk
                    (chunk.dataPageOffset, chunk.dictionaryPageOffset) = (0, chunk.dictionaryPageOffset.map { _ in 0 })
                    (chunk.columnIndexOffset, chunk.offsetIndexOffset, chunk.bloomFilterOffset) = (nil, nil, nil)
                    chunk.offsetIndexByteCount = nil
                    return chunk
                }
            })
    }

    @Test func `row groups are copied as they lie, and no reader sees a difference`() async throws {
        let table = try await start(isKept: true)
        let before = try await table.seen()
        let sources = try await table.latestFiles()
        var old: [FileMetadata] = []
        for file in sources { old.append(try await footer(file, of: table)) }

        let report = try await table.clustering(smallRowGroupLimit: .bytes(0)).run()
        #expect(report.isCompleted && report.rows == 1500 && report.filesRead == sources.count && report.filesWritten == 2)
        #expect(report.rowGroupsCopied == old.reduce(0) { $0 + $1.rowGroups.count })
        #expect(try await table.seen() == before)
        #expect(try await table.rows().count == 1500)
        try await table.expectSound()

        var new: [FileMetadata] = []
        for file in try await table.latestFiles() {
            let metadata = try await footer(file, of: table)
            new.append(metadata)
            let filter = try #require(try metadata.recordKeyFilter())
            let keys = try await table.rows().values.filter { $0.fileName == file.name.text }.map(\.id).sorted { Bytes($0).precedes(Bytes($1)) }
            #expect(keys.allSatisfy { filter.mayContain($0) } && filter.entryCount == keys.count)
            #expect(metadata.recordKeyRange?.least == keys.first && metadata.recordKeyRange?.greatest == keys.last)
        }
        #expect(said(new) == said(old) && new.count == 2)
    }

    @Test func `small row groups are encoded together, as many small ones make scans slow`() async throws {
        let table = try await start()
        let before = try await table.seen()
        let report = try await table.clustering().run()
        #expect(report.rowGroupsCopied == 0 && report.filesWritten == 2)
        for file in try await table.latestFiles() { #expect(try await footer(file, of: table).rowGroups.count == 1) }
        #expect(try await table.seen() == before)
    }

    @Test func `between row groups that are copied, small ones and rows of logs keep their place`() async throws {
        var table = try await start(rows: 300)
        // Of one more row group in each partition, many times as large as those there are.
        table.targetFileSize = .mebibytes(8)
        try await table.write((0..<9000).map { Change(id: "big-\($0 &* 7919 % 100_003)", place: "p\($0 % 2)", ts: Int64($0), n: 1) }, operation: .bulkInsert)
        let sizes = try await table.latestFiles().map(\.size).sorted()
        let limit = ByteCount(sizes[sizes.count / 2] * 3 / 2)
        #expect(sizes[sizes.count - 1] > limit.bytes)
        let before = try await table.seen()
        let report = try await table.clustering(smallRowGroupLimit: limit).run()
        #expect(report.rowGroupsCopied == 2 && report.filesWritten == 2 && report.rows == 9900)
        #expect(try await table.seen() == before)
        try await table.expectSound()
    }

    @Test func `memory bounds what is copied: row groups beyond it are decoded`() async throws {
        var table = try await start(rows: 300)
        table.memory = .mebibytes(1)
        let before = try await table.seen()
        var clustering = Clustering(targetFileSize: .mebibytes(8))
        clustering.smallFileLimit = .mebibytes(8)
        clustering.smallRowGroupLimit = .gibibytes(1)
        clustering.memory = .mebibytes(1)
        #expect(try await ClusteringService(table.handle, clustering).run().rowGroupsCopied == 0)
        #expect(try await table.seen() == before)
    }

    @Test func `a damaged page is found, and nothing is committed`() async throws {
        let table = try await start()
        let file = try #require(try await table.latestFiles().first)
        let path = file.path(in: table.handle)
        var bytes = try await table.handle.store.get(path).array
        let chunk = try await footer(file, of: table).rowGroups[0].columns[7]
        bytes[Int(chunk.byteRange.upperBound) - 1] ^= 0x40
        try await table.handle.store.put(Bytes(bytes), at: path, condition: .always)
        await #expect { try await table.clustering(smallRowGroupLimit: .bytes(0)).run() } throws: { error in
            guard let error = error as? TableError else { return false }
            return error.code == .corrupt && "\(error)".contains(file.name.text) && error.message.contains("checksum")
        }
        #expect(try await Timeline.load(table.handle).completed.allSatisfy { $0.action != .replaceCommit })
    }

    @Test(arguments: [
        "v6-0.15-cow-types-bulkinsert-rowwriter", "v6-0.15-mor-types-nullelements", "v6-0.15-mor-types-avro", "v6-0.15-mor-partodd-enc-hive",
        "v6-1.0.2-mor-types",
    ])
    func `files of Spark are copied but for columns that are stored otherwise`(name: String) async throws {
        let table = try await SparkTable(name)
        let before = try await table.rows()
        var clustering = Clustering()
        clustering.smallRowGroupLimit = .bytes(0)
        let report = try await ClusteringService(table.handle, clustering).run()
        #expect(report.isCompleted && report.rowGroupsCopied > 0)
        #expect(try await table.rows() == before)
        #expect(try await table.faults() == [])
    }
}
