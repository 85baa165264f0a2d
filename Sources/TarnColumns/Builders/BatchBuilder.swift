/// Makes a batch record by record. One owner.
///
/// A record is: at most one value appended to each of ``columns``, then ``endRow()``, or ``discardRow()`` to forget it.
package final class BatchBuilder {
    package let schema: Schema
    /// One builder a field.
    package let columns: [ColumnBuilder]
    package private(set) var rowCount = 0

    package init(schema: Schema) {
        self.schema = schema
        columns = schema.fields.map { .make($0.type) }
    }

    /// Whether the record begun has a value for this column already.
    package func hasValue(_ column: Int) -> Bool { columns[column].count > rowCount }

    /// Ends the record; columns without a value get a null, whatever the schema says of nulls.
    package func endRow() {
        for column in columns {
            if column.count == rowCount { column.appendNull() }
            precondition(column.count == rowCount + 1, "a record got two values for one column")
        }
        rowCount += 1
    }

    /// Forgets what was appended since the last record ended.
    package func discardRow() {
        for column in columns { column.truncate(to: rowCount) }
    }

    /// The records so far; the builder is empty afterwards and may be used again.
    package func finish() -> RecordBatch {
        let rows = rowCount
        rowCount = 0
        return RecordBatch(schema: schema, columns: columns.map { $0.finish() }, rowCount: rows)
    }

    /// Memory held, for budgets.
    package var byteCount: Int { columns.reduce(0) { $0 + $1.byteCount } }
}
