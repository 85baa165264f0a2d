import TarnBase
import TarnColumns
import TarnServices
import TarnStorage
import TarnTable
import TarnTestSupport
import TarnWrite
import Testing

/// What delta commits and services ask of the store at most (SPEC.md 3), counted at the store. Of small files: none has a
/// second part or window.
@Suite struct ServiceBudgetTests {
    /// The example's columns and the five of Hudi's.
    private static let columns = ExampleTable.schema.fields.count + MetaFields.names.count

    /// A table in a bucket, where the writers' lock is made of requests too, or on a disk. Its files are small, so that a
    /// partition has several.
    private func table(inBucket: Bool) async throws -> ExampleTable {
        let runtime = Runtime(clock: SteppedClock(), random: SeededRandom(seed: 3))
        var table = ExampleTable(MemoryStore(runtime: runtime, hasLocks: !inBucket), runtime: runtime)
        table.targetFileSize = .kibibytes(4)
        try await table.create(type: .mergeOnRead)
        return table
    }

    private func changes(_ ids: some Sequence<Int>, places: Int, ts: Int, kind: ChangeKind = .upsert) -> [Change] {
        ids.map { Change(kind: kind, id: "\(1000 + $0)", place: "p\($0 % places)", ts: Int64(ts), n: Int32($0)) }
    }

    /// The newest slices before some work, the files that it made, and what it asked for.
    private struct Work {
        let slices: [FileSlice]
        /// Completed replacecommits on the timeline, each of which is read to know what it replaced.
        let replacements: Int
        let bases: [BaseFile]
        let logs: [LogFile]
        let store: MeteredStore

        var partitions: Int { Set(bases.map(\.partition)).union(logs.map(\.partition)).count }

        func expect(_ counts: RequestCounts, atMost budget: Int, _ what: String) {
            #expect(counts.total <= budget, "\(what): \(counts.total) of \(budget), \(counts)")
        }
    }

    private func work(on table: ExampleTable, _ body: (ExampleTable) async throws -> Void) async throws -> Work {
        let before = try await ListedFiles(table.handle).allFiles()
        let slices = try await table.latestSlices()
        let replacements = try await Timeline.load(table.handle).completed.count { $0.action == .replaceCommit }
        let store = MeteredStore(table.handle.store)
        try await body(table.through(store))
        let after = try await ListedFiles(table.handle).allFiles()
        let known = Set(before.baseFiles.map(\.relativePath) + before.logFiles.map(\.relativePath))
        return Work(
            slices: slices, replacements: replacements, bases: after.baseFiles.filter { !known.contains($0.relativePath) },
            logs: after.logFiles.filter { !known.contains($0.relativePath) }, store: store)
    }

    /// Reads of a slice: a whole small file is one; with logs its footer, each column, and each log.
    private func reads(_ slice: FileSlice) -> Int { slice.logFiles.isEmpty ? 1 : 1 + Self.columns + slice.logFiles.count }

    @Test(arguments: [false, true], [1, 5])
    func `delta commits and services keep to their budgets of requests`(inBucket: Bool, places: Int) async throws {
        var table = try await table(inBucket: inBucket)
        for round in 0..<3 {
            // Delta commits: inserts, updates of every group and of some, deletes.
            for (number, batch) in [
                changes((300 * round)..<(300 * round + 300), places: places, ts: 10 * round),
                changes(0..<(300 * round + 300), places: places, ts: 10 * round + 1),
                changes(stride(from: 0, to: 90, by: 7), places: places, ts: 10 * round + 2),
                changes((300 * round)..<(300 * round + 20), places: places, ts: 10 * round + 3, kind: .delete),
            ].enumerated() {
                var written: CommitReport?
                let work = try await work(on: table) { written = try await $0.write(batch) }
                let report = try #require(written)
                #expect(report.requests + report.lookupRequests == work.store.counts)
                work.expect(
                    report.requests, atMost: 14 + work.replacements + 2 * work.logs.count + 3 * work.bases.count + 2 * work.partitions,
                    "delta commit \(number) of round \(round)")
                let lookups = work.slices.reduce(0) { $0 + ($1.baseFile == nil ? 0 : 2) + $1.logFiles.count }
                #expect(report.lookupRequests.get <= lookups && report.lookupRequests.total <= lookups + 1, "look-up: \(report.lookupRequests) of \(lookups)")
            }

            if round == 1 {
                // A clustering reads slices with logs too.
                table.targetFileSize = .kibibytes(64)
                try await expectClustering(of: table)
                table.targetFileSize = .kibibytes(4)
                try await table.write(changes(0..<600, places: places, ts: 10 * round + 4))
            }
            let compaction = try await work(on: table) { _ = try await CompactionService($0.handle).runAll() }
            let logged = compaction.slices.filter { !$0.logFiles.isEmpty }
            #expect(compaction.bases.count == logged.count && !logged.isEmpty)
            // The footer is read once more, to count the rows; a marker and a file are put.
            compaction.expect(
                compaction.store.counts, atMost: 24 + 2 * compaction.replacements + logged.reduce(0) { $0 + reads($1) + 3 }, "compaction of \(logged.count) slices in round \(round)")
            table.targetFileSize = .kibibytes(64)
            try await expectClustering(of: table)
            table.targetFileSize = .kibibytes(4)

            var cleaned: CleanReport?
            let files = try await ListedFiles(table.handle).allFiles()
            let clean = try await work(on: table) { cleaned = try await Cleaning($0.handle, keeping: .commits(2)).clean() }
            let left = Set(try await ListedFiles(table.handle).allFiles().baseFiles.map(\.relativePath))
            let emptied = Set(files.baseFiles.filter { !left.contains($0.relativePath) }.map(\.partition)).count
            #expect(round == 0 || (cleaned?.deletedFiles ?? 0) > 0 && emptied == places)
            clean.expect(clean.store.counts, atMost: 18 + emptied + clean.replacements, "clean of \(emptied) partitions in round \(round)")

            var archived: ArchiveReport?
            let archival = try await work(on: table) { archived = try await Archival($0.handle, keeping: 1...2).archive() }
            let count = archived?.archived.count ?? 0
            #expect(count > 0)
            archival.expect(archival.store.counts, atMost: 20 + 3 * count + archival.replacements, "archival of \(count) instants in round \(round)")
        }
    }

    private func expectClustering(of table: ExampleTable) async throws {
        var done: ClusteringReport?
        let work = try await work(on: table) { done = try await $0.clustering().run() }
        let report = try #require(done)
        let timeline = try await Timeline.load(table.handle)
        let commit = try #require(timeline.completed.last { $0.action == .replaceCommit })
        let groups = try await CompletedCommits(table.handle, timeline: timeline).metadata(of: commit).replacedGroups ?? []
        let taken = Set(groups.flatMap { group in group.fileIDs.map { "\(group.partitionPath)/\($0)" } })
        let slices = work.slices.filter { taken.contains("\($0.partition)/\($0.fileID)") }
        #expect(slices.count > 1 && slices.count == taken.count && Int(report.filesWritten) == work.bases.count)
        work.expect(work.store.counts, atMost: 24 + 2 * work.replacements + slices.reduce(0) { $0 + reads($1) } + 2 * work.bases.count, "clustering of \(slices.count) slices")
    }

    @Test(arguments: [false, true])
    func `a service with nothing to do asks little, and puts nothing but its lock`(inBucket: Bool) async throws {
        let table = try await table(inBucket: inBucket)
        try await table.write(changes(0..<200, places: 3, ts: 1))
        let idle: [(String, (ExampleTable) async throws -> Void)] = [
            ("compact", { _ = try await CompactionService($0.handle).runAll() }),
            ("clean", { try await Cleaning($0.handle, keeping: .commits(2)).clean() }),
            ("archive", { try await Archival($0.handle, keeping: 1...2).archive() }),
        ]
        for (name, run) in idle {
            let store = MeteredStore(table.handle.store)
            try await run(table.through(store))
            #expect(store.counts.total <= 13 && store.counts.put <= (inBucket ? 2 : 0), "\(name): \(store.counts)")
        }
    }
}
