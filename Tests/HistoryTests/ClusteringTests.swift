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

extension ExampleTable {
    func clustering(sort: [String] = [], curve: Clustering.Curve = .linear, smallRowGroupLimit: ByteCount = .mebibytes(4)) -> ClusteringService {
        var clustering = Clustering(sortColumns: sort, targetFileSize: targetFileSize)
        clustering.curve = curve
        clustering.smallFileLimit = targetFileSize
        clustering.smallRowGroupLimit = smallRowGroupLimit
        clustering.memory = memory
        return ClusteringService(handle, clustering)
    }

    /// What readers see that a service must not change: every row, and the commit it counts as changed by.
    func seen(asOf time: InstantTime? = nil, after begin: InstantTime? = nil) async throws -> [Cell: [Cell]] {
        let snapshot =
            if let begin { try await Snapshot.incremental(handle, after: begin, upTo: time) } else { try await Snapshot.load(handle, asOf: time) }
        var rows: [Cell: [Cell]] = [:]
        for try await batch in snapshot.scan(withMetaFields: true) {
            for row in 0..<batch.rowCount {
                var cells = batch.row(at: row)
                cells.remove(at: 4)  // the file
                try expect(rows.updateValue(cells, forKey: cells[2]) == nil, "a key twice: \(cells)")
            }
        }
        return rows
    }

    /// Nothing is pending, nothing is left over, and the checker finds nothing.
    func expectSound() async throws {
        let timeline = try await Timeline.load(handle)
        try expect(timeline.pending.isEmpty, "pending: \(timeline.pending)")
        let objects = try await handle.store.list(handle.metaFolder, recursive: true).objects
        try expect(!objects.contains { $0.path.text.contains("/.temp/") }, "markers are left: \(objects.map(\.path))")
        var options = CheckOptions()
        options.isDeep = true
        let findings = await TableCheck(handle.path.text, in: handle.store, options: options, runtime: handle.runtime).report().findings
        try expect(findings.isEmpty, "tablecheck: \(findings)")
    }
}

@Suite struct ClusteringTests {
    private let clock = SimulatedClock()
    private var runtime: Runtime { .simulated(clock: clock, seed: 11) }

    /// Three writes that leave several small files in each of three partitions.
    private func start(isKept: Bool = false, line: Int = #line) async throws -> ExampleTable {
        let store: any ObjectStore = (isKept ? try keptTables(runtime) : nil) ?? MemoryStore(runtime: runtime)
        var table = ExampleTable(store, path: "clustering-\(line)", runtime: runtime)
        table.targetFileSize = ByteCount(1)
        try await table.create()
        for batch in 0..<3 {
            clock.advance(milliseconds: 5)
            try await table.write((0..<24).map { Change(id: "k\(batch)-\($0)", place: "p\($0 % 3)", ts: 5, n: Int32(($0 * 7 + batch) % 10)) })
        }
        table.targetFileSize = .kibibytes(256)
        clock.advance(milliseconds: 5)
        return table
    }

    private func copy(_ table: ExampleTable) async throws -> ExampleTable {
        table.through(try await table.handle.store.copied(runtime: runtime))
    }

    // MARK: What a clustering does

    @Test func `small files become one in each partition, and no reader sees a difference`() async throws {
        let table = try await start(isKept: true)
        let commits = try await Timeline.load(table.handle).completedWrites.map(\.time)
        let before = try await table.seen()
        let then = try await table.seen(asOf: commits[1])
        let recent = try await table.seen(after: commits[1])
        #expect(recent.count == 24 && then.count == 48)
        let files = try await table.latestFiles().count

        let report = try await table.clustering().run()
        #expect(report.isCompleted && report.rows == 72 && report.groups == 3 && report.filesRead == files && report.filesWritten == 3)
        #expect(try await table.latestFiles().count == 3 && files > 6)
        #expect(try await table.seen() == before)
        #expect(try await table.seen(asOf: commits[1]) == then)
        #expect(try await table.seen(after: commits[1]) == recent)
        #expect(try await table.seen(after: commits[2]).isEmpty)
        try await table.expectSound()
        #expect(try await table.rows().count == 72)

        let again = try await table.clustering().run()
        #expect(again.instant == nil && again.groups == 0)
        try await table.write([Change(id: "k0-0", place: "p0", ts: 9, n: 1), Change(kind: .delete, id: "k1-1", ts: 9), Change(id: "new", place: "p1", ts: 1)])
        #expect(try await table.rows().count == 72)
        try await table.expectSound()
    }

    @Test func `the commit says what Spark's says, and hands the ledger on`() async throws {
        let table = try await start()
        var extras = CommitExtras()
        extras.metadata = [(key: SourceLedger.key, value: SourceLedger().text), (key: Watermark.key, value: "17")]
        try await table.write([Change(id: "k0-0", place: "p0", ts: 9, n: 1)], token: "once", extras: extras)
        let instant = try #require(try await table.clustering().run().instant)
        let timeline = try await Timeline.load(table.handle)
        let completed = try #require(timeline.instant(instant, .replaceCommit))
        let metadata = try await CompletedCommits(table.handle, timeline: timeline).metadata(of: completed)
        #expect(metadata.operation == .cluster && !metadata.isCompacted && metadata.partitions.count == 3)
        #expect(metadata.replacedGroups?.map(\.partitionPath) == metadata.partitions.map(\.partitionPath))
        #expect(metadata.stats.allSatisfy { $0.previousInstant == nil && $0.inserts == $0.writes && $0.updates == 0 && $0.deletes == 0 })
        #expect(metadata.extraMetadata[Watermark.key] == "17")
        #expect(timeline.files(of: completed).map { $0.size == 0 } == [false, true, false])
        #expect(try await table.write([Change(id: "k0-0", place: "p0", ts: 10, n: 2)], token: "once").wasAlreadyCommitted)
    }

    @Test func `a dry run and a plan say what a run does`() async throws {
        let table = try await start()
        let would = try await table.clustering().dryRun()
        #expect(would.instant == nil && would.groups == 3 && would.filesWritten == 3)
        #expect(try await Timeline.load(table.handle).pending.isEmpty)
        let before = try await table.seen()
        let planned = try await table.clustering().schedule()
        let instant = try #require(planned.instant)
        #expect(!planned.isCompleted && planned.filesRead == would.filesRead)
        #expect(try await table.seen() == before)
        #expect(try await table.clustering().schedule().instant == nil)
        #expect(try await table.clustering().run(pending: instant).isCompleted)
        #expect(try await table.seen() == before)
        await #expect { try await table.clustering().run(pending: instant) } throws: { ($0 as? TableError)?.code == .notFound }
        try await table.expectSound()
    }

    // MARK: Order

    /// Files of one partition in the order of their first rows.
    private func sortedFiles(_ table: ExampleTable) async throws -> [[[Cell]]] {
        var files: [[[Cell]]] = []
        for file in try await table.latestFiles() {
            var rows: [[Cell]] = []
            for try await chunk in try await BaseFileReader.open(file.path(in: table.handle), size: file.size, in: table.handle.store).rows() {
                rows += (0..<chunk.batch.rowCount).map { chunk.batch.row(at: $0) }
            }
            files.append(rows)
        }
        return files
    }

    private static func number(_ cell: Cell) -> Int64 { if case .int(let value) = cell { value } else { .min } }

    @Test(arguments: [ByteCount.mebibytes(64), .kibibytes(256)])
    func `rows are sorted within each file, files do not overlap, and memory does not matter`(memory: ByteCount) async throws {
        var table = try await start()
        table.targetFileSize = .kibibytes(96)
        try await table.write((0..<20_000).map { Change(id: "s\($0)", place: "p\($0 % 2)", ts: Int64($0 &* 7919 % 1000), n: Int32($0 &* 31 % 500)) })
        let before = try await table.seen()
        table.memory = memory
        var clustering = Clustering(sortColumns: ["n", "ts"], targetFileSize: .kibibytes(128))
        clustering.smallFileLimit = .mebibytes(1)
        clustering.memory = memory
        let report = try await ClusteringService(table.handle, clustering).run()
        #expect(report.isCompleted && report.rows == 20_072 && (report.bytesSpilled > 0) == (memory < .mebibytes(1)))
        #expect(try await table.seen() == before)
        let files = try await sortedFiles(table)
        #expect(files.count == report.filesWritten && files.count > 3)
        var ranges: [Cell: [(Int64, Int64)]] = [:]
        for rows in files {
            let keys = rows.map { (Self.number($0[8]), Self.number($0[7])) }
            #expect(zip(keys, keys.dropFirst()).allSatisfy { $0 <= $1 })
            ranges[rows[0][3], default: []].append((keys[0].0, keys[keys.count - 1].0))
        }
        for part in ranges.values.map({ $0.sorted { $0.0 < $1.0 } }) {
            #expect(zip(part, part.dropFirst()).allSatisfy { $0.1 <= $1.0 })
        }
        try await table.expectSound()
    }

    @Test(arguments: [Clustering.Curve.zorder, .hilbert])
    func `a curve narrows both columns, and memory does not matter`(curve: Clustering.Curve) async throws {
        for memory in [ByteCount.mebibytes(64), .kibibytes(512)] {
            var table = try await start()
            table.targetFileSize = .kibibytes(96)
            try await table.write((0..<8_000).map { Change(id: "s\($0)", place: "p0", ts: Int64($0 &* 7919 % 1000), n: Int32($0 &* 31 % 997)) })
            let before = try await table.seen()
            var clustering = Clustering(sortColumns: ["n", "ts"], targetFileSize: .kibibytes(16))
            clustering.curve = curve
            clustering.smallFileLimit = .mebibytes(1)
            clustering.partitions = ["place=p0"]
            clustering.memory = memory
            let report = try await ClusteringService(table.handle, clustering).run()
            #expect(try await table.seen() == before)
            let files = try await sortedFiles(table).filter { $0.count > 100 }
            #expect(report.filesWritten > 7 && files.count > 7)
            for column in [7, 8] {
                let spans = files.map { rows in
                    let values = rows.map { Self.number($0[column]) }.sorted()
                    return values[values.count * 9 / 10] - values[values.count / 10]
                }
                // Of a range of about 1,000, of which rows in no order would show 80%.
                #expect(spans.reduce(0, +) / Int64(spans.count) < 600, "\(curve), column \(column): \(spans)")
            }
        }
    }

    // MARK: Crashes

    @Test(arguments: [ByteCount.mebibytes(4), .bytes(0)])
    func `a clustering cut short at any request changes nothing, and the next one finishes it`(copyingFrom limit: ByteCount) async throws {
        let base = try await start()
        let before = try await base.seen()
        let trial = try await copy(base)
        let requests = try await countingRequests(of: trial.handle.store) { _ = try await trial.through($0).clustering(smallRowGroupLimit: limit).run() }
        #expect(requests > 20)
        for fault in Fault.allCases {
            await withEvery("\(fault) at request", in: 0..<requests) { request in
                let table = try await copy(base)
                clock.advance(milliseconds: 5)
                _ = try? await table.through(FaultyStore(table.handle.store, failing: fault, atRequest: request)).clustering(smallRowGroupLimit: limit).run()
                try expect(try await table.seen() == before, "a reader sees something else")
                clock.advance(milliseconds: 5)
                _ = try await table.clustering(smallRowGroupLimit: limit).run()
                try expect(try await table.seen() == before, "after the next run a reader sees something else")
                try expect(try await table.latestFiles().count == 3, "the next run did not cluster")
                try await table.expectSound()
            }
        }
    }

    @Test func `finishing a clustering that died may itself be cut short at any request`() async throws {
        let broken = try await half(try await start())
        let before = try await broken.seen()
        let trial = try await copy(broken)
        let requests = try await countingRequests(of: trial.handle.store) { _ = try await trial.through($0).clustering().run() }
        for fault in Fault.allCases {
            await withEvery("\(fault) at request", in: 0..<requests) { request in
                let table = try await copy(broken)
                _ = try? await table.through(FaultyStore(table.handle.store, failing: fault, atRequest: request)).clustering().run()
                try expect(try await table.seen() == before, "a reader sees something else")
                clock.advance(milliseconds: 5)
                _ = try await table.clustering().run()
                try expect(try await table.seen() == before, "after the next run a reader sees something else")
                try expect(try await table.latestFiles().count == 3, "the next run did not cluster")
                try await table.expectSound()
            }
        }
    }

    /// A clustering that died before its last request: everything is there but the completed file.
    private func half(_ table: ExampleTable) async throws -> ExampleTable {
        let trial = try await copy(table)
        let recording = RecordingStore(trial.handle.store)
        _ = try await trial.through(recording).clustering().run()
        let completing = try #require(recording.calls.lastIndex { "\($0)".contains(".replacecommit") && $0.changesObjects })
        _ = try? await table.through(FaultyStore(table.handle.store, failing: .outage, atRequest: completing)).clustering().run()
        let pending = try await Timeline.load(table.handle).pending
        #expect(pending.map(\.state) == [.inflight])
        return table
    }

    @Test func `a clustering that died, or is only planned, can be undone with its plan`() async throws {
        for isHalfDone in [true, false] {
            var table = try await start()
            let before = try await table.seen()
            if isHalfDone { table = try await half(table) } else { _ = try await table.clustering().schedule() }
            let instant = try #require(try await Timeline.load(table.handle).pending.first?.time)
            clock.advance(milliseconds: 5)
            #expect(try await TableRollback.run(on: table.handle, instant: instant) == [instant])
            #expect(try await table.seen() == before)
            #expect(try await Timeline.load(table.handle).instants.allSatisfy { $0.time != instant })
            try await table.expectSound()
            try await table.write([Change(id: "k0-0", place: "p0", ts: 9, n: 1)])
            #expect(try await table.clustering().run().isCompleted)
            try await table.expectSound()
        }
    }

    // MARK: Writes beside a pending clustering

    @Test func `a write that changes rows of a pending clustering is refused before a byte is written`() async throws {
        let table = try await start()
        let instant = try #require(try await table.clustering().schedule().instant)
        let objects = try await table.handle.store.list(.root, recursive: true).objects
        for change in [Change(id: "k0-0", place: "p0", ts: 9, n: 1), Change(id: "k0-0", place: "elsewhere", ts: 9, n: 1), Change(kind: .delete, id: "k0-0", ts: 9)] {
            await #expect { try await table.write([change]) } throws: { error in
                guard let error = error as? TableError else { return false }
                return error.code == .conflict && error.instant == instant && error.message.contains("--run \(instant)")
            }
        }
        #expect(try await table.handle.store.list(.root, recursive: true).objects == objects)
        // What loses to the stored row changes nothing.
        #expect(try await table.write([Change(id: "k0-0", place: "p0", ts: 1, n: 1)]).instant == nil)
    }

    @Test func `inserts go elsewhere, and both they and the clustering last`() async throws {
        let table = try await start()
        let instant = try #require(try await table.clustering().schedule().instant)
        clock.advance(milliseconds: 5)
        let report = try await table.write([Change(id: "n1", place: "p0", ts: 1, n: 1), Change(id: "n2", place: "p9", ts: 1, n: 2)])
        #expect(report.inserted == 2 && report.filesRead == 0 && report.filesWritten == 2)
        try await table.write([Change(id: "n1", place: "p0", ts: 2, n: 3)])
        let before = try await table.seen()
        #expect(before.count == 74)
        #expect(try await table.clustering().run(pending: instant).isCompleted)
        #expect(try await table.seen() == before)
        try await table.write([Change(id: "k0-0", place: "p0", ts: 9, n: 1)])
        #expect(try await table.rows().count == 74)
    }

    @Test func `a plan whose files changed meanwhile is not run`() async throws {
        let table = try await start()
        let plan = try #require(try await table.clustering().plan())
        try await table.write([Change(id: "k0-0", place: "p0", ts: 9, n: 1)])
        let before = try await table.seen()
        await #expect { try await table.clustering().run(plan) } throws: { ($0 as? TableError)?.code == .conflict }
        #expect(try await table.seen() == before)
        #expect(try await Timeline.load(table.handle).pending.isEmpty)
    }

    @Test func `what cannot be clustered right is refused by name`() async throws {
        let table = try await start()
        await #expect { try await table.clustering(sort: ["nothing"]).run() } throws: { ($0 as? TableError)?.code == .invalid }
        await #expect { try await table.clustering(sort: ["tags"]).run() } throws: { ($0 as? TableError)?.code == .unsupported }
        try await table.handle.store.put(Bytes(), at: table.handle.metaFolder.appending("metadata/.hoodie/hoodie.properties"), condition: .always)
        await #expect { try await table.clustering().run() } throws: { ($0 as? TableError)?.code == .unsupported }
    }
}
