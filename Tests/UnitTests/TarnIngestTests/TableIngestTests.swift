import Glibc
import Tarn
import TarnAvro
import TarnBase
import TarnColumns
import TarnIngest
import TarnServices
import TarnStorage
import TarnTable
import TarnTestSupport
import TarnWrite
import Testing

/// Events into a real table, in memory.
@Suite struct TableIngestTests {
    private func fixture(_ name: String) throws -> Bytes {
        var path = #filePath
        for _ in 0..<4 { path = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) }
        let file = try #require(fopen("\(path)/Fixtures/events-debezium/\(name)", "r"))
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
        return Bytes(bytes)
    }

    private func table(_ schema: Schema, ordering: String, partition: String? = nil) async throws -> TableHandle {
        var configuration = TableConfiguration(name: "conversations", schema: schema, recordKey: [schema.names.contains("id") ? "id" : "conversation_id"])
        configuration.orderingFields = [ordering]
        if let partition { configuration.partitioning = .fields([partition]) }
        return try await Table.create(configuration, at: "t", in: MemoryStore(), runtime: .simulated()).handle
    }

    private func ingest(_ content: Bytes, into table: TableHandle, _ settings: IngestSettings, name: String = "f") async throws -> IngestSummary {
        let folder = QuarantineFolder(store: table.store, folder: ObjectPath.root.appending("t.quarantine"))
        return try await ChangeIngest(into: TableSink(table, WriteSettings()), settings, quarantine: folder, runtime: table.runtime)
            .run([try await .memory(content, name: name)]) { _ in }
    }

    private func rows(_ keys: [String], of table: TableHandle) async throws -> [String: JSON] {
        let write = try await WriteTransaction.begin(table, WriteSettings())
        let builder = TextBuilder(.string)
        for key in keys { builder.append(key) }
        let batch = try await write.storedRows(forKeys: builder.finish())
        await write.abandon()
        let lines = NDJSONWriter(schema: batch.schema).append(batch).utf8Text ?? ""
        var rows: [String: JSON] = [:]
        for line in lines.split(separator: "\n") {
            let row = try JSON(parsing: String(line))
            rows[row["id"]?.stringValue ?? ""] = row
        }
        return rows
    }

    /// What the database holds, in the words of our NDJSON, without what the stream cannot tell (events/README).
    private func compare(_ expected: JSON, with row: JSON?) throws {
        let id = expected["id"]?.stringValue ?? ""
        let row = try #require(row, "\(id) is missing")
        for member in expected.objectValue ?? [] {
            let found = row[member.name] ?? "no such column"
            switch member.name {
            // Changed by DDL alone in rows that no event touched later, or renamed, or shifted by the Julian calendar.
            case "priority" where found.isNull: continue
            case "active" where member.value.isNull: continue
            case "updated_at" where expected["seq"] == 8: continue
            case "clock":
                let micros = (found.intValue ?? row["tod"]?.intValue).map { clock($0) }
                #expect(micros == member.value.stringValue, "\(id) clock")
            case "updated_at", "updated_ms":
                #expect(found.stringValue == member.value.stringValue.map { $0 + "Z" }, "\(id) \(member.name)")
            case "balance":
                let trimmed = member.value.stringValue.map { $0 == "1.10" ? "1.1" : $0 }
                #expect(found.stringValue == trimmed, "\(id) balance")
            case "score", "ratio":
                #expect(found == member.value || found.doubleValue == member.value.doubleValue, "\(id) \(member.name)")
            default: #expect(found == member.value, "\(id) \(member.name)")
            }
        }
    }

    private func clock(_ micros: Int64) -> String {
        func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let seconds = micros / 1_000_000
        let fraction = String(micros % 1_000_000)
        return "\(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60)).\(String(repeating: "0", count: 6 - fraction.count))\(fraction)"
    }

    private func postgres(_ events: Bytes, _ expected: Bytes, batchRows: Int) async throws {
        let schema = try Schema(avro: AvroSchema(parsing: try #require(try fixture("conversations.avsc").utf8Text)))
        let table = try await table(schema, ordering: "lsn")
        var settings = IngestSettings()
        settings.orderingFrom = .sourcePosition
        settings.batchRows = batchRows
        let summary = try await ingest(events, into: table, settings)
        let wanted = try (expected.utf8Text ?? "").split(separator: "\n").map { try JSON(parsing: String($0)) }
        #expect(summary.events.quarantined == 0)
        var ids: Set<String> = []
        for line in events.utf8Text?.split(separator: "\n") ?? [] {
            if let id = try? JSON(parsing: String(line))["key"]?["payload"]?["id"]?.stringValue { ids.insert(id) }
        }
        let found = try await rows(ids.sorted(), of: table)
        #expect(found.keys.sorted() == wanted.compactMap { $0["id"]?.stringValue }.sorted())
        for row in wanted { try compare(row, with: found[row["id"]?.stringValue ?? ""]) }
    }

    @Test(arguments: [1000, 4])
    func `a PostgreSQL stream becomes the rows that the database has`(batchRows: Int) async throws {
        try await postgres(try fixture("conversations.ndjson"), try fixture("conversations.expected.ndjson"), batchRows: batchRows)
    }

    @Test(.enabled(if: access("\(GoldenTable.sharedFolder)/events/debezium-postgres", R_OK) == 0, "the shared events are missing"))
    func `the whole PostgreSQL file becomes the rows that the database has`() async throws {
        let store = try LocalStore(root: "\(GoldenTable.sharedFolder)/events/debezium-postgres")
        func file(_ name: String) async throws -> Bytes { try await store.get(ObjectPath.root.appending(name)) }
        try await postgres(try await file("envelope-schema.ndjson"), try await file("conversations.expected.ndjson"), batchRows: 1000)
    }

    @Test func `what a commit rejects is in quarantine, what it takes is in the table, and repeating it adds nothing`() async throws {
        let schema: Schema = [Field("id", .string), Field("day", .string), Field("ts", .int64), Field("v", .int32)]
        let table = try await table(schema, ordering: "ts", partition: "day")
        var settings = IngestSettings()
        settings.orderingUnit = .milliseconds
        func event(_ offset: Int, _ payload: String, key: String = "null") -> String {
            "{\"topic\":\"t\",\"partition\":0,\"offset\":\(offset),\"key\":\(key),\"payload\":\(JSON.string(payload))}\n"
        }
        let text = [
            event(0, #"{"op":"c","after":{"id":"a","day":"d1","ts":5,"v":1},"source":{"ts_ms":5}}"#),
            event(1, #"{"op":"c","after":{"id":"b","day":null,"ts":5,"v":1},"source":{"ts_ms":5}}"#),
            event(2, #"{"op":"c","after":{"id":null,"day":"d1","ts":5,"v":1},"source":{"ts_ms":5}}"#),
            event(3, #"{"op":"c","after":{"id":"c","day":"d1","v":1},"source":{"ts_ms":5}}"#),
            event(4, #"{"op":"u","after":{"id":"a","day":"d2","ts":7,"v":2},"source":{"ts_ms":7}}"#),
            event(5, #"{"op":"u","after":{"id":"a","day":"d1","ts":6,"v":3},"source":{"ts_ms":6}}"#),
            event(6, #"{"op":"c","after":{"id":"e","day":"d1","ts":8,"v":1},"source":{"ts_ms":8}}"#),
            event(7, #"{"op":"d","after":null,"source":{"ts_ms":9}}"#, key: #""{\"id\":\"e\"}""#),
        ].joined()
        let summary = try await ingest(Bytes(text), into: table, settings)
        #expect(summary.commits == 1)
        #expect(summary.events.read == 8)
        #expect(summary.events.quarantined == 3)
        #expect(summary.events.inserted == 1)
        let found = try await rows(["a", "b", "c", "e"], of: table)
        #expect(found.mapValues { $0["v"]?.intValue } == ["a": 2])

        let again = try await ingest(Bytes(text), into: table, settings)
        #expect(again.commits == 0)
        #expect(again.alreadyCommitted == 8)

        let late = event(8, #"{"op":"d","after":null,"source":{"ts_ms":6}}"#, key: "\"a\"") + event(9, #"{"op":"m"}"#)
        let third = try await ingest(Bytes(late), into: table, settings)
        #expect(third.events.stale == 1)
        let state = try await TableSink(table, WriteSettings()).state()
        #expect(state.ledger?.partitions["t/0"]?.next == 10)
        #expect(state.hasRows)
        let files = try await table.store.list(ObjectPath.root.appending("t.quarantine"), recursive: true).objects
        #expect(files.count == 1)
    }

    private func event(_ offset: Int, id: String = "a") -> String {
        let payload = #"{"op":"c","after":{"id":\#(id),"ts":\#(offset)},"source":{"ts_ms":\#(offset)}}"#
        return "{\"topic\":\"t\",\"partition\":0,\"offset\":\(offset),\"key\":null,\"payload\":\(JSON.string(payload))}\n"
    }

    @Test func `quarantined events stay when their commit is archived, whatever else is on the timeline`() async throws {
        let table = try await table([Field("id", .string), Field("ts", .int64)], ordering: "ts")
        // A dead write: its rollback is older than all commits, and stays when those go.
        try await table.store.put(Bytes(), at: table.metaFolder.appending("20260101000000000.commit.requested"), condition: .ifAbsent)
        for offset in 0..<6 {
            let id = offset == 1 ? "null" : "\"k\(offset)\""
            #expect(try await ingest(Bytes(event(offset, id: id)), into: table, IngestSettings()).commits == 1)
        }
        let folder = ObjectPath.root.appending("t.quarantine")
        let kept = try await table.store.list(folder, recursive: true).objects.map(\.path)
        #expect(kept.count == 1)
        #expect(try await Archival(table, keeping: 1...1).archive().archived.count == 5)
        #expect(try await Timeline.load(table).instants.map(\.action) == [.rollback, .commit])
        #expect(try await ingest(Bytes(event(6, id: "\"k6\"")), into: table, IngestSettings()).commits == 1)
        #expect(try await table.store.list(folder, recursive: true).objects.map(\.path) == kept)
    }

    @Test func `an ingest goes on where the ledger says that another engine archived`() async throws {
        let table = try await table([Field("id", .string), Field("ts", .int64)], ordering: "ts")
        let text = (0..<3).map { event($0, id: "\"k\($0)\"") }.joined()
        #expect(try await ingest(Bytes(text), into: table, IngestSettings()).commits == 1)
        // Spark commits, and archives what we wrote.
        let ours = try await Timeline.load(table)
        var theirs = CommitMetadata(operation: .upsert)
        theirs.extraMetadata[ExtraMetadata.schemaKey] = try await CompletedCommits(table, timeline: ours).metadata(of: try #require(ours.newestCompletedWrite)).schemaText
        let writer = TimelineWriter(table)
        let pending = try await writer.begin(.commit, at: try ours.nextTime(zone: .utc, clock: table.runtime.clock))
        try await pending.start(on: writer)
        _ = try await pending.complete(with: theirs.encoded(), on: writer)
        var file = ArchiveFile()
        for instant in ours.completedWrites {
            let content = try await table.store.get(table.timelineFile(instant.fileName))
            try file.append(ArchivedEntry(instant.fileName, of: instant, content: content, transition: instant.time))
        }
        try await table.store.put(file.finish(), at: table.metaFolder.appending("archived/.commits_.archive.1_1-0-1"), condition: .ifAbsent)
        try await table.store.delete(ours.files.map { table.timelineFile($0.name) })

        let again = try await ingest(Bytes(text + event(3, id: "\"k3\"")), into: table, IngestSettings())
        #expect(again.commits == 1 && again.alreadyCommitted == 3 && again.events.inserted == 1)
    }

    @Test func `two ingests at once: the second is refused and nothing is lost`() async throws {
        let schema: Schema = [Field("id", .string), Field("ts", .int64)]
        let table = try await table(schema, ordering: "ts")
        let first = try await WriteTransaction.begin(table, WriteSettings())
        let text = Bytes("{\"op\":\"c\",\"after\":{\"id\":\"a\",\"ts\":1}}\n")
        let error = await #expect(throws: TableError.self) { _ = try await ingest(text, into: table, IngestSettings()) }
        #expect(error?.code == .conflict)
        await first.abandon()
        #expect(try await ingest(text, into: table, IngestSettings()).commits == 1)
    }
}
