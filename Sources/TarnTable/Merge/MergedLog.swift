import TarnAvro
import TarnBase
import TarnColumns
import TarnStorage

/// The log side of a slice, or of a share of its keys: for each key its newest row, or that it is deleted.
///
/// Filled block by block in order. Memory: at most that given for logs. Superseded rows are dropped when the rows fill half
/// of it, and whenever they have doubled since; what does not fit then goes to a scratch file.
struct MergedLog {
    /// The state of a key that was deleted by a delete block.
    static let deleted = RowReference(batch: .max, row: .max)

    /// Not even the keys fit: ``part`` has to be merged in halves.
    struct TooManyKeys: Error {}

    let rule: MergeRule
    let part: KeyPart
    let hash: KeyHash
    /// Whether records are ordered by values that have numbers: all but text and decimals.
    let hasNumbers: Bool
    private let orderingType: DataType?
    private let limit: Int
    private(set) var keys = KeyTable()
    /// One a key: where its row is, or ``deleted``.
    private(set) var states: [RowReference] = []
    /// One a key, where ordering values are numbers: that of its row.
    private(set) var orderings: [Int64] = []
    /// Keys whose row has no ordering value: it is an error if another meets them.
    private(set) var unordered: Set<Int> = []
    private(set) var rows: LogRows
    private(set) var counts = MergeCounts()
    private let hold: MemoryHold
    /// At how many bytes superseded rows are dropped next.
    private var dropsAt: Int

    /// - Parameter keptBytes: Of the memory for logs, what contents of blocks take.
    init(rule: MergeRule, schema: Schema, part: KeyPart, hash: KeyHash, memory: MergeMemory, keptBytes: Int) {
        self.rule = rule
        self.part = part
        self.hash = hash
        limit = Int(clamping: memory.logs.bytes) - keptBytes
        hold = MemoryHold(memory.budget)
        dropsAt = limit / 2
        orderingType = rule.orderingField.flatMap { schema[$0]?.type }
        switch orderingType {
        case .string, .decimal: hasNumbers = false
        default: hasNumbers = orderingType != nil
        }
        rows = LogRows(schema: schema, orderingField: hasNumbers ? nil : rule.orderingField, scratch: memory.scratch)
    }

    /// Keys, their states, whether a stored row met them, and the rows.
    private var byteCount: Int { keys.byteCount + stateBytes(states.count) + rows.byteCount }

    private func stateBytes(_ count: Int) -> Int {
        KeyTable.roundedUp(count) * (MemoryLayout<RowReference>.stride + (hasNumbers ? 8 : 0)) + count
    }

    // MARK: Filling

    mutating func add(_ whole: RecordBatch, of block: LogBlock) throws {
        guard let column = whole[MetaFields.recordKey], column.nullCount == 0 else {
            throw block.fault(.corrupt, "a log record without a record key")
        }
        let batch = part.rows(of: whole)
        guard batch.rowCount > 0, let column = batch[MetaFields.recordKey] else { return }
        counts.logRecords += Int64(batch.rowCount)
        try makeRoom(for: batch.rowCount)
        let numbers = keys.numbers(adding: column.hashKeys(hash))
        let chunk = UInt32(rows.nextChunk)
        try rows.append(batch, keys: numbers)
        if hasNumbers, let field = rule.orderingField, let values = batch[field] {
            try place(numbers, in: chunk, by: try OrderingColumn(values, field: field), block)
        } else {
            try place(numbers, in: chunk, block)
        }
        try fit()
    }

    /// Rows whose ordering values have numbers.
    private mutating func place(_ keys: [UInt32], in chunk: UInt32, by ordering: OrderingColumn, _ block: LogBlock) throws(TableError) {
        guard let values = ordering.numbers else { return }
        let mayBeUnordered = ordering.hasNulls || !unordered.isEmpty
        for row in keys.indices {
            let here = RowReference(batch: chunk, row: UInt32(truncatingIfNeeded: row))
            let (key, value) = (Int(keys[row]), values[row])
            if key == states.count {
                states.append(here)
                orderings.append(value)
            } else {
                if states[key] != Self.deleted {
                    if mayBeUnordered, ordering.isNull(row) || unordered.contains(key) { throw nullOrdering(block) }
                    if orderings[key] > value { continue }
                }
                states[key] = here
                orderings[key] = value
            }
            guard mayBeUnordered else { continue }
            if ordering.isNull(row) { unordered.insert(key) } else { unordered.remove(key) }
        }
    }

    /// Rows without an order, or ordered by text or decimals.
    private mutating func place(_ keys: [UInt32], in chunk: UInt32, _ block: LogBlock) throws(TableError) {
        let ordering = rows.ordering(of: RowReference(batch: chunk, row: 0))
        for row in keys.indices {
            let here = RowReference(batch: chunk, row: UInt32(truncatingIfNeeded: row))
            let key = Int(keys[row])
            guard key < states.count else {
                states.append(here)
                continue
            }
            let there = states[key]
            if there != Self.deleted, let ordering, let older = there.batch == chunk ? ordering : rows.ordering(of: there) {
                guard !ordering.isNull(row), !older.isNull(Int(there.row)) else { throw nullOrdering(block) }
                if older.isGreater(Int(there.row), than: ordering, row) { continue }
            }
            states[key] = here
        }
    }

    mutating func add(_ deletes: DeletedKeys) throws {
        let isHere = part.isWhole ? nil : part.contains(deletes.keys)
        // Keys of other parts are not shown to the table.
        let wanted = isHere.map { deletes.keys.filter($0) } ?? deletes.keys
        try makeRoom(for: wanted.count)
        let numbers = keys.numbers(adding: wanted.hashKeys(hash))
        var next = 0
        for row in 0..<deletes.keys.count where isHere.map({ $0[row] }) ?? true {
            let key = Int(numbers[next])
            next += 1
            guard key < states.count else {
                states.append(Self.deleted)
                if hasNumbers { orderings.append(0) }
                continue
            }
            guard states[key] != Self.deleted else { continue }
            // Deletes by text and decimals are of another class than the column, and win.
            if hasNumbers, let orderingType, !unordered.contains(key), deletes.orderings[row].isLess(than: orderings[key], of: orderingType) { continue }
            states[key] = Self.deleted
            unordered.remove(key)
        }
        try fit()
    }

    /// Java fails there too, with a null pointer.
    private func nullOrdering(_ block: LogBlock) -> TableError {
        block.fault(.unsupported, "merging log records whose ordering field '\(rule.orderingField ?? "")' is null")
    }

    /// Before the tables of keys grow, which doubles them: rows go to the scratch file first.
    private mutating func makeRoom(for count: Int) throws {
        func isEnough() -> Bool { keys.byteCount(adding: count) + stateBytes(states.count + count) + rows.byteCount <= limit }
        if isEnough() { return }
        if !rows.isSpilled {
            try rows.dropSuperseded(&states)
            try rows.spill()
        }
        if !isEnough() { throw TooManyKeys() }
    }

    /// Keeps within the memory: drops superseded rows first, then moves rows to the scratch file. What is left is for a
    /// batch before the next look: at most a sixteenth.
    private mutating func fit() throws {
        hold.update(to: byteCount)
        defer { hold.update(to: byteCount) }
        guard byteCount > dropsAt else { return }
        if !rows.isSpilled || rows.rowCount > 2 * states.count { try rows.dropSuperseded(&states) }
        if byteCount > limit / 4 * 3 {
            try rows.spill()
            if byteCount > limit / 8 * 7 { throw TooManyKeys() }
        }
        // Spilled rows are only rewritten when most are superseded, so that looking often costs nothing.
        dropsAt = rows.isSpilled ? limit / 2 : min(limit, max(dropsAt, 2 * byteCount))
    }
}
