import TarnBase
import TarnColumns
import TarnRead
import TarnServices
import TarnStorage
import TarnTable
import TarnTestSupport
import TarnWrite
import Testing

@Suite struct CleaningTests {
    private let clock = SimulatedClock()
    private var runtime: Runtime { .simulated(clock: clock, seed: 11) }

    /// Eight commits; each changes some of three partitions.
    private func start(_ store: (any ObjectStore)? = nil, path: String = "notes") async throws -> ExampleTable {
        let table = ExampleTable(store ?? MemoryStore(runtime: runtime), path: path, runtime: runtime)
        try await table.create()
        for commit in 0..<8 {
            clock.advance(milliseconds: 1000)
            try await table.write(
                (0..<30).filter { commit == 0 || ($0 + commit) % 3 != 0 && $0 % 3 != commit % 2 }
                    .map { Change(id: "k\($0)", place: "p\($0 % 3)", ts: Int64(commit), n: Int32(commit * 100 + $0)) })
        }
        clock.advance(milliseconds: 1000)
        return table
    }

    private func cleaning(_ table: ExampleTable, _ retention: Retention) throws -> Cleaning { try Cleaning(table.handle, keeping: retention) }

    private func fileNames(_ table: ExampleTable) async throws -> Set<String> {
        Set(try await ListedFiles(table.handle).allFiles().baseFiles.map(\.relativePath))
    }

    @Test(arguments: [Retention.commits(1), .commits(3), .versions(1), .versions(2), .hours(1)])
    func `a clean keeps what it says and refuses what it took away`(retention: Retention) async throws {
        let table = try await start(try keptTables(runtime), path: "cleaned-\(retention.description.replacingColon)")
        let past = try await PastSnapshots(of: table.handle)
        if case .hours = retention { clock.advance(milliseconds: 3_600_000) }
        let decision = try await cleaning(table, retention).decision()
        let before = try await fileNames(table)
        let report = try await cleaning(table, retention).clean()
        #expect(report.deletedFiles == decision.deletedFileCount && report.deletedFiles > 0 && report.reclaimed.bytes == decision.deletedByteCount)
        let gone = Set(decision.deletions.flatMap { verdict in verdict.version.files.map { verdict.version.relativePath(of: $0) } })
        #expect(try await fileNames(table) == before.subtracting(gone))
        if case .versions = retention {
            try await past.expectKept(in: table.handle, from: past.instants.last)
        } else {
            try await past.expectKept(in: table.handle, from: try #require(decision.retained).time)
        }
        #expect(try await cleaning(table, retention).clean().instant == nil, "nothing is left to clean, and no instant is made")
        #expect(try await Timeline.load(table.handle).instants.count { $0.action == .clean } == 1)
    }

    @Test func `the timeline holds the plan twice and what was done`() async throws {
        let table = try await start()
        let instant = try #require(try await cleaning(table, .commits(2)).clean().instant)
        func bytes(_ state: InstantState) async throws -> Bytes { try await table.handle.store.get(table.handle.timelineFile(InstantFileName(instant, .clean, state))) }
        let plan = try CleanPlan(parsing: try await bytes(.requested))
        #expect(try await bytes(.inflight) == bytes(.requested))
        let metadata = try CleanMetadata(parsing: try await bytes(.completed))
        let commits = try await Timeline.load(table.handle).completedWrites
        #expect(plan.earliestInstantToRetain?.time == "\(commits[6].time)" && plan.lastCompletedCommit == "\(commits[7].time)")
        #expect(metadata.startTime == "\(instant)" && metadata.earliestInstantToRetain == "\(commits[6].time)")
        #expect(metadata.partitions.map(\.partitionPath) == plan.partitions.map(\.partitionPath))
        #expect(plan.files.allSatisfy { $0.hasPrefix("file:/notes/place=") })
    }

    @Test func `a clean cut short at any request is finished by the next one, and no kept snapshot changes`() async throws {
        let base = try await start()
        let past = try await PastSnapshots(of: base.handle)
        let done = base.through(try await base.handle.store.copied(runtime: runtime))
        let requests = try await countingRequests(of: done.handle.store) { try await cleaning(base.through($0), .commits(2)).clean() }
        let after = try await fileNames(done)
        let retained = try await Timeline.load(base.handle).completedWrites[6].time
        for fault in Fault.allCases {
            await withEvery("\(fault) at request", in: 0..<requests) { request in
                let table = base.through(try await base.handle.store.copied(runtime: runtime))
                _ = try? await cleaning(base.through(FaultyStore(table.handle.store, failing: fault, atRequest: request)), .commits(2)).clean()
                try await past.expectKept(in: table.handle, from: retained)
                clock.advance(milliseconds: 5)
                try await cleaning(table, .commits(2)).clean()
                try expect(try await fileNames(table) == after, "other files than after an undisturbed clean")
                let timeline = try await Timeline.load(table.handle)
                try expect(timeline.pending.isEmpty, "pending: \(timeline.pending)")
                try await past.expectKept(in: table.handle, from: retained)
            }
        }
    }

    @Test func `a write goes on beside a planned clean, which then takes only what it may`() async throws {
        let table = try await start()
        let instant = try #require(try await cleaning(table, .commits(1)).schedule())
        #expect(try await Timeline.load(table.handle).pending.map(\.time) == [instant])
        // A savepoint is made on a commit whose files the plan names.
        let commits = try await Timeline.load(table.handle).completedWrites
        let saved = SliceSelection(timeline: try await Timeline.load(table.handle)).latestBaseFiles(of: try await ListedFiles(table.handle).allFiles(), asOf: commits[2].time)
        let metadata = SavepointMetadata(
            user: "test", savedAtMilliseconds: 0, comments: "",
            partitions: Dictionary(grouping: saved, by: \.partition.text).map { .init(partitionPath: $0, files: $1.map(\.name.text)) })
        let writer = TimelineWriter(table.handle)
        let savepoint = try await writer.begin(.savepoint, at: commits[2].time)
        try await savepoint.start(on: writer)
        _ = try await savepoint.complete(with: metadata.encoded(random: runtime.random), on: writer)

        clock.advance(milliseconds: 1000)
        try await table.write([Change(id: "k1", place: "p1", ts: 99, n: 7)])
        let past = try await PastSnapshots.rows(of: table.handle)
        let report = try await cleaning(table, .commits(1)).finish(instant)
        #expect(report.finished == [instant] && report.deletedFiles > 0)
        #expect(try await PastSnapshots.rows(of: table.handle) == past)
        #expect(try await fileNames(table).isSuperset(of: saved.map(\.relativePath)))
        #expect(try await PastSnapshots.rows(of: table.handle, asOf: commits[2].time).count == 30)
        await #expect(throws: TableError.self) { try await cleaning(table, .commits(1)).finish(instant) }
    }

    @Test func `readers that began before a clean finish, of now and of what is kept`() async throws {
        let table = try await start()
        let commits = try await Timeline.load(table.handle).completedWrites
        let expected = try await PastSnapshots(of: table.handle)
        var readers: [(InstantTime, Scan.Iterator)] = []
        for commit in commits.suffix(2) {
            var reader = try await Snapshot.load(table.handle, asOf: commit.time).scan(withMetaFields: true).makeAsyncIterator()
            _ = try await reader.next()
            readers.append((commit.time, reader))
        }
        try await cleaning(table, .commits(2)).clean()
        for (_, reader) in readers {
            var reader = reader
            var count = 0
            while let batch = try await reader.next() { count += batch.rowCount }
            #expect(count > 0)
        }
        try await expected.expectKept(in: table.handle, from: commits[6].time)
    }

    @Test func `a plan that names what is no older data file is not run`() async throws {
        let table = try await start()
        let time = try #require(InstantTime("20260110090000000"))
        for file in ["hoodie.properties", "a-0_0-0-0_20260110090000000.parquet", "../x.parquet"] {
            let plan = CleanPlan(
                earliestInstantToRetain: nil, lastCompletedCommit: "", policy: "KEEP_LATEST_COMMITS",
                partitions: [.init(partitionPath: "place=p0", files: ["file:/t/place=p0/\(file)"])])
            let name = InstantFileName(time, .clean, .requested)
            let before = try await fileNames(table)
            try await table.handle.store.put(plan.encoded(random: runtime.random), at: table.handle.timelineFile(name), condition: .always)
            await #expect(throws: TableError.self) { try await cleaning(table, .commits(1)).clean() }
            #expect(try await fileNames(table) == before)
        }
    }
}

extension String {
    fileprivate var replacingColon: String { split(separator: ":").joined(separator: "-") }
}
