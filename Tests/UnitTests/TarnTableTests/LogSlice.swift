import TarnBase
import TarnColumns
import TarnParquet
import TarnStorage
import TarnTable
import TarnTestSupport

/// A file slice in memory: a base file, logs, and a timeline of day instants on which they are completed or not.
struct LogSlice {
    static let table: Schema = [Field("ts", .int64), Field("value", .string), Field("_hoodie_is_deleted", .boolean)]
    static func time(_ day: Int) -> String { "202601\(day < 10 ? "0" : "")\(day)000000000" }

    var rule = MergeRule(orderingField: "ts", comparesWithStored: true)
    /// Days of completed delta commits.
    var completed = Set(1...9)
    var pending: Set<Int> = []
    /// nil: a group of logs only.
    var base: [LogBytes.Row]? = []
    var logs: [[UInt8]] = []
    var budget = ByteCount.mebibytes(64)
    var columns = ["_hoodie_record_key", "ts", "value"]

    init(base: [LogBytes.Row]? = [], logs: [[UInt8]] = []) {
        self.base = base
        self.logs = logs
    }

    private func timeline() -> Timeline {
        let files = completed.map { InstantFileName(InstantTime(Self.time($0))!, .deltaCommit, .completed) }
            + pending.map { InstantFileName(InstantTime(Self.time($0))!, .deltaCommit, .inflight) }
        return Timeline(files: files.map { .init(name: $0, size: 1, modifiedMilliseconds: 0) })
    }

    /// The merged rows as `key:ts:value`, in the order read.
    func rows(asOf day: Int? = nil, after begin: Int? = nil) async throws -> [String] {
        let handle = TableHandle(store: MemoryStore(), path: ObjectPath("t")!, runtime: .simulated())
        let id = FileID("aaaaaaaa-0000-4000-8000-000000000001-0")!
        let opened = InstantTime(Self.time(1))!
        var file: BaseFile?
        if let base {
            let schema = MetaFields.schema(inFrontOf: Self.table)
            let writer = try ParquetFileWriter(schema: schema)
            let cells = base.map { row -> [Cell] in
                [.text(Bytes(Self.time(1))), "", row.key.map { .text(Bytes($0)) } ?? .null, "", "", row.ts.map { .int($0) } ?? .null, .text(Bytes(row.value)), row.isDeleted.map { .boolean($0) } ?? .null]
            }
            if !cells.isEmpty { try writer.append(RecordBatch(schema: schema, rows: cells)) }
            let bytes = try Bytes(writer.finish().flatMap(\.array))
            let stored = BaseFile(partition: .root, name: BaseFileName(id, WriteToken("0-1-2")!, opened), size: Int64(bytes.count))
            try await handle.store.put(bytes, at: stored.path(in: handle), condition: .always)
            file = stored
        }
        var logFiles: [LogFile] = []
        for (index, bytes) in logs.enumerated() {
            let log = LogFile(partition: .root, name: LogFileName(id, opened, version: index + 1, token: nil), size: Int64(bytes.count))
            try await handle.store.put(Bytes(bytes), at: log.path(in: handle), condition: .always)
            logFiles.append(log)
        }
        let visibility = LogVisibility(timeline(), upTo: day.flatMap { InstantTime(Self.time($0)) }, after: begin.flatMap { InstantTime(Self.time($0)) })
        let schema = MetaFields.schema(inFrontOf: Self.table).selecting(columns)!
        let reader = try FileSliceReader(handle, schema: schema, of: Self.table, rule: rule, visibility: visibility, memory: MergeMemory(logs: budget, scratch: ScratchSpace()))
        var rows: [String] = []
        for try await batch in reader.rows(of: FileSlice(partition: .root, fileID: id, baseInstant: opened, baseFile: file, logFiles: logFiles)) {
            rows += (0..<batch.rowCount).map { row in batch.columns.map { Self.shown($0.cell(at: row)) }.joined(separator: ":") }
        }
        return rows
    }

    private static func shown(_ cell: Cell) -> String {
        switch cell {
        case .null: "null"
        case .text(let text): text.printableText
        case .int(let value): "\(value)"
        default: "\(cell)"
        }
    }
}
