import TarnColumns
import TarnTable
import TarnWrite

extension ChangeBatch {
    /// A batch of the caller's, brought into the table's columns.
    ///
    /// - Throws: ``TableError`` `invalid` for a column that the table does not have or cannot hold.
    init(_ batch: RecordBatch, for transaction: WriteTransaction, options: WriteOptions) throws {
        let table = transaction.schema
        for field in batch.schema.fields where table[field.name] == nil && !MetaFields.isMetaField(field.name) {
            throw TableError(.invalid, "column '\(field.name)' (\(field.type)) is not in the table's schema")
        }
        // Nulls are judged row by row when the changes are staged; a delete needs no more than its key.
        let rows = try batch.adapted(to: Schema(table.fields.map { Field($0.name, $0.type) }))
        let ordering = transaction.properties.orderingField.flatMap { batch[$0] }
        let kinds: [ChangeKind]? =
            options.operation != .delete
            ? nil : (0..<rows.rowCount).map { row in ordering.map { $0.isNull(row) } ?? true ? .deleteByKey : .delete }
        self.init(rows: rows, kinds: kinds, eventTimes: try options.watermarkField.map { try rows.eventTimes(of: $0) })
    }
}

extension RecordBatch {
    /// Event times in milliseconds from a column of longs or timestamps.
    package func eventTimes(of name: String) throws -> Column {
        guard let column = self[name] else { throw TableError(.invalid, "there is no column '\(name)' to take event times from") }
        switch column.type {
        case .int64: return column
        case .timestamp:
            let milliseconds = try column.cast(to: .timestamp(.milliseconds)).decoded()
            guard case .fixed(let bytes) = milliseconds.values else { return .nulls(.int64, count: rowCount) }
            return Column(.int64, count: rowCount, values: .fixed(bytes), validity: milliseconds.validity)
        default:
            throw TableError(.invalid, "column '\(name)' is \(column.type); event times are longs of milliseconds or timestamps")
        }
    }
}
