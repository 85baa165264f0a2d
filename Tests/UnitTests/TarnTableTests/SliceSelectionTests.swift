import TarnBase
import TarnStorage
import TarnTable
import TarnTestSupport
import Testing

@Suite struct SliceSelectionTests {
    private let a = "aaaaaaaa-0000-4000-8000-000000000001-0"
    private let b = "bbbbbbbb-0000-4000-8000-000000000002-0"

    private func time(_ day: Int) -> InstantTime { InstantTime("202601\(day < 10 ? "0" : "")\(day)000000000")! }
    private func base(_ id: String, _ day: Int, token: String = "0-1-2") -> String { "\(id)_\(token)_\(time(day)).parquet" }
    private func log(_ id: String, _ day: Int, _ version: Int) -> String { ".\(id)_\(time(day)).log.\(version)_0-1-2" }

    private func table(_ files: [String], timeline: [String]) async throws -> TableHandle {
        let table = TableHandle(store: MemoryStore(), path: try #require(ObjectPath("lake/t")), runtime: .simulated())
        for file in files { try await table.store.put(Bytes("x"), at: table.path.appending(file), condition: .always) }
        for file in timeline { try await table.store.put(Bytes(), at: table.metaFolder.appending(file), condition: .always) }
        return table
    }

    @Test func `a listing sorts every file into its place`() async throws {
        let table = try await table(
            [
                ".hoodie_partition_metadata", base(a, 1), "." + base(a, 1) + ".crc", "p/.hoodie_partition_metadata", "p/" + base(b, 1), "p/" + log(b, 1, 2),
                "p/" + log(b, 1, 1), "p/" + log(b, 1, 1) + ".cdc", "p/_SUCCESS", "p/..hoodie_partition_metadata.crc", "$early/x=1/" + base(a, 2),
            ], timeline: ["hoodie.properties", ".temp/1/x.marker.CREATE", "archived/y"] + (0..<2500).map { "metadata/files/f\($0)" })
        let files = try await ListedFiles(table).allFiles()
        #expect(files.baseFiles.map(\.relativePath).sorted() == ["$early/x=1/" + base(a, 2), base(a, 1), "p/" + base(b, 1)].sorted())
        #expect(files.logFiles.count == 2 && files.changeLogs.count == 1 && files.markedPartitions.map(\.text) == ["", "p"])
        #expect(files.others.map(\.path.name) == ["_SUCCESS"])
        let some = try await ListedFiles(table).files(in: [.root, PartitionPath("p")!, PartitionPath("gone")!])
        #expect(some.baseFiles.count == 2 && some.others.count == 1)
        let metered = RecordingStore(table.store)
        _ = try await ListedFiles(TableHandle(store: metered, path: table.path, runtime: .simulated())).allFiles()
        #expect(metered.calls.count == 2, "`.hoodie` is stepped over, however much lies in it")
    }

    @Test func `only files of committed instants count, and the newest of each group is read`() async throws {
        let table = try await table(
            ["p/" + base(a, 1), "p/" + base(a, 5), "p/" + base(a, 6), "p/" + base(a, 7), "p/" + base(b, 3), "p/" + base(b, 4), "q/" + base(a, 5)],
            timeline: [
                "\(time(2)).clean", "\(time(3)).commit", "\(time(5)).commit.requested", "\(time(5)).inflight", "\(time(5)).commit",
                "\(time(6)).commit.requested", "\(time(6)).inflight", "\(time(7)).replacecommit.requested",
            ])
        let commits = CompletedCommits(table, timeline: try await Timeline.load(table))
        let selection = try await SliceSelection.load(commits)
        let files = try await ListedFiles(table).allFiles()
        #expect(selection.latestBaseFiles(of: files).map(\.relativePath) == ["p/" + base(a, 5), "p/" + base(b, 3), "q/" + base(a, 5)])
        // The commit of day 1 is older than the active timeline, and presumed archived.
        #expect(selection.latestBaseFiles(of: files, asOf: time(4)).map(\.relativePath) == ["p/" + base(a, 1), "p/" + base(b, 3)])
        #expect(selection.latestBaseFiles(of: files, asOf: InstantTime("20251231000000000")!).isEmpty)
        #expect(selection.groups(of: files)[0].slices.map(\.baseInstant) == [time(5), time(1)])
    }

    @Test func `replaced groups are hidden from their replacement on`() async throws {
        let table = try await table(["p/" + base(a, 1), "p/" + base(b, 2)], timeline: ["\(time(1)).commit", "\(time(2)).replacecommit.requested"])
        let metadata = CommitMetadata(operation: .insertOverwrite, replacedGroups: [.init("p", [a])])
        try await table.store.put(metadata.encoded(), at: table.timelineFile(InstantFileName(time(2), .replaceCommit, .completed)), condition: .ifAbsent)
        let selection = try await SliceSelection.load(CompletedCommits(table, timeline: try await Timeline.load(table)))
        let files = try await ListedFiles(table).allFiles()
        #expect(selection.latestBaseFiles(of: files).map(\.relativePath) == ["p/" + base(b, 2)])
        #expect(selection.latestBaseFiles(of: files, asOf: time(1)).map(\.relativePath) == ["p/" + base(a, 1)])
    }

    @Test func `a slice that a pending compaction opened is read with the one before it`() throws {
        let names = ["p/" + base(a, 1), "p/" + log(a, 1, 2), "p/" + log(a, 1, 1), "p/" + base(a, 3), "p/" + log(a, 3, 1), "p/" + log(b, 2, 1)]
        let table = TableHandle(store: MemoryStore(), path: .root, runtime: .simulated())
        var files = TableFiles()
        for name in names { files.add(ObjectInfo(path: try #require(ObjectPath(name)), size: 1, modifiedMilliseconds: 0), in: table) }
        let timeline = Timeline(
            files: ["\(time(1)).deltacommit", "\(time(2)).deltacommit", "\(time(3)).compaction.requested", "\(time(3)).compaction.inflight"].map {
                .init(name: InstantFileName($0)!, size: 1, modifiedMilliseconds: 0)
            })
        let group = FileGroupID(partition: "p", fileID: a)!
        let slices = SliceSelection(timeline: timeline, pendingCompactions: [group: time(3)]).latestSlices(of: files)
        #expect(slices.count == 2)
        #expect(slices[0].baseFile?.name.text == base(a, 1) && slices[0].logFiles.map(\.name.text) == [log(a, 1, 1), log(a, 1, 2), log(a, 3, 1)])
        #expect(slices[1].baseFile == nil && slices[1].baseInstant == time(2))
        #expect(SliceSelection(timeline: timeline).latestBaseFiles(of: files).count == 1)
    }
}
