import TarnAvro
import TarnBase
import TarnColumns

/// The log side of a slice: for each key its newest row, or that it is deleted.
///
/// Filled block by block in order; memory grows with the rows that are held. Superseded ones are dropped when all together
/// fill half of the budget, and whenever they have doubled since.
struct MergedLog {
    private static let deleted = RowReference(batch: .max, row: 0)

    let rule: MergeRule
    private let hash: KeyHash
    private let budget: ByteCount
    private var keys = KeyTable()
    /// One a key: where its row is, or ``deleted``.
    private var states: [RowReference] = []
    private var batches: [RecordBatch] = []
    private var orderings: [OrderingColumn] = []
    private var rowBytes = 0
    /// At how many bytes of rows and keys superseded rows are dropped next.
    private var dropsAt: Int

    init(rule: MergeRule, hash: KeyHash, budget: ByteCount) {
        self.rule = rule
        self.hash = hash
        self.budget = budget
        dropsAt = Int(budget.bytes) / 2
    }

    // MARK: - Filling

    mutating func add(_ batch: RecordBatch, of block: LogBlock) throws(TableError) {
        guard batch.rowCount > 0 else { return }
        guard let column = batch[MetaFields.recordKey], column.nullCount == 0 else {
            throw block.fault(.corrupt, "a log record without a record key")
        }
        let hashes = column.hashKeys(hash)
        var ordering: OrderingColumn?
        if let field = rule.orderingField, let values = batch[field] { ordering = try OrderingColumn(values, field: field) }
        let number = UInt32(batches.count)
        batches.append(batch)
        if let ordering { orderings.append(ordering) }
        for row in 0..<batch.rowCount {
            let here = RowReference(batch: number, row: UInt32(row))
            let key = keys.number(adding: hashes[row])
            if key == states.count {
                states.append(here)
            } else {
                let there = states[key]
                if there != Self.deleted, let ordering {
                    let older = orderings[Int(there.batch)]
                    guard !ordering.isNull(row), !older.isNull(Int(there.row)) else { throw nullOrdering(block) }
                    if older.isGreater(Int(there.row), than: ordering, row) { continue }
                }
                states[key] = here
            }
        }
        rowBytes += batch.retainedByteCount
        if rowBytes + keys.byteCount > dropsAt { try dropSuperseded(block) }
    }

    mutating func add(_ deletes: DeletedKeys) {
        let hashes = deletes.keys.hashKeys(hash)
        for row in 0..<deletes.keys.count {
            let key = keys.number(adding: hashes[row])
            guard key < states.count else {
                states.append(Self.deleted)
                continue
            }
            let there = states[key]
            guard there != Self.deleted else { continue }
            if deletes.orderings[row] != .none, rule.orderingField != nil,
                orderings[Int(there.batch)].isGreater(Int(there.row), than: deletes.orderings[row])
            {
                continue
            }
            states[key] = Self.deleted
        }
    }

    /// Java fails there too, with a null pointer.
    private func nullOrdering(_ block: LogBlock) -> TableError {
        block.fault(.unsupported, "merging log records whose ordering field '\(rule.orderingField ?? "")' is null")
    }

    /// Keeps only the rows that count, in one batch.
    private mutating func dropSuperseded(_ block: LogBlock) throws(TableError) {
        let kept = surviving()
        guard !batches.isEmpty else { return }
        let batch = RecordBatch.interleave(batches, kept.rows).compacted()
        batches = [batch]
        if let field = rule.orderingField, let values = batch[field] { orderings = [try OrderingColumn(values, field: field)] }
        for (row, key) in kept.keys.enumerated() { states[key] = RowReference(batch: 0, row: UInt32(row)) }
        rowBytes = batch.retainedByteCount
        guard rowBytes + keys.byteCount <= Int(budget.bytes) else {
            throw block.fault(
                .unsupported, "merging a file slice whose log records take more than \(budget) of memory; compaction would make them part of the base file")
        }
        dropsAt = min(Int(budget.bytes), max(dropsAt, 2 * (rowBytes + keys.byteCount)))
    }

    private func surviving() -> (rows: [RowReference], keys: [Int]) {
        var rows: [RowReference] = []
        var numbers: [Int] = []
        for (key, state) in states.enumerated() where state != Self.deleted {
            rows.append(state)
            numbers.append(key)
        }
        return (rows, numbers)
    }

    // MARK: - Use

    /// What is left when all blocks were added.
    func finish(deleteMark: String?) throws(TableError) -> LogResult {
        let kept = surviving()
        var rows = [UInt32](repeating: LogResult.deleted, count: states.count)
        for (row, key) in kept.keys.enumerated() { rows[key] = UInt32(row) }
        let batch = batches.isEmpty ? nil : RecordBatch.interleave(batches, kept.rows)
        return try LogResult(rule: rule, hash: hash, keys: keys, rows: rows, batch: batch, deleteMark: deleteMark)
    }
}
