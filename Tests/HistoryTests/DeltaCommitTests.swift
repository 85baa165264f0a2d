import TarnAvro
import TarnBase
import TarnColumns
import TarnStorage
import TarnTable
import TarnTestSupport
import TarnWrite
import Testing

/// Writes of merge-on-read tables: which files they make, and what they say of them.
@Suite struct DeltaCommitTests {
    private func table(_ target: ByteCount = .kibibytes(24), line: Int = #line) async throws -> ExampleTable {
        let runtime = Runtime.simulated(seed: 3)
        let store: any ObjectStore = try keptTables(runtime) ?? MemoryStore(runtime: runtime)
        var table = ExampleTable(store, path: "delta-\(line)", runtime: runtime)
        table.targetFileSize = target
        try await table.create(type: .mergeOnRead)
        return table
    }

    private func lastCommit(_ table: ExampleTable) async throws -> CommitMetadata {
        let commits = CompletedCommits(table.handle, timeline: try await Timeline.load(table.handle))
        return try await commits.metadata(of: try #require(commits.timeline.newestCompletedWrite))
    }

    private func logs(_ table: ExampleTable) async throws -> [LogFile] { try await ListedFiles(table.handle).allFiles().logFiles.sorted { $0.name < $1.name } }

    private func blocks(_ file: LogFile, _ table: ExampleTable) async throws -> [LogBlock] {
        var reader = LogReader(file, in: table.handle)
        var blocks: [LogBlock] = []
        while let block = try await reader.next() { blocks.append(block) }
        return blocks
    }

    @Test func `updates and deletes append one log file a group, rows before deletes, and rewrite nothing`() async throws {
        let table = try await table()
        let first = try await table.write((0..<40).map { Change(id: "k\($0)", place: "p\($0 % 4)", ts: 5, n: 1) })
        #expect(first.action == "deltacommit" && first.filesWritten == 4)
        let report = try await table.write([
            Change(id: "k1", place: "p1", ts: 9, n: 2), Change(kind: .delete, id: "k5", ts: 7), Change(kind: .deleteByKey, id: "k9"),
            Change(id: "k13", place: "p1", ts: 1, n: 0), Change(kind: .delete, id: "k2", ts: 6),
        ])
        #expect(report.updated == 1 && report.deleted == 3 && report.stale == 1 && report.filesWritten == 2 && report.filesRead == 0)
        let logs = try await logs(table)
        #expect(logs.count == 2 && logs.allSatisfy { $0.name.version == 1 && $0.name.baseInstant == first.instant })
        let both = try #require(logs.first { $0.partition.text == "place=p1" })
        let blocks = try await blocks(both, table)
        #expect(blocks.map(\.type) == [.avroData, .delete] && blocks.allSatisfy { $0.instant == report.instant })
        let deletes = try await DeleteBlock.keys(of: blocks[1], in: table.handle.store)
        // The delete by key takes the ordering value of what it deletes.
        #expect(Set(zip(deletes.keys.cells, deletes.orderings).map { "\($0) \($1)" }).count == 2 && Set(deletes.orderings) == [.long(7), .long(5)])

        let commit = try await lastCommit(table)
        let stat = try #require(commit.stats.first { $0.partitionPath == "place=p1" })
        #expect(stat.path == both.relativePath && stat.writes == 1 && stat.updates == 1 && stat.deletes == 2 && stat.inserts == 0)
        #expect(stat.previousInstant == first.instant?.description && stat.fileSize == both.size && stat.minimumEventTime == 1_700_000_000_009)
        #expect(stat.logAppend?.version == 1 && stat.logAppend?.logFiles == [both.name.text] && stat.logAppend?.baseFile.hasSuffix(".parquet") == true)
        let rows = try await table.rows()
        #expect(rows.count == 37 && rows["k1"]?.values[3] == 2 && rows["k13"]?.values[3] == 1)
        #expect(rows["k1"]?.commitTime == report.instant?.description)
    }

    @Test func `the stored row that counts is the merged one`() async throws {
        let table = try await table()
        try await table.write([Change(id: "k", place: "p", ts: 5, n: 1), Change(id: "l", place: "p", ts: 5, n: 1)])
        try await table.write([Change(id: "k", place: "p", ts: 9, n: 2)])
        let stale = try await table.write([Change(id: "k", place: "p", ts: 7, n: 3), Change(kind: .delete, id: "k", ts: 6)])
        #expect(stale.instant == nil && stale.stale == 1 && stale.duplicates == 1)
        try await table.write([Change(kind: .delete, id: "k", ts: 9)])
        #expect(try await table.rows().keys.sorted() == ["l"])
        // Deleted in the log: an older insert brings it back, as in Hudi, in a file of its own.
        let back = try await table.write([Change(id: "k", place: "p", ts: 3, n: 4)])
        #expect(back.inserted == 1)
        #expect(try await table.rows()["k"]?.values[3] == 4)
        #expect(try await table.latestSlices().count == 2)
        let inserted = try await table.write([Change(id: "k", place: "p", ts: 9, n: 9)], operation: .insert)
        #expect(inserted.duplicates == 1 && inserted.instant == nil)
    }

    @Test func `inserts fill small groups without logs, whose updates go into the same rewrite`() async throws {
        let table = try await table()
        let first = try await table.write([Change(id: "a", place: "p", ts: 1, n: 1), Change(id: "b", place: "q", ts: 1, n: 1)])
        let second = try await table.write([Change(id: "a", place: "p", ts: 2, n: 2), Change(id: "c", place: "p", ts: 1, n: 1)])
        #expect(second.filesWritten == 1)
        let stat = try #require(try await lastCommit(table).stats.first)
        #expect(stat.path?.hasSuffix(".parquet") == true && stat.previousInstant == first.instant?.description && stat.updates == 1 && stat.inserts == 1)
        // With a log, a group takes no more inserts.
        try await table.write([Change(id: "b", place: "q", ts: 2, n: 2)])
        try await table.write([Change(id: "d", place: "q", ts: 1, n: 1)])
        #expect(try await lastCommit(table).stats.map(\.previousInstant) == [nil])
        #expect(try await table.rows().count == 4)
    }

    @Test func `a key that moves is deleted in the log there and inserted here`() async throws {
        let table = try await table()
        try await table.write([Change(id: "k", place: "old", ts: 1, n: 1), Change(id: "other", place: "old", ts: 1, n: 1)])
        let report = try await table.write([Change(id: "k", place: "new", ts: 2, n: 2)])
        #expect(report.updated == 1 && report.filesWritten == 2)
        #expect(try await table.rows()["k"]?.partition == "place=new")
        let back = try await table.write([Change(id: "k", place: "old", ts: 3, n: 3)])
        #expect(back.updated == 1)
        #expect(try await table.rows()["k"]?.partition == "place=old")
    }

    @Test func `log versions rise, and logs roll over at their greatest size`() async throws {
        let table = try await table()
        try await table.write((0..<2000).map { Change(id: "k\($0)", place: "p", ts: 1, n: 1) })
        let groups = try await table.latestSlices().count
        var settings = WriteSettings(operation: .upsert)
        settings.maximumLogSize = .kibibytes(8)
        settings.memory = .mebibytes(16)
        for version in 1...2 {
            let write = try await WriteTransaction.begin(table.handle, settings)
            _ = try await write.stage(Change.batch((0..<2000).map { Change(id: "k\($0)", place: "p", ts: Int64(1 + version), n: Int32(version)) }))
            #expect(try await write.commit().updated == 2000)
        }
        let logs = try await logs(table)
        #expect(logs.count > 2 * groups)
        for (_, files) in Dictionary(grouping: logs, by: \.group) { #expect(files.map(\.name.version).sorted() == Array(1...files.count)) }
        #expect(try await table.rows().values.allSatisfy { $0.values[3] == 2 })
        let stats = try await lastCommit(table).stats
        #expect(stats.reduce(0) { $0 + $1.writes } == 2000 && Set(stats.compactMap(\.path)).count == stats.count)
    }

    @Test func `behind a planned compaction logs are named for it, and reads merge both`() async throws {
        let table = try await table()
        let first = try #require(try await table.write((0..<4).map { Change(id: "k\($0)", place: "p", ts: 1, n: 1) }).instant)
        try await table.write([Change(id: "k0", place: "p", ts: 2, n: 2)])
        let slice = try #require(try await table.latestSlices().first)
        let time = try #require(try await Timeline.load(table.handle).newestTime).next
        try await schedule(slice, at: time, table)

        try await table.write([Change(id: "k0", place: "p", ts: 3, n: 3), Change(kind: .delete, id: "k1", ts: 2)])
        try await table.write([Change(id: "k2", place: "p", ts: 2, n: 2), Change(id: "new", place: "p", ts: 1, n: 1)])
        let logs = try await logs(table).filter { $0.name.baseInstant == time }
        #expect(logs.map(\.name.version) == [1, 2] && time > first)
        let stat = try #require(try await lastCommit(table).stats.first { $0.logAppend != nil })
        #expect(stat.previousInstant == time.description && stat.logAppend?.baseFile == "" && stat.logAppend?.logFiles == logs.map(\.name.text))
        let rows = try await table.rows()
        #expect(rows.keys.sorted() == ["k0", "k2", "k3", "new"] && rows["k0"]?.values[3] == 3 && rows["k2"]?.values[3] == 2)
    }

    private func schedule(_ slice: FileSlice, at time: InstantTime, _ table: ExampleTable) async throws {
        let plan = CompactionPlan(operations: [
            .init(
                group: PlannedGroup(partitionPath: slice.partition.text, fileID: slice.fileID.text), baseInstant: slice.baseInstant.description,
                baseFile: slice.baseFile?.name.text, logFiles: slice.logFiles.map(\.name.text), metrics: CompactionMetrics(of: slice))
        ])
        try await table.handle.store.put(
            plan.encoded(random: table.handle.runtime.random), at: table.handle.metaFolder.appending("\(time).compaction.requested"), condition: .always)
    }

    @Test func `without an ordering field the later change wins, whatever reads it`() throws {
        var definition = TableProperties.Definition(name: "t", recordKeyFields: ["id"], keyGenerator: .nonpartitioned)
        definition.type = .mergeOnRead
        let properties = try TableProperties.version6(definition)
        #expect(properties.payloadClass == "org.apache.hudi.common.model.OverwriteWithLatestAvroPayload")
        definition.orderingField = "ts"
        #expect(try TableProperties.version6(definition).payloadClass == "org.apache.hudi.common.model.DefaultHoodieRecordPayload")
    }

    @Test func `an append that spills everything stays within its memory and leaves the same table`() async throws {
        var table = try await table(.mebibytes(64))
        table.memory = .mebibytes(16)
        var model = TableModel()
        let first = (0..<30_000).map { Change(id: "key \($0)", place: "p", ts: 1, n: Int32($0)) }
        let second = (0..<30_000).map { Change(kind: $0 % 3 == 0 ? .delete : .upsert, id: "key \(($0 &* 7919) % 30_000)", place: "p", ts: 2, n: Int32($0)) }
        for changes in [first, second] {
            model.write(changes)
            try await table.write(changes)
        }
        #expect(try await logs(table).count == 1)
        #expect(try await model.differs(from: table.rows()) == nil)
        let blocks = try await blocks(try await logs(table)[0], table)
        #expect(blocks.filter { $0.type == .avroData }.count > 1 && blocks.allSatisfy { $0.content.count < 4 << 20 })
    }

    @Test func `stored rows of keys are the merged ones`() async throws {
        let table = try await table(.kibibytes(8))
        try await table.write((0..<500).map { Change(id: "k\($0)", place: "p\($0 % 5)", ts: 1, n: Int32($0)) })
        try await table.write([Change(id: "k7", place: "p2", ts: 2, n: 77), Change(kind: .delete, id: "k8", ts: 2)])
        let write = try await WriteTransaction.begin(table.handle, WriteSettings())
        let rows = try await write.storedRows(forKeys: Column(strings: ["k7", "k8", "nobody", "k499", "k7"]))
        await write.abandon()
        #expect(rows.columns[3].cells.sorted { "\($0)" < "\($1)" } == [499, 77])
    }

    @Test func `the newest completed delta commit can be undone by rollback blocks`() async throws {
        let table = try await table()
        try await table.write([Change(id: "k", place: "p", ts: 1, n: 1), Change(id: "l", place: "p", ts: 1, n: 1)])
        try await table.write([Change(id: "k", place: "p", ts: 2, n: 2)])
        let before = try await table.rows()
        let last = try #require(
            try await table.write([Change(id: "k", place: "p", ts: 3, n: 3), Change(kind: .delete, id: "l", ts: 2), Change(id: "m", place: "z", ts: 2, n: 2)]).instant)
        #expect(try await TableRollback.run(on: table.handle, instant: last) == [last])
        #expect(try await table.rows() == before)
        let logs = try await logs(table)
        #expect(logs.map(\.name.version) == [1, 2, 3] && logs[2].size == 105 && logs[2].name.token?.text == "1-0-1")
        let rollback = try #require(try await Timeline.load(table.handle).instants.first { $0.action == .rollback })
        let result = try RollbackMetadata(parsing: try await table.handle.store.get(table.handle.timelineFile(rollback.fileName), upTo: .mebibytes(1)))
        let partition = try #require(result.partitions.first { $0.partitionPath == "place=p" })
        #expect(partition.rollbackLogFiles?.map(\.byteCount) == [105] && partition.logFilesFromFailedCommit?.count == 1)
        try await table.write([Change(id: "k", place: "p", ts: 4, n: 4)])
        #expect(try await table.rows()["k"]?.values[3] == 4)
    }

    @Test func `blocks of a writer that left no markers are found and disowned`() async throws {
        let table = try await table()
        try await table.write([Change(id: "k", place: "p", ts: 1, n: 1)])
        let store = table.handle.store
        var extras = CommitExtras()
        extras.beforeCompletion = { _ in throw Unexpected("the process ends here") }
        await #expect(throws: TableError.self) { try await table.write([Change(id: "k", place: "p", ts: 2, n: 2)], extras: extras) }
        let failed = try #require(try await Timeline.load(table.handle).pending.first).time
        let markers = try await store.list(table.handle.markerFolder(of: failed), recursive: true).objects
        #expect(markers.map(\.path.name).allSatisfy { $0.hasSuffix(".marker.APPEND") } && markers.count == 1)
        try await store.delete(markers.map(\.path))
        #expect(try await TableRollback.run(on: table.handle, instant: nil) == [failed])
        #expect(try await logs(table).map(\.size).last == 105)
        try await table.write([Change(id: "k", place: "p", ts: 3, n: 3)])
        #expect(try await table.rows()["k"]?.values[3] == 3)
        #expect(try await logs(table).map(\.name.version) == [1, 2, 3])
    }
}
