import TarnBase
import TarnColumns
import TarnIngest
import TarnStorage
import TarnTable
import TarnTestSupport
import TarnWrite

/// A sink that keeps what it is given: each staged row as text, and the ledger. No table behind it.
final class FakeSink: ChangeSink {
    struct Content {
        var rows: [String] = []
        var kinds: [ChangeKind] = []
        var eventTimes: [Cell] = []
        var batchSizes: [Int] = []
        var commits: [CommitExtras] = []
        var ledger: SourceLedger?
        /// What `storedRows` finds.
        var stored: RecordBatch?
        var asked: [[Cell]] = []
        var failsAtCommit: Int?
    }

    let schema: Schema
    let key: [String]
    let ordering: String?
    let hasRows: Bool
    let content: Locked<Content>

    init(_ schema: Schema, key: [String], ordering: String?, hasRows: Bool = false, ledger: SourceLedger? = nil, stored: RecordBatch? = nil) {
        self.schema = schema
        self.key = key
        self.ordering = ordering
        self.hasRows = hasRows
        var content = Content()
        content.ledger = ledger
        content.stored = stored
        self.content = Locked(content)
    }

    var rows: [String] { content.withLock { $0.rows } }
    var kinds: [ChangeKind] { content.withLock { $0.kinds } }
    var commits: [CommitExtras] { content.withLock { $0.commits } }
    var ledger: SourceLedger? { content.withLock { $0.ledger } }

    func state() async throws -> SinkState {
        SinkState(schema: schema, keyFields: key, orderingField: ordering, ledger: ledger, hasRows: hasRows)
    }

    func begin() async throws -> any ChangeTransaction { FakeTransaction(self) }
    func failedInstants(among instants: Set<InstantTime>) async throws -> Set<InstantTime> { instants }
}

private final class FakeTransaction: ChangeTransaction {
    private let sink: FakeSink
    private var staged = FakeSink.Content()

    init(_ sink: FakeSink) { self.sink = sink }

    func ledger() async throws -> SourceLedger? { sink.ledger }

    func storedRows(forKeys keys: Column) async throws -> RecordBatch {
        sink.content.withLock { content in
            content.asked.append(keys.cells)
            return content.stored ?? BatchBuilder(schema: sink.schema).finish()
        }
    }

    /// As a table would: rows without key or ordering value are not taken.
    func stage(_ changes: ChangeBatch) async throws -> [RejectedRow] {
        var rejected: [RejectedRow] = []
        let writer = NDJSONWriter(schema: sink.schema)
        let lines = writer.append(changes.rows).utf8Text?.split(separator: "\n").map(String.init) ?? []
        for row in 0..<changes.rows.rowCount {
            let kind = changes.kinds?[row] ?? .upsert
            if sink.key.contains(where: { changes.rows[$0]?.isNull(row) ?? true }) {
                rejected.append(RejectedRow(row: row, reason: "record key is null"))
            } else if kind == .upsert, let field = sink.ordering, changes.rows[field]?.isNull(row) ?? true {
                rejected.append(RejectedRow(row: row, reason: "ordering value is null"))
            } else {
                staged.rows.append(lines[row])
                staged.kinds.append(kind)
                staged.eventTimes.append(changes.eventTimes?.cell(at: row) ?? .null)
            }
        }
        staged.batchSizes.append(changes.rows.rowCount)
        return rejected
    }

    func commit(_ extras: CommitExtras) async throws -> CommitReport {
        let number = sink.commits.count
        let instant = InstantTime(epochMilliseconds: 1_768_032_000_000 + Int64(number) * 1000, zone: .utc)
        try await extras.beforeCompletion?(instant)
        if sink.content.withLock({ $0.failsAtCommit == number }) { throw TableError(.unavailable, "the store is gone") }
        let staged = staged
        try sink.content.withLock { content in
            content.rows += staged.rows
            content.kinds += staged.kinds
            content.eventTimes += staged.eventTimes
            content.batchSizes += staged.batchSizes
            content.commits.append(extras)
            if let text = extras.metadata.first(where: { $0.key == SourceLedger.key })?.value { content.ledger = try SourceLedger(parsing: text) }
        }
        var report = CommitReport(operation: .upsert)
        report.instant = instant
        report.rowsIn = Int64(staged.rows.count)
        return report
    }

    func abandon() async {}
}

/// An ingest into a fake sink, and what came of it.
struct FakeRun {
    let sink: FakeSink
    let store = MemoryStore()
    var settings = IngestSettings()

    init(_ schema: Schema, key: [String] = ["id"], ordering: String? = nil, envelope: Envelope = .debezium, hasRows: Bool = false, stored: RecordBatch? = nil) {
        sink = FakeSink(schema, key: key, ordering: ordering, hasRows: hasRows, stored: stored)
        settings.envelope = envelope
    }

    var folder: QuarantineFolder { QuarantineFolder(store: store, folder: ObjectPath.root.appending("t.quarantine")) }

    @discardableResult
    func ingest(_ text: String, name: String = "events.ndjson", isFile: Bool = true) async throws -> IngestSummary {
        try await ingest(Bytes(text), name: name, isFile: isFile)
    }

    @discardableResult
    func ingest(_ bytes: Bytes, name: String = "events.ndjson", isFile: Bool = true, stretchBytes: Int = 1 << 20) async throws -> IngestSummary {
        let input: EventInput =
            isFile
            ? try await .memory(bytes, name: name, stretchBytes: stretchBytes)
            : .stream(MemorySource(bytes, stretchBytes: stretchBytes), name: name)
        return try await ChangeIngest(into: sink, settings, quarantine: folder, runtime: .simulated()).run([input]) { _ in }
    }

    /// The quarantined events of all commits.
    func quarantined() async throws -> [JSON] {
        var events: [JSON] = []
        for object in try await store.list(.root, recursive: true).objects {
            let text = try await store.get(object.path).utf8Text ?? ""
            events += try text.split(separator: "\n").map { try JSON(parsing: String($0)) }
        }
        return events
    }

    func reasons() async throws -> [String] { try await quarantined().map { $0["reason"]?.stringValue ?? "" } }
}
