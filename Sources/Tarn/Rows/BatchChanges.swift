package import TarnColumns
import TarnTable
package import TarnWrite

extension ChangeBatch {
    /// Rows of the caller's as changes of the table: its columns by name, those left out null.
    ///
    /// - Parameters:
    ///   - deletes: The rows that remove their key; nil for none. Without an ordering value a delete goes by the key alone.
    ///   - ignored: Columns that are none of the table's and may be there.
    /// - Throws: ``ColumnError``: `unknownColumn` for a column that the table does not have, others with the row for one that
    ///   it cannot hold.
    package init(
        _ batch: RecordBatch, for transaction: WriteTransaction, deletes: Bitmap?, ignoring ignored: Set<String> = [], watermarkField: String?
    ) throws(ColumnError) {
        let table = transaction.schema
        for field in batch.schema.fields where table[field.name] == nil && !ignored.contains(field.name) && !MetaFields.isMetaField(field.name) {
            throw ColumnError(.unknownColumn, "column '\(field.name)' (\(field.type)) is not in the table's schema")
        }
        // Nulls are judged row by row when the changes are staged; a delete needs no more than its key.
        let rows = try batch.adapted(to: Schema(table.fields.map { Field($0.name, $0.type) }))
        let ordering = transaction.properties.orderingField.flatMap { batch[$0] }
        let kinds: [ChangeKind]? = deletes.map { deletes in
            (0..<rows.rowCount).map { row in !deletes[row] ? .upsert : ordering.map { $0.isNull(row) } ?? true ? .deleteByKey : .delete }
        }
        self.init(rows: rows, kinds: kinds, eventTimes: try watermarkField.map { name throws(ColumnError) in try rows.eventTimes(of: name) })
    }
}

extension RecordBatch {
    /// Event times in milliseconds from a column of longs or timestamps.
    fileprivate func eventTimes(of name: String) throws(ColumnError) -> Column {
        guard let column = self[name] else { throw ColumnError(.unknownColumn, "there is no column '\(name)' to take event times from") }
        switch column.type {
        case .int64: return column
        case .timestamp:
            let milliseconds = try column.cast(to: .timestamp(.milliseconds)).decoded()
            guard case .fixed(let bytes) = milliseconds.values else { return .nulls(.int64, count: rowCount) }
            return Column(.int64, count: rowCount, values: .fixed(bytes), validity: milliseconds.validity)
        default:
            throw ColumnError(.unsupported, "column '\(name)' is \(column.type); event times are longs of milliseconds or timestamps")
        }
    }
}
