import TarnBase
import TarnColumns
import TarnRead
import TarnStorage
import TarnTable
import TarnTestSupport
import TarnWrite
import Testing

/// Merge-on-read tables that Spark 0.15 wrote, written on.
@Suite(.enabled(if: GoldenTable.areThere, Comment(rawValue: GoldenTable.missing)))
struct GoldenDeltaTests {
    /// A golden table whose payload is made event time, which is what Tarn writes.
    private struct Golden {
        let files: GoldenTable
        let handle: TableHandle

        init(_ name: String) async throws {
            files = try GoldenTable("spark-lab/\(name)")
            handle = TableHandle(store: files.store, path: .root, runtime: .system)
            var properties = try await TableProperties.load(handle).file
            properties[PropertyKey.payloadClass] = "org.apache.hudi.common.model.DefaultHoodieRecordPayload"
            try await handle.store.put(properties.text(comment: "changed", now: 0), at: handle.propertiesPath, condition: .always)
        }

        func write(_ rows: RecordBatch, _ kind: ChangeKind) async throws -> CommitReport {
            var settings = WriteSettings(operation: .upsert)
            settings.memory = .mebibytes(16)
            let write = try await WriteTransaction.begin(handle, settings)
            do {
                let rejected = try await write.stage(ChangeBatch(rows: rows, kinds: Array(repeating: kind, count: rows.rowCount)))
                guard rejected.isEmpty else { throw Unexpected("rejected: \(rejected)") }
            } catch {
                await write.abandon()
                throw error
            }
            return try await write.commit()
        }

        /// What a snapshot shows, as texts in the order of texts.
        func rows() async throws -> [String] {
            var texts: [String] = []
            for try await batch in try await Snapshot.load(handle).scan() { texts += (0..<batch.rowCount).map { "\(batch.row(at: $0).map(Self.text))" } }
            return texts.sorted()
        }

        private static func text(_ cell: Cell) -> String { if case .text(let bytes) = cell { bytes.printableText } else { "\(cell)" } }

        func firstRows(_ count: Int) async throws -> RecordBatch {
            var batches: [RecordBatch] = []
            for try await batch in try await Snapshot.load(handle).scan() { batches.append(batch) }
            let all = RecordBatch.concatenate(batches)
            return all.take((0..<UInt32(min(count, all.rowCount))).map { $0 })
        }

        func logs() async throws -> [LogFile] { try await ListedFiles(handle).allFiles().logFiles.sorted { $0.name < $1.name } }

        /// Slices that hold a rollback block, with its instant and the one it undoes.
        func disowned() async throws -> Set<String> {
            var found: Set<String> = []
            for log in try await logs() where log.size > 0 {
                var reader = LogReader(log, in: handle)
                while let block = try await reader.next() {
                    if let target = block.rolledBack { found.insert("\(log.partition)/\(log.name.fileID)_\(log.name.baseInstant) \(block.instant) \(target)") }
                }
            }
            return found
        }
    }

    @Test(arguments: [
        "v6-0.15-mor-avro-softdelete", "v6-0.15-mor-logs-default-long", "v6-0.15-mor-logs-default-timestamp", "v6-0.15-mor-logs-default-date",
        "v6-0.15-mor-logonly-inmemory", "v6-0.15-mor-pending-compaction", "v6-0.15-mor-logonly-pending-compaction", "v6-0.15-mor-parquetlog",
        "v6-0.15-mor-avro-then-parquetlog", "v6-0.15-mor-upsert-after-rollback", "v6-0.15-mor-compaction-inline",
        "v6-0.15-mor-rollback-completed", "v6-0.15-mor-avro-order-double", "v6-0.15-mor-avro-noprecombine", "v6-0.15-mor-logcompaction",
    ])
    func `rows are found wherever Spark put them, in base files or in logs`(name: String) async throws {
        let golden = try await Golden(name)
        let before = try await golden.rows()
        let some = try await golden.firstRows(40)
        // The same rows again: of equal ordering values the later arrival wins, and it looks the same.
        let updated = try await golden.write(some, .upsert)
        #expect(updated.updated == Int64(some.rowCount) && updated.inserted == 0 && updated.stale == 0, "\(updated)")
        #expect(try await golden.rows() == before)
        let deleted = try await golden.write(some, .deleteByKey)
        #expect(deleted.deleted == Int64(some.rowCount) && deleted.stale == 0)
        #expect(try await golden.rows().count == before.count - some.rowCount)
        let inserted = try await golden.write(some, .upsert)
        #expect(inserted.inserted == Int64(some.rowCount) && inserted.updated == 0)
        #expect(try await golden.rows() == before)
    }

    @Test(arguments: ["v6-0.15-mor-rollback-completed", "v6-0.15-mor-upsert-after-rollback", "v6-0.15-mor-avro-rollback"])
    func `a rollback that Spark left half done is finished under its own instant, with Spark's plan`(name: String) async throws {
        let golden = try await Golden(name)
        let done = try await golden.disowned()
        let rollback = try #require(try await Timeline.load(golden.handle).completed.last { $0.action == .rollback })
        let plan = try RollbackPlan(parsing: try await golden.handle.store.get(golden.handle.timelineFile(rollback.fileName(.requested)), upTo: .mebibytes(1)))
        let mine = done.filter { $0.contains(" \(rollback.time) ") }
        #expect(!mine.isEmpty)
        try await golden.handle.store.delete([golden.handle.timelineFile(rollback.fileName(.completed))])
        for log in try await golden.logs() where log.size == 105 {
            var reader = LogReader(log, in: golden.handle)
            if try await reader.next()?.instant == rollback.time { try await golden.handle.store.delete([log.path(in: golden.handle)]) }
        }
        #expect(try await golden.disowned() == done.subtracting(mine))
        #expect(try await TableRollback.run(on: golden.handle, instant: nil).map(\.description) == [plan.instant])
        #expect(try await golden.disowned() == done)
        #expect(try await Timeline.load(golden.handle).pending.isEmpty)
        // Again, although its blocks are there already.
        try await golden.handle.store.delete([golden.handle.timelineFile(rollback.fileName(.completed))])
        let count = try await golden.logs().count
        _ = try await TableRollback.run(on: golden.handle, instant: nil)
        #expect(try await golden.logs().count == count)
    }

    @Test func `what a killed Spark writer left is rolled back as Spark does`() async throws {
        let golden = try await Golden("v6-0.15-mor-upsert-killed")
        let before = try await golden.rows()
        let killed = try #require(try await Timeline.load(golden.handle).pending.first)
        let markers = try await golden.handle.store.list(golden.handle.markerFolder(of: killed.time), recursive: true).objects
            .filter { $0.path.name.hasSuffix(".marker.APPEND") }
        #expect(try await TableRollback.run(on: golden.handle, instant: nil) == [killed.time])
        let timeline = try await Timeline.load(golden.handle)
        #expect(timeline.pending.isEmpty && !timeline.instants.contains { $0.time == killed.time })
        #expect(try await golden.disowned().filter { $0.hasSuffix(" \(killed.time)") }.count == markers.count && !markers.isEmpty)
        #expect(try await golden.rows() == before)
    }
}
