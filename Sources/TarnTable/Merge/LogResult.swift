import TarnBase
import TarnColumns

/// What the logs of a slice say in the end, and its merging with the rows of the base file.
struct LogResult {
    private let log: MergedLog
    /// Keys that a stored row was merged with.
    private var used: [Bool]
    private let deleteMark: String?
    private(set) var counts: MergeCounts
    private let batchRows: Int
    /// The key that ``inserts()`` looks at next.
    private var nextInsert = 0

    /// - Parameters:
    ///   - log: With all blocks added.
    ///   - deleteMark: The column of rows that say of themselves that they are deletes.
    init(_ log: consuming MergedLog, deleteMark: String?, batchRows: Int) {
        used = Array(repeating: false, count: log.states.count)
        counts = log.counts
        counts.logKeys = Int64(log.states.count)
        self.log = log
        self.deleteMark = deleteMark
        self.batchRows = batchRows
    }

    // MARK: Stored rows

    /// The stored rows that stay, and the log's in the place of those it changed. Of several stored rows of one key, which
    /// only inserts without an index leave, the first is merged, as in Java.
    ///
    /// - Parameter whole: Rows of the base file, in the columns of the log's.
    mutating func merge(_ whole: RecordBatch) throws(TableError) -> RecordBatch {
        let stored = log.part.rows(of: whole)
        counts.storedRows += Int64(stored.rowCount)
        guard !log.states.isEmpty, let column = stored[MetaFields.recordKey] else { return stored }
        let numbers = log.keys.numbers(of: column.hashKeys(log.hash))
        guard let first = numbers.firstIndex(where: { $0 != KeyTable.none }) else { return stored }
        var storedOrdering: OrderingColumn?
        if log.rule.comparesWithStored, let field = log.rule.orderingField, let values = stored[field] {
            storedOrdering = try OrderingColumn(values, field: field)
        }
        var kept = (0..<first).map { RowReference(batch: LogRows.stored, row: UInt32($0)) }
        kept.reserveCapacity(stored.rowCount)
        var isChanged = false
        for row in first..<stored.rowCount {
            let key = numbers[row]
            guard key != KeyTable.none, !used[Int(key)], !column.isNull(row) else {
                kept.append(RowReference(batch: LogRows.stored, row: UInt32(truncatingIfNeeded: row)))
                continue
            }
            used[Int(key)] = true
            let state = log.states[Int(key)]
            if state == MergedLog.deleted {
                isChanged = true
                counts.deleted += 1
            } else if let storedOrdering, try outranks(storedOrdering, row, Int(key)) {
                kept.append(RowReference(batch: LogRows.stored, row: UInt32(truncatingIfNeeded: row)))
                counts.outranked += 1
            } else {
                isChanged = true
                kept.append(state)
                counts.updated += 1
            }
        }
        guard isChanged else { return stored }
        let merged = try log.rows.interleave(stored, kept)
        return withoutMarked(merged, kept) { $0.deleted += $1; $0.updated -= $1 }
    }

    private func outranks(_ stored: OrderingColumn, _ row: Int, _ key: Int) throws(TableError) -> Bool {
        guard !stored.isNull(row) else { return false }
        if let values = stored.numbers {
            guard !log.unordered.contains(key) else { throw nullOrdering }
            return values[row] > log.orderings[key]
        }
        let state = log.states[key]
        guard let logged = log.rows.ordering(of: state) else { return false }
        guard !logged.isNull(Int(state.row)) else { throw nullOrdering }
        return stored.isGreater(row, than: logged, Int(state.row))
    }

    private var nullOrdering: TableError {
        TableError(.unsupported, "merging log records whose ordering field '\(log.rule.orderingField ?? "")' is null")
    }

    // MARK: New rows

    /// The next rows of keys that no stored row was merged with, in the order in which the keys were first logged; nil at the
    /// end. Call once all stored rows are merged.
    mutating func inserts() throws(TableError) -> RecordBatch? {
        var rows: [RowReference] = []
        while nextInsert < used.count, rows.count < batchRows {
            let key = nextInsert
            nextInsert += 1
            guard !used[key] else { continue }
            if log.states[key] == MergedLog.deleted { counts.void += 1 } else { rows.append(log.states[key]) }
        }
        guard !rows.isEmpty else { return nil }
        counts.inserted += Int64(rows.count)
        return withoutMarked(try log.rows.interleave(nil, rows), rows) { $0.void += $1; $0.inserted -= $1 }
    }

    // MARK: Rows that are deletes

    /// - Parameter recount: Called with how many rows of the log went.
    private mutating func withoutMarked(
        _ batch: RecordBatch, _ rows: [RowReference], recount: (inout MergeCounts, Int64) -> Void
    ) -> RecordBatch {
        guard let deleteMark, let marked = batch[deleteMark], case .bits(let bits) = marked.decoded().values else { return batch }
        let stays = Bitmap.make(batch.rowCount) { row in rows[row].batch == LogRows.stored || !bits[row] || marked.isNull(row) }
        let gone = batch.rowCount - stays.setRows.count
        guard gone > 0 else { return batch }
        recount(&counts, Int64(gone))
        return batch.filter(stays)
    }
}
