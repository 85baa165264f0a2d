import Tarn
import TarnBase
import TarnColumns
import TarnTable
import TarnWrite

/// How the rows of input files become changes of a table: which columns they may have, which rows delete.
struct RowShape {
    /// What NDJSON rows are read as.
    let inputSchema: Schema
    private let table: Schema
    private let orderingField: String?
    private let deletes: Bool
    private let marker: Filter?
    private let markerColumn: String?
    private let watermarkField: String?

    init(for transaction: WriteTransaction, operation: WriteCommand.Operation, deleteMarker: String?, watermarkField: String?) throws {
        table = transaction.schema
        orderingField = transaction.properties.orderingField
        deletes = operation == .delete
        self.watermarkField = watermarkField
        if let watermarkField, table[watermarkField] == nil { throw Failure(.usage, "--watermark-field: there is no column '\(watermarkField)'") }
        var fields = table.fields
        if let deleteMarker {
            let parts = deleteMarker.split(separator: "=", maxSplits: 1).map(String.init)
            guard let column = parts.first, !column.isEmpty else { throw Failure(.usage, "--delete-marker needs a column: COL[=VALUE]") }
            markerColumn = column
            marker = parts.count > 1 ? try Filter(parsing: "\(column) = \(parts[1])") : .equal(column, true)
            if table[column] == nil { fields.append(Field(column, parts.count > 1 ? .string : .boolean)) }
        } else {
            (markerColumn, marker) = (nil, nil)
        }
        // A delete needs its key alone; the others are checked for nulls when they are staged.
        let mayBeNull = deletes || deleteMarker != nil
        inputSchema = Schema(fields.map { Field($0.name, $0.type, nullable: mayBeNull || $0.isNullable) })
    }

    /// - Throws: ``Failure`` `invalid` for columns that the table does not have or cannot hold.
    func changes(_ batch: RecordBatch, from path: String, firstRow: Int) throws -> ChangeBatch {
        let marked = try marker.map { try BoundFilter($0, schema: batch.schema).evaluate(batch) }
        for field in batch.schema.fields where table[field.name] == nil && field.name != markerColumn && !MetaFields.isMetaField(field.name) {
            throw Failure(.invalid, "column '\(field.name)' (\(field.type)) is not in the table's schema; nothing was written", path: path)
        }
        let loose = Schema(table.fields.map { Field($0.name, $0.type) })
        let rows: RecordBatch
        do {
            rows = try batch.adapted(to: loose)
        } catch {
            let place = error.row.map { " in row \(firstRow + $0 + 1)" } ?? ""
            throw Failure(.invalid, "the file does not fit the table's schema: \(error.message)\(place); nothing was written", path: path)
        }
        return ChangeBatch(rows: rows, kinds: kinds(rows, batch, marked), eventTimes: try eventTimes(rows))
    }

    private func kinds(_ rows: RecordBatch, _ input: RecordBatch, _ marked: Bitmap?) -> [ChangeKind]? {
        guard deletes || marked != nil else { return nil }
        let ordering = orderingField.flatMap { input[$0] }
        return (0..<rows.rowCount).map { row in
            guard deletes || marked?[row] == true else { return .upsert }
            return ordering.map { $0.isNull(row) } ?? true ? .deleteByKey : .delete
        }
    }

    private func eventTimes(_ rows: RecordBatch) throws -> Column? { try watermarkField.map { try rows.eventTimes(of: $0) } }
}
