/// Rows of one schema, held by column. What modules hand each other.
public struct RecordBatch: Sendable {
    public let schema: Schema
    public let columns: [Column]
    public let rowCount: Int

    /// - Precondition: one column a field, of its type, all with `rowCount` rows.
    public init(schema: Schema, columns: [Column], rowCount: Int) {
        precondition(columns.count == schema.fields.count)
        precondition(zip(columns, schema.fields).allSatisfy { $0.type == $1.type && $0.count == rowCount })
        self.schema = schema
        self.columns = columns
        self.rowCount = rowCount
    }

    /// The column of this name.
    public subscript(name: String) -> Column? { schema.index(of: name).map { columns[$0] } }

    /// The rows of `range`; shares the buffers.
    public func slice(_ range: Range<Int>) -> RecordBatch {
        RecordBatch(schema: schema, columns: columns.map { $0.slice(range) }, rowCount: range.count)
    }

    /// The named columns, in the order asked for; nil if one does not exist.
    public func selecting(_ names: [String]) -> RecordBatch? {
        guard let selected = schema.selecting(names) else { return nil }
        return RecordBatch(schema: selected, columns: names.compactMap { self[$0] }, rowCount: rowCount)
    }
}
