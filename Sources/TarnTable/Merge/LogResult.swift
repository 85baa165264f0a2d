import TarnBase
import TarnColumns

/// What the logs of a slice say in the end, and its merging with the rows of the base file.
struct LogResult {
    /// In `rows`: the key was deleted by a delete block.
    static let deleted = UInt32.max

    private let rule: MergeRule
    private let hash: KeyHash
    private let keys: KeyTable
    /// One a key: its row in `batch`, or ``deleted``.
    private let rows: [UInt32]
    /// nil when there is no row at all.
    private let batch: RecordBatch?
    private let ordering: OrderingColumn?
    /// Rows that say of themselves that they are deletes.
    private let marked: Column?
    /// Keys that a stored row was merged with.
    private var used: [Bool]

    init(rule: MergeRule, hash: KeyHash, keys: KeyTable, rows: [UInt32], batch: RecordBatch?, deleteMark: String?) throws(TableError) {
        self.rule = rule
        self.hash = hash
        self.keys = keys
        self.rows = rows
        self.batch = batch
        if rule.comparesWithStored, let field = rule.orderingField, let values = batch?[field] {
            ordering = try OrderingColumn(values, field: field)
        } else {
            ordering = nil
        }
        marked = deleteMark.flatMap { batch?[$0] }.flatMap { $0.type == .boolean ? $0 : nil }
        used = Array(repeating: false, count: rows.count)
    }

    private func isMarked(_ row: Int) -> Bool {
        guard let marked, case .bits(let bits) = marked.values else { return false }
        return bits[row] && !marked.isNull(row)
    }

    /// The stored rows that stay, and the log's in the place of those it changed. Of several stored rows of one key, which
    /// only inserts without an index leave, the first is merged, as in Java.
    ///
    /// - Parameter stored: Rows of the base file, in the columns of the log's.
    mutating func merge(_ stored: RecordBatch) throws(TableError) -> RecordBatch {
        guard keys.count > 0, let column = stored[MetaFields.recordKey] else { return stored }
        let hashes = column.hashKeys(hash)
        var storedOrdering: OrderingColumn?
        if ordering != nil, let field = rule.orderingField, let values = stored[field] {
            storedOrdering = try OrderingColumn(values, field: field)
        }
        var kept: [RowReference] = []
        kept.reserveCapacity(stored.rowCount)
        var isChanged = false
        for row in 0..<stored.rowCount {
            let here = RowReference(batch: 0, row: UInt32(row))
            guard !column.isNull(row), let key = keys.number(of: hashes[row]), !used[key] else {
                kept.append(here)
                continue
            }
            used[key] = true
            guard rows[key] != Self.deleted else {
                isChanged = true
                continue
            }
            let logRow = Int(rows[key])
            if let ordering, let storedOrdering, !storedOrdering.isNull(row) {
                guard !ordering.isNull(logRow) else {
                    throw TableError(.unsupported, "merging log records whose ordering field '\(rule.orderingField ?? "")' is null")
                }
                if storedOrdering.isGreater(row, than: ordering, logRow) {
                    kept.append(here)
                    continue
                }
            }
            isChanged = true
            if !isMarked(logRow) { kept.append(RowReference(batch: 1, row: rows[key])) }
        }
        guard isChanged else { return stored }
        return RecordBatch.interleave(batch.map { [stored, $0] } ?? [stored], kept)
    }

    /// Rows of keys that no stored row was merged with.
    func inserts(batchRows: Int) -> [RecordBatch] {
        guard let batch else { return [] }
        var left: [RowReference] = []
        for (key, row) in rows.enumerated() where !used[key] && row != Self.deleted && !isMarked(Int(row)) {
            left.append(RowReference(batch: 0, row: row))
        }
        return stride(from: 0, to: left.count, by: batchRows).map { first in
            RecordBatch.interleave([batch], Array(left[first..<min(first + batchRows, left.count)]))
        }
    }
}
