package import TarnColumns

/// What one change does to the row of its key.
package enum ChangeKind: UInt8, Hashable, Sendable {
    /// Stores the row, unless the stored one has a greater ordering value.
    case upsert = 0
    /// Removes the row of this key, unless the stored one has a greater ordering value.
    case delete = 1
    /// Removes the row of this key whatever its ordering value: takes the ordering of what it removes, so it wins over
    /// what is stored and over what came before it in this write, not over what comes later.
    case deleteByKey = 2
}

/// Changes in the order in which they happened.
///
/// Among changes of one key in one write, the one with the greatest ordering value wins, and of equals the later one.
package struct ChangeBatch: Sendable {
    /// Rows of the table's schema, without meta fields. Of a delete only the key and, for `.delete`, the ordering column
    /// are looked at; the rest may be null.
    package let rows: RecordBatch
    /// One a row; nil = every row is an upsert.
    package let kinds: [ChangeKind]?
    /// Event times for the ledger and the write stats: `.int64`, milliseconds since 1970 UTC, nulls allowed.
    package let eventTimes: Column?

    package init(rows: RecordBatch, kinds: [ChangeKind]? = nil, eventTimes: Column? = nil) {
        precondition(kinds.map { $0.count == rows.rowCount } ?? true)
        precondition(eventTimes.map { $0.count == rows.rowCount && $0.type == .int64 } ?? true)
        self.rows = rows
        self.kinds = kinds
        self.eventTimes = eventTimes
    }
}

/// A row that was not taken, and why: `record key is null`.
package struct RejectedRow: Hashable, Sendable {
    /// Position in the batch that was staged.
    package let row: Int
    package let reason: String

    package init(row: Int, reason: String) {
        self.row = row
        self.reason = reason
    }
}
