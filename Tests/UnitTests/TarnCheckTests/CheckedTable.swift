import TarnAvro
import TarnBase
import TarnCheck
import TarnColumns
import TarnParquet
import TarnStorage
import TarnTable
import TarnTestSupport
import TarnWrite

/// A small sound table in memory, three commits with a ledger, and the tools to break it in one place.
struct CheckedTable {
    static let schema: Schema = [
        Field("id", .string, nullable: false), Field("place", .string), Field("ts", .int64), Field("n", .int32), Field("price", .decimal(precision: 9, scale: 2)),
    ]

    let store = MemoryStore()
    let handle: TableHandle
    let clock = SimulatedClock()

    init() async throws {
        handle = TableHandle(store: store, path: ObjectPath("t")!, runtime: .simulated(clock: clock))
        var definition = TableProperties.Definition(name: "t", recordKeyFields: ["id"], keyGenerator: .simple)
        definition.orderingField = "ts"
        definition.partitionFields = ["place"]
        definition.hiveStylePartitions = true
        definition.createSchema = try AvroSchema(Self.schema, table: HudiNames(table: "t")).description
        try await TableCreation.create(handle, properties: try .version6(definition))
        for (commit, keys) in [0..<60, 20..<40, 50..<80].enumerated() { try await write(keys, commit: commit) }
    }

    /// - Parameter other: Another way to the same store.
    func write(_ keys: Range<Int>, commit: Int, through other: (any ObjectStore)? = nil) async throws {
        clock.advance(milliseconds: 1000)
        let handle = TableHandle(store: other ?? store, path: handle.path, runtime: handle.runtime)
        let write = try await WriteTransaction.begin(handle, WriteSettings())
        let rows = keys.map { key -> [Cell] in
            [
                .text(Bytes("k\(100 + key)")), .text(Bytes(key % 2 == 0 ? "even" : "odd")), .int(Int64(1000 * commit + key)), key % 7 == 0 ? .null : .int(Int64(key)),
                .decimal(Int128(key * 11 - 300)),
            ]
        }
        _ = try await write.stage(ChangeBatch(rows: RecordBatch(schema: Self.schema, rows: rows)))
        var ledger = SourceLedger()
        ledger.advance("s/0", by: .init(next: Int64(commit * 100 + 100), rows: 1, firstEventMilliseconds: 5, lastEventMilliseconds: 6, maximumEventMilliseconds: 7), at: 8)
        var extras = CommitExtras()
        extras.metadata = [(SourceLedger.key, ledger.text), (Watermark.key, Watermark.text(of: ledger) ?? "")]
        _ = try await write.commit(extras)
    }

    func report(deep: Bool = true, only: Set<String>? = nil, keyMemory: ByteCount? = nil, in other: (any ObjectStore)? = nil) async -> CheckReport {
        var options = CheckOptions()
        options.isDeep = deep
        options.only = only
        if let keyMemory { options.keyMemory = keyMemory }
        return await TableCheck("t", in: other ?? store, options: options, runtime: handle.runtime).report()
    }

    // MARK: Breaking it

    func get(_ path: ObjectPath) async throws -> Bytes { try await store.get(path, ranges: nil)[0] }
    func put(_ bytes: Bytes, at path: ObjectPath) async throws { _ = try await store.put(bytes, at: path, condition: .always) }
    func put(_ text: String, at relative: String) async throws { try await put(Bytes(text), at: handle.path.appending(relative)) }
    func remove(_ path: ObjectPath) async throws { try await store.delete([path]) }

    func setProperty(_ key: String, _ value: String?) async throws {
        var file = try JavaProperties(parsing: try await get(handle.propertiesPath))
        file[key] = value
        try await put(file.text(comment: "", now: 0), at: handle.propertiesPath)
    }

    var instants: [Instant] { get async throws { try await Timeline.load(handle).completedWrites } }

    func file(of index: Int, _ state: InstantState) async throws -> ObjectPath { handle.timelineFile(try await instants[index].fileName(state)) }

    /// Changes what a commit says.
    func edit(_ index: Int, _ change: (inout CommitMetadata) -> Void) async throws {
        let path = try await file(of: index, .completed)
        var metadata = try CommitMetadata(parsing: try await get(path))
        change(&metadata)
        try await put(metadata.encoded(), at: path)
    }

    /// The base files of the newest snapshot, by partition.
    var latest: [BaseFile] {
        get async throws { SliceSelection(timeline: try await Timeline.load(handle)).latestBaseFiles(of: try await ListedFiles(handle).allFiles()) }
    }

    func copy(_ file: BaseFile, as name: BaseFileName) async throws {
        try await put(try await get(file.path(in: handle)), at: BaseFile(partition: file.partition, name: name, size: 0).path(in: handle))
    }

    /// Writes a base file again with other rows, entries or footer, and lets its commit say the new size.
    func rewrite(
        _ file: BaseFile, rows change: (RecordBatch) -> RecordBatch = { $0 }, entry: (String, String) -> String? = { $1 },
        footer: ((inout FileMetadata) -> Void)? = nil
    ) async throws {
        let reader = try await BaseFileReader.open(file, in: handle)
        let writer = try ParquetFileWriter(schema: reader.schema)
        for try await chunk in reader.rows() { try writer.append(change(chunk.batch)) }
        let entries = reader.metadata.keyValueMetadata.compactMap { pair in pair.value.flatMap { entry(pair.key, $0) }.map { (key: pair.key, value: $0) } }
        var output = ByteBuilder()
        for part in try writer.finish(keyValueMetadata: entries) { output.append(part) }
        var bytes = output.finish()
        if let footer { bytes = try CheckedTable.withFooter(bytes, footer) }
        try await put(bytes, at: file.path(in: handle))
        let index = try await instants.firstIndex { $0.time == file.instant }!
        try await edit(index) { metadata in
            for partition in metadata.partitions.indices {
                for stat in metadata.partitions[partition].stats.indices where metadata.partitions[partition].stats[stat].path == file.relativePath {
                    metadata.partitions[partition].stats[stat].fileSize = Int64(bytes.count)
                    metadata.partitions[partition].stats[stat].writtenBytes = Int64(bytes.count)
                }
            }
        }
    }

    private static func withFooter(_ bytes: Bytes, _ change: (inout FileMetadata) -> Void) throws -> Bytes {
        let length = bytes.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt32.self)) }
        let start = bytes.count - 8 - length
        var metadata = try FileMetadata(decoding: bytes[start..<(bytes.count - 8)])
        change(&metadata)
        let footer = metadata.encoded()
        var output = ByteBuilder()
        output.append(bytes[0..<start])
        output.append(footer)
        output.append(Bytes(withUnsafeBytes(of: UInt32(footer.count)) { Array($0) }))
        output.append(Bytes("PAR1"))
        return output.finish()
    }

    /// The rows of a batch with one column replaced by a text that is the same in all rows.
    static func replacing(_ name: String, by text: String) -> (RecordBatch) -> RecordBatch {
        { batch in
            let columns = zip(batch.schema.fields, batch.columns).map { $0.name == name ? Column(strings: Array(repeating: text, count: batch.rowCount)) : $1 }
            return RecordBatch(schema: batch.schema, columns: columns, rowCount: batch.rowCount)
        }
    }
}
