import TarnBase
import TarnCheck
import TarnColumns
import TarnRead
import TarnServices
import TarnStorage
import TarnTable
import TarnTestSupport
import TarnWrite
import Testing

@Suite struct ArchivalTests {
    private let clock = SimulatedClock()
    private var runtime: Runtime { .simulated(clock: clock, seed: 13) }

    private func start(_ store: (any ObjectStore)? = nil, path: String = "notes", commits: Int = 9, cleaning: Bool = true) async throws -> ExampleTable {
        let table = ExampleTable(store ?? MemoryStore(runtime: runtime), path: path, runtime: runtime)
        try await table.create()
        for commit in 0..<commits {
            clock.advance(milliseconds: 1000)
            try await table.write(
                (0..<12).filter { commit == 0 || ($0 + commit) % 3 != 0 }.map { Change(id: "k\($0)", place: "p\($0 % 3)", ts: Int64(commit), n: Int32(commit * 100 + $0)) },
                token: "token \(commit)")
            clock.advance(milliseconds: 1000)
            if cleaning { try await Cleaning(table.handle, keeping: .commits(4)).clean() }
        }
        clock.advance(milliseconds: 1000)
        return table
    }

    private func archival(_ table: ExampleTable, _ keeping: ClosedRange<Int> = 3...4) throws -> Archival { try Archival(table.handle, keeping: keeping) }

    private func archive(of table: ExampleTable) async throws -> ArchivedTimeline {
        try await ArchiveFolder(table.handle, try await TableProperties.load(table.handle)).load()
    }

    @Test func `old instants move to the archive, and no snapshot changes`() async throws {
        let table = try await start(try keptTables(runtime), path: "archived")
        let past = try await PastSnapshots(of: table.handle)
        let before = try await Timeline.load(table.handle)
        let report = try await archival(table, 2...3).archive()
        let after = try await Timeline.load(table.handle)
        #expect(after.completedWrites.map(\.time) == Array(before.completedWrites.suffix(2).map(\.time)))
        #expect(after.instants.count { $0.action == .clean } == 2 && report.files == [".commits_.archive.1_1-0-1"])
        #expect(report.archived.count == before.instants.count - after.instants.count)
        let archive = try await archive(of: table)
        #expect(archive.completed == Set(before.completedWrites.dropLast(2).map(\.time)))
        #expect(archive.completedServices.count == before.instants.count { $0.action == .clean } - 2)
        // The clean kept four snapshots; those before it are refused, though their clean is archived.
        try await past.expectKept(in: table.handle, from: past.instants[5])
        #expect(try await archival(table, 2...3).archive().archived.isEmpty)
        try await table.write([Change(id: "k1", place: "p1", ts: 99, n: 1)])
    }

    @Test func `an archival cut short at any request changes no snapshot and is finished by the next one`() async throws {
        let base = try await start()
        let past = try await PastSnapshots(of: base.handle)
        let done = base.through(try await base.handle.store.copied(runtime: runtime))
        let requests = try await countingRequests(of: done.handle.store) { try await archival(base.through($0)).archive() }
        let after = try await Timeline.load(done.handle).instants.map(\.description)
        let whole = try await archive(of: done)
        for fault in Fault.allCases {
            await withEvery("\(fault) at request", in: 0..<requests) { request in
                let table = base.through(try await base.handle.store.copied(runtime: runtime))
                _ = try? await archival(base.through(FaultyStore(table.handle.store, failing: fault, atRequest: request))).archive()
                try await past.expectKept(in: table.handle, from: past.instants[5])
                let timeline = try await Timeline.load(table.handle)
                try expect(timeline.pending.isEmpty, "pending: \(timeline.pending)")
                let told = await TableCheck(table.handle.path.text, in: table.handle.store, runtime: runtime).report().findings
                try expect(told.allSatisfy { $0.id == "timeline.history-disjoint" && $0.severity == .warning }, "tablecheck: \(told)")
                clock.advance(milliseconds: 5)
                try await archival(table).archive()
                // What left the timeline is in the archive; a timeline of five may have been cut to four, which stay.
                let left = try await Timeline.load(table.handle)
                let archive = try await archive(of: table)
                let active = Set(left.completedWrites.map(\.time))
                try expect(active.union(archive.completed) == Set(past.instants), "an instant is lost")
                try expect(left.completedWrites.count <= 4, "not finished: \(left.completedWrites.count)")
                if left.instants.map(\.description) == after { try expect(archive.completed.isSuperset(of: whole.completed), "the archive lacks something") }
                try await past.expectKept(in: table.handle, from: past.instants[5])
            }
        }
    }

    @Test func `a file that no archival removed is missed beside one that was cut short`() async throws {
        let table = try await start(commits: 6, cleaning: false)
        let commits = try await Timeline.load(table.handle).completedWrites
        func told() async -> [String] {
            await TableCheck(table.handle.path.text, in: table.handle.store, runtime: runtime).report().findings
                .filter { $0.id != "timeline.history-disjoint" }.map(\.path)
        }
        let keeping = InterceptedStore(table.handle.store) { call in
            if case .delete = call { throw StorageError(.unavailable, "nothing is deleted by the test") }
            return nil
        }
        await #expect(throws: TableError.self) { _ = try await archival(table.through(keeping)).archive() }
        try await table.handle.store.delete([table.handle.timelineFile(commits[0].fileName(.inflight))])
        #expect(await told() == [], "archived before the archival died")
        let kept = commits[5].fileName(.inflight)
        try await table.handle.store.delete([table.handle.timelineFile(kept)])
        #expect(await told() == [".hoodie/\(kept.text)"])
    }

    @Test func `ledger, tokens and schema survive, whoever writes last`() async throws {
        let table = try await start(cleaning: false)
        // Commits of another engine, which carry nothing.
        let newest = try #require(try await Timeline.load(table.handle).newestCompletedWrite)
        for number in 1...6 {
            let time = InstantTime(epochMilliseconds: clock.nowMilliseconds() + Int64(number), zone: .utc)
            let writer = TimelineWriter(table.handle)
            let pending = try await writer.begin(.commit, at: time)
            try await pending.start(on: writer)
            _ = try await pending.complete(with: CommitMetadata(operation: .upsert).encoded(), on: writer)
        }
        clock.advance(milliseconds: 1000)
        let report = try await archival(table, 1...2).archive()
        #expect(report.archived.last.map { $0 < newest.time } == true && report.archived.count == 8)
        let again = try await table.write([Change(id: "k1", place: "p1", ts: 99, n: 1)], token: "token 8")
        #expect(again.wasAlreadyCommitted && again.instant == newest.time)
    }

    @Test func `a ledger that another engine archived is found in the archive`() async throws {
        let (table, ledger) = try await archivedByAnother()
        let report = try await table.write([Change(id: "k1", place: "p1", ts: 99, n: 1)])
        let written = try await Timeline.load(table.handle)
        let carried = try await CompletedCommits(table.handle, timeline: written).metadata(of: try #require(written.newestCompletedWrite)).extraMetadata
        #expect(report.instant != nil && carried[SourceLedger.key] == ledger)
        #expect(carried[CommitTokens.key]?.contains("token 8") == true)
    }

    @Test func `a service leaves the archive alone, and what is there is still carried on`() async throws {
        let (table, ledger) = try await archivedByAnother()
        let reads = Locked(0)
        let spied = table.through(InterceptedStore(table.handle.store) { call in
            if case .get(let path, _) = call, path.text.contains("/archived/") { reads.withLock { $0 += 1 } }
            return nil
        })
        #expect(try await spied.clustering(sort: ["n"]).run().instant != nil)
        try await Cleaning(spied.handle, keeping: .commits(1)).clean()
        #expect(reads.withLock { $0 } == 0)
        clock.advance(milliseconds: 1000)
        try await spied.write([Change(id: "k1", place: "p1", ts: 99, n: 1)])
        #expect(reads.withLock { $0 } == 1)
        let timeline = try await Timeline.load(table.handle)
        let carried = try await CompletedCommits(table.handle, timeline: timeline).metadata(of: try #require(timeline.newestCompletedWrite)).extraMetadata
        #expect(carried[SourceLedger.key] == ledger && carried[CommitTokens.key]?.contains("token 8") == true)
    }

    /// A table whose writes another engine archived, all of them, after one of its own that carries nothing.
    private func archivedByAnother() async throws -> (table: ExampleTable, ledger: String?) {
        let table = try await start(cleaning: false)
        let timeline = try await Timeline.load(table.handle)
        let commits = CompletedCommits(table.handle, timeline: timeline)
        let newest = try #require(timeline.newestCompletedWrite)
        let ledger = try await commits.metadata(of: newest).extraMetadata[SourceLedger.key]
        var file = ArchiveFile()
        for instant in timeline.completedWrites {
            let content = try await table.handle.store.get(table.handle.timelineFile(instant.fileName))
            try file.append(ArchivedEntry(instant.fileName, of: instant, content: content, transition: instant.time))
        }
        try await table.handle.store.put(file.finish(), at: table.handle.metaFolder.appending("archived/.commits_.archive.1_1-0-1"), condition: .ifAbsent)
        var theirs = CommitMetadata(operation: .upsert)
        theirs.extraMetadata[ExtraMetadata.schemaKey] = try await commits.metadata(of: newest).schemaText
        let writer = TimelineWriter(table.handle)
        let pending = try await writer.begin(.commit, at: InstantTime(epochMilliseconds: clock.nowMilliseconds(), zone: .utc))
        try await pending.start(on: writer)
        _ = try await pending.complete(with: theirs.encoded(), on: writer)
        try await table.handle.store.delete(timeline.files.map { table.handle.timelineFile($0.name) })
        clock.advance(milliseconds: 1000)
        return (table, ledger)
    }

    @Test func `a range that begins before the archive is answered where no archived row is left`() async throws {
        let table = try await start(cleaning: false)
        let commits = try await Timeline.load(table.handle).completedWrites.map(\.time)
        func rows(after begin: InstantTime) async throws -> Int {
            var count = 0
            for try await batch in try await Snapshot.incremental(table.handle, after: begin).scan() { count += batch.rowCount }
            return count
        }
        let before = try await rows(after: commits[2])
        try await archival(table, 3...4).archive()
        #expect(before == 12, "the last three commits changed every row")
        #expect(try await rows(after: commits[2]) == before)
        #expect(try await rows(after: .zero) == 12)
        clock.advance(milliseconds: 1000)
        for number in 0..<4 {
            clock.advance(milliseconds: 1000)
            try await table.write([Change(id: "k0", place: "p0", ts: Int64(100 + number), n: 1)])
        }
        try await archival(table, 2...3).archive()
        await #expect { _ = try await rows(after: commits[2]) } throws: { error in
            (error as? TableError)?.code == .unsupported && "\(error)".contains("\(commits[2])")
        }
        let first = try #require(try await Timeline.load(table.handle).firstActive)
        #expect(try await rows(after: first) == 1)
    }

    @Test func `thousands of instants leave in lots, and the table goes on`() async throws {
        let table = try await start(commits: 1, cleaning: false)
        let text = try await CompletedCommits(table.handle, timeline: try await Timeline.load(table.handle))
            .metadata(of: try #require(try await Timeline.load(table.handle).newestCompletedWrite)).encoded()
        let start = clock.nowMilliseconds()
        for number in 1...2500 {
            let time = InstantTime(epochMilliseconds: start + Int64(number), zone: .utc)
            for state in InstantState.allCases {
                try await table.handle.store.put(
                    state == .completed ? text : Bytes(), at: table.handle.timelineFile(InstantFileName(time, .commit, state)), condition: .ifAbsent)
            }
        }
        clock.advance(milliseconds: 10_000)
        let report = try await archival(table, 20...30).archive()
        #expect(report.archived.count == 2481 && report.files.count >= 5)
        let timeline = try await Timeline.load(table.handle)
        #expect(timeline.completedWrites.count == 20 && timeline.files.count == 60)
        #expect(try await archive(of: table).completed.count == 2481)
        #expect(try await PastSnapshots.rows(of: table.handle).count == 12)
    }
}
