import TarnBase
import TarnColumns
import TarnStorage
import TarnTable

/// The changes of one write: rows as bytes, in memory or in a scratch file, and an index record for each change.
///
/// Rows are kept row by row: any of them is read back by its offset, whatever order the files need.
final class StagedRows {
    /// A column that travels with the rows: the event time, for the write stats. No table can have a column of this name.
    static let eventTime = Field("_tarn_event_ms", .int64)

    let partitions: PartitionNames
    private(set) var count: Int64 = 0

    private let schema: Schema
    private let key: Int
    private let ordering: Int?
    private let partition: Int?
    /// Columns that hold no nulls besides those three.
    private let required: [Int]
    private let hash: KeyHash
    private let coder: RowCoder
    private let scratch: ScratchSpace
    private let rows: SpilledBytes
    private var records: SpilledBytes
    private let keys: StagedKeys
    /// Whether the rows of deletes are kept too: a log names what it deletes by its key.
    private let keepsDeletes: Bool

    init(_ schema: Schema, properties: TableProperties, hash: KeyHash, memory: MemoryPlan, scratch: ScratchSpace) {
        self.schema = schema
        self.hash = hash
        partitions = PartitionNames(properties)
        guard let key = schema.index(of: properties.recordKeyFields[0]) else { preconditionFailure("checked by Refusals") }
        self.key = key
        ordering = properties.orderingField.flatMap { schema.index(of: $0) }
        partition = properties.partitionFields.first.flatMap { schema.index(of: $0) }
        required = schema.fields.indices.filter { !schema.fields[$0].isNullable }
        coder = RowCoder(schema: Schema(schema.fields + [Self.eventTime]))
        self.scratch = scratch
        rows = SpilledBytes(memoryLimit: memory.rows, scratch: scratch)
        records = SpilledBytes(memoryLimit: memory.records, scratch: scratch)
        keys = StagedKeys(memoryLimit: memory.keys)
        keepsDeletes = properties.type == .mergeOnRead
    }

    var spilledByteCount: Int64 { rows.spilledByteCount + records.spilledByteCount }

    // MARK: Taking changes in

    func stage(_ changes: ChangeBatch) throws -> [RejectedRow] {
        let batch = changes.rows
        precondition(batch.schema.fields.map(\.type) == schema.fields.map(\.type), "the rows have other columns than the table")
        let rejected = reject(changes)
        let texts = try batch.columns[key].renderText()
        let hashes = texts.hashKeys(hash)
        let orderings = ordering.flatMap { batch.columns[$0].orderingValues() }
        let places = try partition.map { place(try batch.columns[$0].renderText()) }

        var rejections: [RejectedRow] = []
        var stored: [UInt32] = []
        var accepted: [(row: Int, kind: ChangeKind, partition: UInt32)] = []
        for row in 0..<batch.rowCount {
            let kind = changes.kinds?[row] ?? .upsert
            if let reason = rejected[row] {
                rejections.append(RejectedRow(row: row, reason: reason))
                continue
            }
            var place = PartitionNames.none
            if kind == .upsert {
                switch places?[row] {
                case nil: place = 0
                case .success(let number): place = number
                case .failure(let fault):
                    rejections.append(RejectedRow(row: row, reason: fault.message))
                    continue
                }
            }
            if kind == .upsert || keepsDeletes { stored.append(UInt32(row)) }
            accepted.append((row, kind, place))
        }

        keys.append(accepted.count < batch.rowCount ? texts.take(accepted.map { UInt32($0.row) }) : texts)
        let times = changes.eventTimes ?? .nulls(.int64, count: batch.rowCount)
        var full = RecordBatch(schema: coder.schema, columns: batch.columns + [times], rowCount: batch.rowCount)
        if stored.count < full.rowCount { full = full.take(stored) }
        var encoded = ByteBuilder()
        let offsets = coder.encode(full, into: &encoded)
        let start = try encoded.withUnsafeBytes { try rows.append($0) }
        try addRecords(accepted, hashes: hashes, orderings: orderings, offsets: offsets, start: start)
        return rejections
    }

    /// - Parameter offsets: Where the rows that are kept begin behind `start`, and where the last ends.
    private func addRecords(
        _ accepted: [(row: Int, kind: ChangeKind, partition: UInt32)], hashes: KeyHashes, orderings: OrderingValues?, offsets: [Int],
        start: Int64
    ) throws {
        var next = 0
        var made: [IndexRecord] = []
        made.reserveCapacity(accepted.count)
        for (row, kind, place) in accepted {
            let isKept = kind == .upsert || keepsDeletes
            let length = isKept ? offsets[next + 1] - offsets[next] : 0
            // Without an ordering field all values are equal, and the later change wins.
            let value = kind == .deleteByKey ? Int64.min : orderings?[row] ?? 0
            made.append(
                IndexRecord(
                    hash: (hashes[row].low, hashes[row].high), ordering: value, kind: kind,
                    rowOffset: start + Int64(offsets[next]), rowLength: UInt32(length), partition: place))
            if isKept { next += 1 }
        }
        try made.withUnsafeBytes { _ = try records.append($0) }
        count += Int64(made.count)
    }

    // MARK: What is not taken

    private func reject(_ changes: ChangeBatch) -> [Int: String] {
        let batch = changes.rows
        var reasons: [Int: String] = [:]
        func kind(_ row: Int) -> ChangeKind { changes.kinds?[row] ?? .upsert }
        func refuseNulls(_ column: Int, _ what: String, where applies: (ChangeKind) -> Bool) {
            guard let validity = batch.columns[column].validity else { return }
            for row in 0..<batch.rowCount where !validity[row] && applies(kind(row)) {
                if reasons[row] == nil { reasons[row] = "\(what) '\(schema.fields[column].name)' is null" }
            }
        }
        refuseNulls(key, "record key") { _ in true }
        if schema.fields[key].type == .string {
            for row in batch.columns[key].rowsOfEmptyText() where reasons[row] == nil {
                reasons[row] = "record key '\(schema.fields[key].name)' is empty"
            }
        }
        if let ordering { refuseNulls(ordering, "ordering field") { $0 != .deleteByKey } }
        if let partition { refuseNulls(partition, "partition field") { $0 == .upsert } }
        for column in required { refuseNulls(column, "column") { $0 == .upsert } }
        return reasons
    }

    private func place(_ texts: Column) -> [Result<UInt32, TableError>] {
        let hashes = texts.hashKeys(hash)
        return (0..<texts.count).map { row in
            let value = UInt128(hashes[row].high) << 64 | UInt128(hashes[row].low)
            return partitions.number(hash: value) {
                if case .text(let bytes) = texts.cell(at: row) { bytes.printableText } else { "" }
            }
        }
    }

    // MARK: Reading back

    /// What reads the rows. Call once, when all are staged.
    func reader() -> StagedRowReader { StagedRowReader(coder: coder, rows: SealedBytes(rows)) }

    /// The keys of all changes. Call once, when all are staged.
    func soughtKeys() -> SoughtKeys { keys.sought() }

    /// The changes whose key hash falls into part `part` of `parts` equal ones, in the order of arrival.
    func directory(part: Int, of parts: Int) throws -> KeyDirectory {
        var capacity = Int(count)
        if parts > 1 {
            capacity = 0
            try forEachRecord { if $0.part(of: parts) == part { capacity += 1 } }
        }
        let directory = KeyDirectory(capacity: capacity)
        try forEachRecord { if parts == 1 || $0.part(of: parts) == part { directory.add($0) } }
        return directory
    }

    /// Gives their memory back; once every change has its place.
    func forgetRecords() { records = SpilledBytes(memoryLimit: 0, scratch: scratch) }

    private func forEachRecord(_ body: (IndexRecord) -> Void) throws {
        let batch = 4096
        let buffer = UnsafeMutablePointer<IndexRecord>.allocate(capacity: batch)
        defer { buffer.deallocate() }
        var next: Int64 = 0
        while next < count {
            let part = Int(min(Int64(batch), count - next))
            let start = next * Int64(IndexRecord.byteCount)
            try records.copy(start..<(start + Int64(part * IndexRecord.byteCount)), to: buffer)
            for index in 0..<part { body(buffer[index]) }
            next += Int64(part)
        }
    }
}

extension IndexRecord {
    /// By the upper bits of the hash's upper half, which nothing else goes by.
    fileprivate func part(of parts: Int) -> Int { Int((hashHigh >> 32) * UInt64(parts) >> 32) }
}
