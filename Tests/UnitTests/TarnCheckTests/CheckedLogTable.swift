import TarnAvro
import TarnBase
import TarnCheck
import TarnColumns
import TarnStorage
import TarnTable
import TarnTestSupport
import Testing

/// A small sound merge-on-read table in memory, and the tools to break it in one place: ``CheckedTable``'s base files, and on
/// the group of `place=even` a log with rows and deletes, and a rollback's. Its bytes are made by no code of the product.
struct CheckedLogTable {
    let plain: CheckedTable
    /// The delta commit that wrote the log, a write that failed, and the rollback of it.
    let appended: InstantTime
    let failed: InstantTime
    let rollback: InstantTime

    static let partition = "place=even"

    init() async throws {
        plain = try await CheckedTable()
        try await plain.setProperty("hoodie.table.type", "MERGE_ON_READ")
        try await plain.setProperty("hoodie.compaction.payload.class", "org.apache.hudi.common.model.DefaultHoodieRecordPayload")
        for instant in try await plain.instants {
            let payload = try await plain.get(plain.handle.timelineFile(instant.fileName(.completed)))
            for state in [InstantState.requested, .inflight, .completed] { try await plain.remove(plain.handle.timelineFile(instant.fileName(state))) }
            try await CheckedLogTable.complete(plain, instant.time, payload)
        }
        let times = (1...3).map { InstantTime("2026011008010\($0)000")! }
        (appended, failed, rollback) = (times[0], times[1], times[2])
        let log = try await name(version: 1)
        let rows = try block(appended, [row(2, ts: 5000), row(4, ts: 5000)]) + LogBytes.deletes(at: "\(appended)", [("k106", LogBytes.noOrdering)], schema: try schemaText)
        try await append(rows, as: log, at: appended, writes: 2)
        // The failed write's log stays; its rollback is a command block in a file of its own.
        try await put(try block(failed, [row(8, ts: 6000, time: failed)]), log: try await name(version: 2))
        try await put(LogBytes.rollback(of: "\(failed)", at: "\(rollback)"), log: try await name(version: 3))
        try await rollBack(failed, at: rollback)
    }

    func report(deep: Bool = true) async -> CheckReport { await plain.report(deep: deep) }

    // MARK: Bytes

    private var names: HudiNames { HudiNames(table: "t") }
    var schemaText: String { get throws { try AvroSchema(CheckedTable.schema, table: names, withMetaFields: true).description } }

    /// A record of the log, as Spark's Avro merger writes it.
    func row(_ key: Int, ts: Int64, place: String = "even", partition: String = Self.partition, time: InstantTime? = nil) -> AvroValue {
        let time = time ?? appended
        return .record([
            .init("_hoodie_commit_time", .string("\(time)")), .init("_hoodie_commit_seqno", .string("\(time)_0_1")), .init("_hoodie_record_key", .string("k\(100 + key)")),
            .init("_hoodie_partition_path", .string(partition)), .init("_hoodie_file_name", .string("f")), .init("id", .string("k\(100 + key)")),
            .init("place", .string(place)), .init("ts", .long(ts)), .init("n", .int(1)), .init("price", .fixed(Bytes([0, 0, 1, 0]))),
        ])
    }

    func block(_ time: InstantTime, _ rows: [AvroValue]) throws -> [UInt8] {
        let codec = AvroCodec(try AvroSchema(CheckedTable.schema, table: names, withMetaFields: true))
        return LogBytes.block(3, [(0, "\(time)"), (2, try schemaText)], LogBytes.content(try rows.map { try codec.encode($0).array }))
    }

    /// The newest base file of the group.
    var base: BaseFile { get async throws { try #require(await plain.latest.first { $0.partition.text == Self.partition }) } }

    func name(version: Int, on instant: InstantTime? = nil) async throws -> LogFileName {
        let base = try await base
        return LogFileName(base.fileID, instant ?? base.instant, version: version, token: WriteToken("0-1-2")!)
    }

    func names(_ versions: Int...) async throws -> [LogFileName] {
        var names: [LogFileName] = []
        for version in versions { names.append(try await name(version: version)) }
        return names
    }

    func path(_ log: LogFileName) -> String { "\(Self.partition)/\(log)" }
    func put(_ bytes: [UInt8], log: LogFileName) async throws { try await plain.put(Bytes(bytes), at: plain.handle.path.appending(path(log))) }

    // MARK: Instants

    private static func complete(_ table: CheckedTable, _ time: InstantTime, _ payload: Bytes) async throws {
        for (state, bytes) in [(InstantState.requested, Bytes()), (.inflight, Bytes()), (.completed, payload)] {
            try await table.put(bytes, at: table.handle.timelineFile(InstantFileName(time, .deltaCommit, state)))
        }
    }

    /// A log file and the delta commit that names it.
    func append(_ bytes: [UInt8], as log: LogFileName, at time: InstantTime, writes: Int64, isNamed: Bool = true) async throws {
        try await put(bytes, log: log)
        var stat = WriteStat(fileID: log.fileID.text, path: path(log), partitionPath: Self.partition, previousInstant: "\(log.baseInstant)", writes: writes, updates: writes, fileSize: Int64(bytes.count))
        let base = try await base
        stat.logAppend = .init(version: Int64(log.version), offset: 0, baseFile: log.baseInstant == base.instant ? base.name.text : "", logFiles: [log.text])
        var metadata = try await commit(2)
        metadata.partitions = isNamed ? [.init(Self.partition, [stat])] : []
        try await Self.complete(plain, time, metadata.encoded())
    }

    /// What a commit says; others are made in its image.
    func commit(_ index: Int) async throws -> CommitMetadata {
        let instants = try await plain.instants
        return try CommitMetadata(parsing: try await plain.get(plain.handle.timelineFile(instants[index].fileName)))
    }

    /// Changes what the delta commit says of its log.
    func editAppend(_ change: (inout WriteStat) -> Void) async throws {
        let index = try await plain.instants.firstIndex { $0.time == appended }
        try await plain.edit(try #require(index)) { change(&$0.partitions[0].stats[0]) }
    }

    private func rollBack(_ target: InstantTime, at time: InstantTime) async throws {
        let random = plain.handle.runtime.random
        let plan = RollbackPlan(instant: "\(target)", action: "deltacommit", requests: [])
        let metadata = RollbackMetadata(startTime: "\(time)", milliseconds: 1, instants: [.init("\(target)", "deltacommit")], partitions: [])
        for (state, bytes) in [(InstantState.requested, plan.encoded(random: random)), (.inflight, Bytes()), (.completed, metadata.encoded(random: random))] {
            try await plain.put(bytes, at: plain.handle.timelineFile(InstantFileName(time, .rollback, state)))
        }
    }

    /// Schedules a compaction of the group.
    func schedule(_ logs: [LogFileName], at time: String, metrics: Bool = true) async throws {
        let base = try await base
        let text = """
            {"type":"record","name":"HoodieCompactionPlan","namespace":"org.apache.hudi.avro.model","fields":[{"name":"operations","type":{"type":"array","items":
            {"type":"record","name":"HoodieCompactionOperation","fields":[{"name":"baseInstantTime","type":"string"},{"name":"deltaFilePaths","type":{"type":"array","items":"string"}},
            {"name":"dataFilePath","type":"string"},{"name":"fileId","type":"string"},{"name":"partitionPath","type":"string"},{"name":"metrics","type":{"type":"map","values":"double"}},
            {"name":"bootstrapFilePath","type":"null"}]}}},{"name":"extraMetadata","type":"null"},{"name":"version","type":"int"},{"name":"strategy","type":"null"},
            {"name":"preserveHoodieMetadata","type":"boolean"}]}
            """
        let operation = AvroValue.record([
            .init("baseInstantTime", .string("\(base.instant)")), .init("deltaFilePaths", .array(logs.map { .string($0.text) })), .init("dataFilePath", .string(base.name.text)),
            .init("fileId", .string(base.fileID.text)), .init("partitionPath", .string(Self.partition)), .init("metrics", .map(metrics ? [.init("TOTAL_LOG_FILES_SIZE", .double(1))] : [])),
            .init("bootstrapFilePath", .null),
        ])
        let plan = AvroValue.record([
            .init("operations", .array([operation])), .init("extraMetadata", .null), .init("version", .int(2)), .init("strategy", .null), .init("preserveHoodieMetadata", .boolean(false)),
        ])
        let bytes = try AvroContainer.file(of: plan, schema: AvroSchema(parsing: text), random: plain.handle.runtime.random)
        try await plain.put(bytes, at: plain.handle.timelineFile(InstantFileName(InstantTime(time)!, .compaction, .requested)))
    }

    /// An archive of one completed instant.
    func archive(_ time: String, _ action: String, replacing fileIDs: [String] = []) async throws {
        let schema = """
            {"type":"record","name":"HoodieArchivedMetaEntry","fields":[{"name":"commitTime","type":"string"},{"name":"actionType","type":"string"},{"name":"actionState","type":"string"},
            {"name":"hoodieReplaceCommitMetadata","type":{"type":"record","name":"M","fields":[{"name":"partitionToReplaceFileIds","type":{"type":"map","values":{"type":"array","items":"string"}}}]}}]}
            """
        let replaced = AvroValue.record([.init("partitionToReplaceFileIds", .map(fileIDs.isEmpty ? [] : [.init(Self.partition, .array(fileIDs.map { .string($0) }))]))])
        let record = AvroValue.record([
            .init("commitTime", .string(time)), .init("actionType", .string(action)), .init("actionState", .string("COMPLETED")), .init("hoodieReplaceCommitMetadata", replaced),
        ])
        let content = LogBytes.content([try AvroCodec(AvroSchema(parsing: schema)).encode(record).array])
        try await plain.put(Bytes(LogBytes.block(3, [(2, schema)], content)), at: plain.handle.metaFolder.appending("archived/.commits_.archive.1_1-0-1"))
    }
}
