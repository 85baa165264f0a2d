import TarnAvro
import TarnBase
import TarnColumns
import TarnParquet
import TarnStorage
import TarnTable
import TarnTestSupport
import TarnWrite

/// A small table of notes, and the same table as a dictionary.
struct ExampleTable: Sendable {
    static let schema: Schema = [
        Field("id", .string, nullable: false), Field("place", .string), Field("ts", .int64), Field("n", .int32),
        Field("tags", .list(.string)), Field("note", .string),
    ]

    let handle: TableHandle
    var targetFileSize = ByteCount.kibibytes(24)
    var memory = ByteCount.mebibytes(64)
    var concurrency = 2

    init(_ store: any ObjectStore, path: String = "notes", runtime: Runtime) {
        handle = TableHandle(store: store, path: ObjectPath(path)!, runtime: runtime)
    }

    /// The same table through another store.
    func through(_ store: any ObjectStore) -> ExampleTable {
        var other = ExampleTable(store, path: handle.path.text, runtime: handle.runtime)
        other.targetFileSize = targetFileSize
        other.memory = memory
        other.concurrency = concurrency
        return other
    }

    func create(partitioned: Bool = true, type: TableType = .copyOnWrite) async throws {
        var definition = TableProperties.Definition(
            name: "notes", recordKeyFields: ["id"], keyGenerator: partitioned ? .simple : .nonpartitioned)
        definition.type = type
        definition.orderingField = "ts"
        definition.partitionFields = partitioned ? ["place"] : []
        definition.hiveStylePartitions = true
        definition.urlEncodedPartitions = true
        definition.createSchema = try AvroSchema(Self.schema, table: HudiNames(table: "notes")).description
        try await TableCreation.create(handle, properties: try .version6(definition))
    }

    @discardableResult
    func write(_ changes: [Change], operation: WriteOperation = .upsert, token: String? = nil, extras: CommitExtras = CommitExtras()) async throws -> CommitReport {
        try await write(Change.batch(changes), operation: operation, token: token, extras: extras)
    }

    @discardableResult
    func write(_ changes: ChangeBatch, operation: WriteOperation = .upsert, token: String? = nil, extras: CommitExtras = CommitExtras()) async throws -> CommitReport {
        var settings = WriteSettings(operation: operation)
        settings.targetFileSize = targetFileSize
        settings.memory = memory
        settings.concurrency = concurrency
        settings.commitToken = token
        let write = try await WriteTransaction.begin(handle, settings)
        do {
            let rejected = try await write.stage(changes)
            guard rejected.isEmpty else { throw Unexpected("rejected: \(rejected)") }
        } catch {
            await write.abandon()
            throw error
        }
        return try await write.commit(extras)
    }

    /// What a snapshot shows, by key; a key that occurs twice is an error.
    func rows() async throws -> [String: Row] {
        let slices = try await latestSlices()
        var rows: [String: Row] = [:]
        for slice in slices {
            for row in slice.logFiles.isEmpty ? try await read(slice.baseFile!) : try await merged(slice) {
                guard rows.updateValue(row, forKey: row.id) == nil else { throw Unexpected("the key \(row.id) is there twice") }
                guard row.partition == slice.partition.text, [slice.baseFile?.name.text, slice.logFiles.isEmpty ? nil : slice.fileID.text].contains(row.fileName) else {
                    throw Unexpected("meta fields of \(row.id): \(row.partition), \(row.fileName) in \(slice)")
                }
            }
        }
        return rows
    }

    func latestSlices() async throws -> [FileSlice] {
        let commits = CompletedCommits(handle, timeline: try await Timeline.load(handle))
        return try await SliceSelection.load(commits).latestSlices(of: try await ListedFiles(handle).allFiles())
    }

    func latestFiles() async throws -> [BaseFile] {
        let timeline = try await Timeline.load(handle)
        let files = try await ListedFiles(handle).allFiles()
        return try await SliceSelection.load(CompletedCommits(handle, timeline: timeline)).latestBaseFiles(of: files)
    }

    private func merged(_ slice: FileSlice) async throws -> [Row] {
        let reader = try FileSliceReader(
            handle, schema: MetaFields.schema(inFrontOf: Self.schema), of: Self.schema,
            rule: MergeRule(try await TableProperties.load(handle)), visibility: LogVisibility(try await Timeline.load(handle)))
        var rows: [Row] = []
        for try await batch in reader.rows(of: slice) { rows += (0..<batch.rowCount).map { Row(batch.row(at: $0)) } }
        return rows
    }

    private func read(_ file: BaseFile) async throws -> [Row] {
        let bytes = try await handle.store.get(file.path(in: handle), upTo: .gibibytes(1))
        func serve(_ ranges: [Range<Int64>]) -> [Bytes] { ranges.map { bytes[Int($0.lowerBound)..<Int($0.upperBound)] } }
        var decoder = FooterDecoder(fileSize: file.size)
        while true {
            switch try decoder.next() {
            case .needs(let ranges): try decoder.supply(serve(ranges))
            case .done(let metadata):
                var scan = ParquetScan(metadata: metadata, options: ScanOptions(batchRows: 1000, verifyChecksums: true))
                var rows: [Row] = []
                while true {
                    switch try scan.next() {
                    case .needs(let ranges): try scan.supply(serve(ranges))
                    case .done(let batch?): rows += (0..<batch.rowCount).map { Row(batch.row(at: $0)) }
                    case .done(nil): return rows
                    }
                }
            }
        }
    }
}

/// A stored row with its meta fields.
struct Row: Hashable {
    let commitTime, partition, fileName, id: String
    let values: [Cell]

    init(_ cells: [Cell]) {
        func text(_ cell: Cell) -> String { if case .text(let bytes) = cell { bytes.printableText } else { "" } }
        commitTime = text(cells[0])
        id = text(cells[2])
        partition = text(cells[3])
        fileName = text(cells[4])
        values = Array(cells.dropFirst(5))
    }
}

/// One change of a note.
struct Change: Hashable, Sendable {
    var kind = ChangeKind.upsert
    var id: String
    var place: String = "a"
    var ts: Int64 = 0
    var n: Int32?

    var values: [Cell] {
        let number = Int64(n ?? 0)
        return [
            .text(Bytes(id)), .text(Bytes(place)), .int(ts), n.map { .int(Int64($0)) } ?? .null,
            number % 3 == 0 ? .null : .list(number % 3 == 1 ? [] : [.text(Bytes("t\(number)")), .null]),
            .text(Bytes("note \(number) of \(id), written at \(ts)")),
        ]
    }

    static func batch(_ changes: [Change]) -> ChangeBatch {
        let rows = changes.map { change -> [Cell] in
            change.kind == .upsert
                ? change.values
                : [.text(Bytes(change.id)), .null, change.kind == .delete ? .int(change.ts) : .null, .null, .null, .null]
        }
        return ChangeBatch(
            rows: RecordBatch(schema: ExampleTable.schema, rows: rows), kinds: changes.map(\.kind),
            eventTimes: Column(int64: changes.map { $0.kind == .upsert ? 1_700_000_000_000 + $0.ts : nil }))
    }
}

/// What a table must hold, by the rules of SPEC.md 4, one change after the other.
struct TableModel: Hashable {
    private(set) var rows: [String: Change] = [:]

    /// - Returns: The keys whose row this write stored or removed.
    @discardableResult
    mutating func write(_ changes: [Change]) -> Set<String> {
        var touched: Set<String> = []
        var winners: [String: Change] = [:]
        var deletesStored: Set<String> = []
        for change in changes {
            var change = change
            let winner = winners[change.id]
            if change.kind == .deleteByKey {
                change.ts = winner?.ts ?? .min
                deletesStored.insert(change.id)
            } else if let winner, change.ts < winner.ts {
                continue
            }
            winners[change.id] = change
        }
        for (key, change) in winners {
            if change.kind == .deleteByKey {
                rows[key] = nil
            } else if let stored = rows[key], change.ts < stored.ts {
                guard deletesStored.contains(key) else { continue }
                rows[key] = nil
            } else {
                rows[key] = change.kind == .upsert ? change : nil
            }
            touched.insert(key)
        }
        return touched
    }

    /// Compares by value, and by folder.
    func differs(from stored: [String: Row]) -> String? {
        for (key, change) in rows {
            guard let row = stored[key] else { return "\(key) is missing" }
            if row.values != change.values { return "\(key) holds \(row.values) instead of \(change.values)" }
            if !row.partition.isEmpty, row.partition != "place=\(PartitionPathFormat.escaped(change.place))" { return "\(key) lies in \(row.partition)" }
        }
        return stored.keys.first { rows[$0] == nil }.map { "\($0) is there and should not be" }
    }
}
