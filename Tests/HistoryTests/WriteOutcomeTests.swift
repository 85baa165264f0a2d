import TarnBase
import TarnColumns
import TarnStorage
import TarnTable
import TarnTestSupport
import TarnWrite
import Testing

@Suite struct WriteOutcomeTests {
    private func table(_ target: ByteCount = .kibibytes(24), isKept: Bool = true, line: Int = #line) async throws -> ExampleTable {
        let runtime = Runtime.simulated(seed: 3)
        let store: any ObjectStore = (isKept ? try keptTables(runtime) : nil) ?? MemoryStore(runtime: runtime)
        var table = ExampleTable(store, path: "outcome-\(line)", runtime: runtime)
        table.targetFileSize = target
        try await table.create()
        return table
    }

    private func commits(_ table: ExampleTable) async throws -> [CommitMetadata] {
        let commits = CompletedCommits(table.handle, timeline: try await Timeline.load(table.handle))
        var all: [CommitMetadata] = []
        for instant in commits.timeline.completedWrites { all.append(try await commits.metadata(of: instant)) }
        return all
    }

    // MARK: Placement

    @Test func `an update of one key writes one file, and only rows that changed carry its instant`() async throws {
        let table = try await table()
        try await table.write((0..<40).map { Change(id: "k\($0)", place: "p\($0 % 4)", ts: 1, n: 1) })
        let report = try await table.write([Change(id: "k7", place: "p3", ts: 2, n: 2)])
        #expect(report.filesWritten == 1 && report.updated == 1)
        let changed = try await table.rows().values.filter { $0.commitTime == report.instant?.description }
        #expect(changed.map(\.id) == ["k7"])
        let stat = try #require(try await commits(table).last?.stats.first)
        #expect(stat.writes == 10 && stat.updates == 1 && stat.inserts == 0 && stat.deletes == 0 && stat.previousInstant != nil)
        #expect(stat.minimumEventTime == 1_700_000_000_002)
    }

    @Test func `inserts fill small files to the target and go on in new ones`() async throws {
        let target = ByteCount.kibibytes(64)
        let table = try await table(target)
        var random = SplitMix64(seed: 5)
        var model = TableModel()
        for batch in 0..<12 {
            let changes = (0..<700).map { row in
                let isNew = batch == 0 || row % 4 == 0
                return Change(id: "key \(isNew ? random.next() % 100_000 : random.next() % 3000)", place: "p\(random.next() % 2)", ts: Int64(batch), n: Int32(row))
            }
            model.write(changes)
            try await table.write(changes)
        }
        #expect(try await model.differs(from: table.rows()) == nil)
        let byPartition = Dictionary(grouping: try await table.latestFiles(), by: \.partition)
        for (partition, files) in byPartition {
            let bytes = files.reduce(0) { $0 + $1.size }
            #expect(files.allSatisfy { Double($0.size) <= 1.5 * Double(target.bytes) }, "\(partition): \(files.map(\.size))")
            #expect(files.count <= Int((bytes + target.bytes - 1) / target.bytes) + 1, "\(partition): \(files.map(\.size))")
        }
    }

    @Test func `a group whose rows all go gets a version without rows`() async throws {
        let table = try await table()
        try await table.write((0..<6).map { Change(id: "k\($0)", place: "p\($0 % 2)", ts: 1, n: 1) })
        let report = try await table.write([0, 2, 4].map { Change(kind: .delete, id: "k\($0)", ts: 1) }, operation: .delete)
        #expect(report.deleted == 3 && report.filesWritten == 1)
        #expect(try await table.rows().keys.sorted() == ["k1", "k3", "k5"])
        let stat = try #require(try await commits(table).last?.stats.first)
        #expect(stat.writes == 0 && stat.deletes == 3)
        // The empty file is the smallest: the next inserts go there.
        let next = try await table.write([Change(id: "k9", place: "p0", ts: 1, n: 1)])
        #expect(next.filesWritten == 1)
        #expect(try await table.latestFiles().count == 2)
    }

    @Test func `a key that moves is deleted there and inserted here in one commit`() async throws {
        let table = try await table()
        try await table.write([Change(id: "k", place: "old", ts: 1, n: 1), Change(id: "other", place: "old", ts: 1, n: 1)])
        let report = try await table.write([Change(id: "k", place: "new", ts: 2, n: 2)])
        #expect(report.updated == 1 && report.inserted == 0 && report.deleted == 0 && report.filesWritten == 2)
        let stats = try #require(try await commits(table).last?.stats)
        #expect(stats.map(\.deletes) == [0, 1] && stats.map(\.inserts) == [1, 0])
        #expect(try await table.rows()["k"]?.partition == "place=new")
    }

    // MARK: Memory

    @Test func `a write that spills everything leaves the same table`() async throws {
        let changes = (0..<60_000).map { Change(id: "key \($0 &* 7919 % 40_000)", place: "p\($0 % 3)", ts: Int64($0 % 50), n: Int32($0)) }
        var model = TableModel()
        model.write(changes)
        var table = try await table(.kibibytes(512))
        table.memory = .mebibytes(16)
        let report = try await table.write(changes)
        #expect(report.rowsIn == 60_000 && report.inserted == 40_000 && report.duplicates == 20_000)
        #expect(try await model.differs(from: table.rows()) == nil)
    }

    // MARK: Commits that say little

    @Test func `the same token twice makes one commit`() async throws {
        let table = try await table()
        let first = try await table.write([Change(id: "k", ts: 1, n: 1)], token: "t1")
        try await table.write([Change(id: "l", ts: 1, n: 1)], token: "t2")
        let again = try await table.write([Change(id: "k", ts: 5, n: 5)], token: "t1")
        #expect(again.wasAlreadyCommitted && again.instant == first.instant)
        #expect(try await table.rows()["k"]?.values[3] == 1)
    }

    @Test func `a write that changes nothing leaves no instant unless there is something to record`() async throws {
        let table = try await table()
        try await table.write([Change(id: "k", ts: 5, n: 1)])
        let idle = try await table.write([Change(id: "k", ts: 3, n: 2), Change(kind: .delete, id: "nobody", ts: 1)])
        #expect(idle.instant == nil && idle.stale == 2)
        var extras = CommitExtras()
        extras.commitsWithoutChanges = true
        extras.metadata = [(key: SourceLedger.key, value: SourceLedger().text), (key: Watermark.key, value: "17")]
        let recorded = try await table.write([], extras: extras)
        #expect(recorded.instant != nil && recorded.filesWritten == 0)
        try await table.write([Change(id: "l", ts: 5, n: 1)])
        #expect(try await commits(table).map { $0.extraMetadata[Watermark.key] } == [nil, "17", "17"])
        #expect(try await commits(table).count == 3)
    }

    @Test func `inserting leaves stored rows as they are`() async throws {
        let table = try await table()
        try await table.write([Change(id: "k", ts: 1, n: 1)])
        let report = try await table.write([Change(id: "k", ts: 9, n: 9), Change(id: "l", ts: 1, n: 1)], operation: .insert)
        #expect(report.inserted == 1 && report.duplicates == 1)
        #expect(try await table.rows()["k"]?.values[3] == 1)
    }

    @Test func `stored rows of keys are found wherever they lie`() async throws {
        let table = try await table(.kibibytes(8))
        try await table.write((0..<500).map { Change(id: "k\($0)", place: "p\($0 % 5)", ts: 1, n: Int32($0)) })
        let write = try await WriteTransaction.begin(table.handle, WriteSettings())
        let rows = try await write.storedRows(forKeys: Column(strings: ["k7", "nobody", "k499", "k7"]))
        await write.abandon()
        #expect(rows.schema == ExampleTable.schema)
        #expect(rows.columns[3].cells.sorted { "\($0)" < "\($1)" } == [499, 7])
    }

    // MARK: Rows and tables that are refused

    @Test func `rows without key, ordering or partition value are rejected by number, the others are taken`() async throws {
        let table = try await table()
        let write = try await WriteTransaction.begin(table.handle, WriteSettings())
        let rows = RecordBatch(
            schema: ExampleTable.schema,
            rows: [
                ["a", "p", 1, nil, nil, nil], [nil, "p", 1, nil, nil, nil], ["b", nil, 1, nil, nil, nil], ["c", "p", nil, nil, nil, nil],
                ["", "p", 1, nil, nil, nil],
            ])
        let rejected = try await write.stage(ChangeBatch(rows: rows))
        #expect(rejected.map(\.row) == [1, 2, 3, 4])
        #expect(rejected.map(\.reason) == ["record key 'id' is null", "partition field 'place' is null", "ordering field 'ts' is null", "record key 'id' is empty"])
        let report = try await write.commit()
        #expect(report.rowsIn == 1 && report.inserted == 1)
    }

    @Test func `two writers at once: one is refused and nothing is lost`() async throws {
        let table = try await table()
        let first = try await WriteTransaction.begin(table.handle, WriteSettings())
        await #expect { try await WriteTransaction.begin(table.handle, WriteSettings()) } throws: { ($0 as? TableError)?.code == .conflict }
        _ = try await first.stage(Change.batch([Change(id: "k", ts: 1, n: 1)]))
        _ = try await first.commit()
        try await table.write([Change(id: "l", ts: 1, n: 1)])
        #expect(try await table.rows().count == 2)
    }

    @Test(arguments: [
        ("hoodie.table.version", "8"), ("hoodie.table.metadata.partitions", "files"),
        ("hoodie.table.metadata.partitions.inflight", "column_stats"), ("hoodie.table.cdc.enabled", "true"), ("hoodie.populate.meta.fields", "false"),
        ("hoodie.datasource.write.drop.partition.columns", "true"), ("hoodie.bootstrap.base.path", "/elsewhere"),
        ("hoodie.compaction.payload.class", "com.example.Own"), ("hoodie.table.keygenerator.class", "org.apache.hudi.keygen.ComplexKeyGenerator"),
        ("hoodie.table.base.file.format", "ORC"),
    ])
    func `what cannot be kept right is refused by name before anything is written`(property: String, value: String) async throws {
        let table = try await table(isKept: false)
        let store = table.handle.store
        var file = try await TableProperties.load(table.handle).file
        file[property] = value
        try await store.put(file.text(comment: "changed", now: 0), at: table.handle.propertiesPath, condition: .always)
        let before = try await store.list(.root, recursive: true).objects
        await #expect { try await table.write([Change(id: "k", ts: 1, n: 1)]) } throws: { error in
            guard let fault = error as? TableError, fault.code == .unsupported else { return false }
            return fault.message.contains(property) || fault.message.contains(value)
        }
        #expect(try await store.list(.root, recursive: true).objects == before)
    }

    @Test(arguments: ["metadata/.hoodie/hoodie.properties", ".bucket_index/consistent_hashing_metadata/p/0.hashing_meta", "20200101000000000.compaction.requested", "20200101000000000.restore.inflight"])
    func `what lies in the folder and cannot be kept right is refused`(name: String) async throws {
        let table = try await table(isKept: false)
        try await table.handle.store.put(Bytes("x"), at: table.handle.metaFolder.appending(name), condition: .always)
        await #expect { try await table.write([Change(id: "k", ts: 1, n: 1)]) } throws: { ($0 as? TableError)?.code == .unsupported }
    }

    @Test func `the newest completed commit can be undone`() async throws {
        let table = try await table()
        try await table.write([Change(id: "k", ts: 1, n: 1)])
        let before = try await table.rows()
        let second = try #require(try await table.write([Change(id: "k", ts: 2, n: 2), Change(id: "l", place: "z", ts: 2, n: 2)]).instant)
        #expect(try await TableRollback.run(on: table.handle, instant: second) == [second])
        #expect(try await table.rows() == before)
        try await table.write([Change(id: "l", place: "z", ts: 2, n: 2)])
        #expect(try await table.rows().count == 2)
    }
}
