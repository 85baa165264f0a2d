import TarnBase
import TarnServices
import TarnStorage
import TarnTable
import TarnTestSupport
import TarnWrite
import Testing

/// Compaction of tables that Spark wrote: the rows stay, now and in every snapshot of the past.
@Suite struct CompactionTests {
    /// With plans of Spark's and delta commits behind them, of logs alone, a run that was killed, deletes and rollbacks.
    static let tables = [
        "v6-0.15-mor-pending-compaction", "v6-0.15-mor-pending-compaction-two", "v6-0.15-mor-logonly-pending-compaction",
        "v6-0.15-mor-compaction-killed", "v6-0.15-mor-avro-softdelete", "v6-0.15-mor-logonly-inmemory", "v6-0.15-mor-avro-rollback",
        "v6-0.15-mor-types-parquetlog",
    ]

    private func commits(_ table: SparkTable) async throws -> CompletedCommits { CompletedCommits(table.handle, timeline: try await table.timeline()) }

    @Test(arguments: tables)
    func `all rows stay, with their commit times, and end up in base files`(name: String) async throws {
        let table = try await SparkTable(name)
        let times = try await table.timeline().completedWrites.map(\.time)
        let (before, past) = (try await table.rows(), try await table.past(times))
        let report = try await CompactionService(table.handle).runAll()
        #expect(!report.instants.isEmpty && report.filesWritten == report.slices)
        #expect(try await table.rows() == before)
        #expect(try await table.rows(readOptimized: true) == before, "something is left in logs")
        #expect(try await table.past(times) == past, "a past snapshot changed")
        #expect(try await table.faults() == [])
        #expect(try await CompactionService(table.handle).plan() == nil)
        #expect(try await CompactionService(table.handle).runAll().instants.isEmpty, "compacting again does nothing")
    }

    @Test(arguments: tables)
    func `little memory gives the same rows, and every run the same bytes`(name: String) async throws {
        var files: [[Bytes]] = []
        for (seed, memory) in [(UInt64(1), ByteCount.mebibytes(512)), (2, .mebibytes(512)), (3, .kibibytes(64))] {
            let table = try await SparkTable(name, seed: seed)
            let before = try await table.rows()
            var options = Compaction()
            options.memory = memory
            let report = try await CompactionService(table.handle, options).runAll()
            #expect(try await table.rows() == before)
            var bytes: [Bytes] = []
            for file in try await ListedFiles(table.handle).allFiles().baseFiles where report.instants.contains(file.instant) {
                bytes.append(try await table.handle.store.get(file.path(in: table.handle), upTo: .mebibytes(64)))
            }
            files.append(bytes)
        }
        #expect(!files[0].isEmpty && files[0] == files[1], "two runs differ")
    }

    @Test func `a commit counts what Spark counts on the same plan`() async throws {
        let (ours, theirs) = (try await SparkTable("v6-0.15-mor-compaction-killed"), try await SparkTable("v6-0.15-mor-compaction-after-rollback"))
        let time = try #require(try await ours.timeline().pendingCompactions.first?.time)
        _ = try await CompactionService(ours.handle).run(time)
        var metadata: [CommitMetadata] = []
        for table in [ours, theirs] {
            let commits = try await commits(table)
            metadata.append(try await commits.metadata(of: try #require(commits.timeline.instant(time, .commit))))
        }
        #expect(metadata[0].isCompacted && metadata[0].operation == .compact && metadata[0].schemaText == metadata[1].schemaText)
        #expect(metadata[0].extraMetadata.entries.map(\.key) == metadata[1].extraMetadata.entries.map(\.key))
        #expect(metadata[0].partitions.map(\.partitionPath) == metadata[1].partitions.map(\.partitionPath))
        for (our, their) in zip(metadata[0].stats, metadata[1].stats) {
            var expected = their
            (expected.path, expected.fileSize, expected.writtenBytes, expected.durations) = (our.path, our.fileSize, our.writtenBytes, our.durations)
            #expect(our == expected)
        }
    }

    // MARK: What waits

    private func backlog(_ table: SparkTable) async throws -> CompactionBacklog {
        let commits = try await commits(table)
        return try await .load(commits, try await .load(commits), try await ListedFiles(table.handle).allFiles())
    }

    @Test func `the backlog is what a plan would take, less what failed writes left, and gone once it is compacted`() async throws {
        for (name, hasFailed) in [("v6-0.15-mor-avro-softdelete", false), ("v6-0.15-mor-avro-rollback", true)] {
            let table = try await SparkTable(name)
            let waiting = try await backlog(table)
            let plan = try #require(try await CompactionService(table.handle).plan())
            #expect(waiting.sliceCount == plan.slices.count, "\(name)")
            #expect(hasFailed ? waiting.logBytes < plan.logBytes : waiting.logBytes == plan.logBytes, "\(name)")
            #expect(waiting.logFileCount > 0 && waiting.logToBaseRatio > 0)
            // Copied at that time.
            #expect(waiting.lag(at: SparkTable.now + 5000) == 5000 && waiting.percentile95(at: SparkTable.now + 5000) <= 5000)
            _ = try await CompactionService(table.handle).runAll()
            let after = try await backlog(table)
            #expect(after.sliceCount == 0 && after.logBytes == 0 && after.logFileCount == 0 && after.lag(at: SparkTable.now + 5000) == 0)
            #expect(after.slices.count == waiting.slices.count && after.baseBytes > 0)
        }
    }

    // MARK: Plans

    /// Beginning and end of a container are its schema and a random mark.
    private func body(_ file: Bytes) throws -> [UInt8] {
        let bytes = file.array
        let mark = Array(bytes.suffix(16))
        guard let start = bytes.indices.first(where: { $0 + 16 <= bytes.count && Array(bytes[$0..<($0 + 16)]) == mark }) else { throw Unexpected("no mark") }
        return Array(bytes[..<start]) + Array(bytes[(start + 16)...].dropLast(16))
    }

    @Test(arguments: [
        "v6-0.15-mor-pending-compaction", "v6-0.15-mor-log-only-pending-compaction", "v6-0.15-mor-compaction-killed", "v6-0.15-mor-pending-compaction-two",
    ])
    func `a plan of Spark's, decoded and encoded, has Spark's bytes`(name: String) async throws {
        let table = try await SparkTable(name).handle
        let plans = try await Timeline.load(table).pendingCompactions
        #expect(!plans.isEmpty)
        for instant in plans {
            let bytes = try await table.store.get(table.timelineFile(instant.fileName(.requested)), upTo: .mebibytes(1))
            let plan = try CompactionPlan(parsing: bytes)
            #expect(try body(plan.encoded(random: table.runtime.random)) == body(bytes), "\(instant)")
        }
    }

    @Test func `groups of a pending plan are left to it`() async throws {
        let table = try await SparkTable("v6-0.15-mor-pending-compaction")
        let commits = try await commits(table)
        let pending = try await SliceSelection.load(commits).pendingCompactions
        let plan = try #require(try await CompactionService(table.handle).plan())
        #expect(plan.slices.allSatisfy { slice in !pending.keys.contains { $0.fileID.text == slice.fileID } })
        let scheduled = try #require(try await CompactionService(table.handle).schedule(plan))
        let time = try #require(scheduled.instant)
        #expect(try await table.timeline().pendingCompactions.map(\.time).last == time)
        #expect(try await CompactionService(table.handle).plan() == nil, "all slices with logs are planned for")
        #expect(try await CompactionService(table.handle).schedule(scheduled) == scheduled, "once is enough")
    }

    @Test func `a plan made before others worked takes the slices as they are when it is scheduled`() async throws {
        let table = try await SparkTable("v6-0.15-mor-avro-softdelete")
        let before = try await table.rows()
        let plan = try #require(try await CompactionService(table.handle).plan())
        var one = Compaction()
        one.maximumBytes = .bytes(1)
        let first = try #require(try await CompactionService(table.handle, one).plan())
        #expect(first.slices.count == 1 && plan.slices.count == 2 && first.slices[0] == plan.slices[0])
        #expect(plan.slices[0].logBytes >= plan.slices[1].logBytes)
        _ = try await CompactionService(table.handle).run(first)
        let rest = try await CompactionService(table.handle).run(plan)
        #expect(rest.slices == 1, "the other was compacted meanwhile")
        #expect(try await CompactionService(table.handle).run(plan).instants.isEmpty)
        #expect(try await table.rows() == before)
    }

    @Test func `only slices whose records have waited are due`() async throws {
        let table = try await SparkTable("v6-0.15-mor-avro-softdelete")
        var options = Compaction()
        options.maximumLagSeconds = 1 << 40
        #expect(try await CompactionService(table.handle, options).plan() == nil)
        // Copied just now, by the clock that asks.
        options.maximumLagSeconds = -1
        #expect(try await CompactionService(table.handle, options).plan()?.slices.count == 2)
    }

    @Test func `a copy-on-write table, an instant that is not there and a pending clustering are typed errors`() async throws {
        func code(_ body: () async throws -> Void) async -> TableError.Code? {
            do { try await body() } catch { return (error as? TableError)?.code }
            return nil
        }
        let cow = try await SparkTable("v6-0.14.0-cow-key-complex-one").handle
        #expect(await code { _ = try await CompactionService(cow).runAll() } == .invalid)
        let mor = try await SparkTable("v6-0.15-mor-avro-softdelete").handle
        #expect(await code { _ = try await CompactionService(mor).run(InstantTime("20260101000000000")!) } == .notFound)
        let clustering = try await SparkTable("v6-0.15-mor-pending-clustering").handle
        #expect(await code { _ = try await CompactionService(clustering).runAll() } == .conflict)
    }

    @Test func `a plan that turns out to be beyond us is taken off the timeline again`() async throws {
        for name in ["v6-0.15-mor-hfilelog", "v6-0.15-mor-evolve-promote"] {
            let table = try await SparkTable(name)
            let objects = try await table.handle.store.list(.root, recursive: true).objects.map(\.path)
            await #expect(throws: TableError.self) { try await CompactionService(table.handle).runAll() }
            #expect(try await table.handle.store.list(.root, recursive: true).objects.map(\.path) == objects, "\(name)")
        }
    }

    /// Spark undoes a killed run under an instant of its own, and runs the same plan again (format §2.5).
    @Test func `a rollback of a compaction that Spark left half done is finished, and keeps the plan`() async throws {
        let (table, later) = (try await SparkTable("v6-0.15-mor-compaction-killed"), try await SparkTable("v6-0.15-mor-compaction-after-rollback"))
        let before = try await table.rows()
        for file in try await later.timeline().files where file.name.action == .rollback && file.name.state != .completed {
            let from = later.handle.timelineFile(file.name)
            let content = file.size == 0 ? Bytes() : try await later.handle.store.get(from, upTo: .mebibytes(1))
            try await table.handle.store.put(content, at: table.handle.timelineFile(file.name), condition: .ifAbsent)
        }
        let time = try #require(try await table.timeline().pendingCompactions.first?.time)
        try await WriteGround.forService(on: table.handle) { _ in }
        #expect(try await table.timeline().pending.map { "\($0.action.rawValue) \($0.state.rawValue)" } == ["compaction requested"])
        #expect(try await ListedFiles(table.handle).allFiles().baseFiles.filter { $0.instant == time }.isEmpty)
        #expect(try await table.rows() == before)
        #expect(try await CompactionService(table.handle).runAll().instants.first == time)
        #expect(try await table.rows() == before)
        #expect(try await table.faults() == [])
    }

    @Test func `a plan that names what is not there is refused, and nothing is written`() async throws {
        let table = try await SparkTable("v6-0.15-mor-pending-compaction")
        let time = try #require(try await table.timeline().pendingCompactions.first?.time)
        let path = table.handle.timelineFile(InstantFileName(time, .compaction, .requested))
        var plan = try CompactionPlan(parsing: try await table.handle.store.get(path, upTo: .mebibytes(1)))
        plan.operations[0].logFiles.append(plan.operations[0].logFiles[0].replacing(".log.1_", with: ".log.9_"))
        try await table.handle.store.put(plan.encoded(random: table.handle.runtime.random), at: path, condition: .always)
        let objects = try await table.handle.store.list(.root, recursive: true).objects.map(\.path)
        await #expect(throws: TableError.self) { try await CompactionService(table.handle).run(time) }
        #expect(try await table.handle.store.list(.root, recursive: true).objects.map(\.path) == objects)
    }
}

extension String {
    fileprivate func replacing(_ part: String, with other: String) -> String {
        guard let start = indices.first(where: { self[$0...].hasPrefix(part) }) else { return self }
        return self[..<start] + other + self[index(start, offsetBy: part.count)...]
    }
}
