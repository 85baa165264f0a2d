import Tarn
import TarnBase
import TarnColumns
import TarnTable
import TarnWrite

/// How the rows of input files become changes of a table: which columns they may have, which rows delete.
struct RowShape {
    /// What NDJSON rows are read as.
    let inputSchema: Schema
    private let transaction: WriteTransaction
    private let deletes: Bool
    private let marker: Filter?
    private let markerColumn: String?
    private let watermarkField: String?

    init(for transaction: WriteTransaction, operation: WriteCommand.Operation, deleteMarker: String?, watermarkField: String?) throws {
        self.transaction = transaction
        let table = transaction.schema
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
        do {
            let marked = try marker.map { try BoundFilter($0, schema: batch.schema).evaluate(batch) }
            return try ChangeBatch(
                batch, for: transaction, deletes: deletes ? Bitmap(repeating: true, count: batch.rowCount) : marked, ignoring: Set([markerColumn].compactMap { $0 }),
                watermarkField: watermarkField)
        } catch let error as ColumnError {
            let place = error.row.map { " in row \(firstRow + $0 + 1)" } ?? ""
            throw Failure(.invalid, "the file does not fit the table's schema: \(error.message)\(place); nothing was written", path: path)
        }
    }
}
