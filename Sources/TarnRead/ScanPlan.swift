import TarnColumns
import TarnTable

/// What a scan reads of each file, and what it makes of it.
struct ScanPlan: Sendable {
    /// The columns of the batches it returns.
    let output: Schema
    /// Those and the columns of the filter.
    let reading: Schema
    let filter: BoundFilter?

    init(table schema: Schema, columns: [String]?, filter: Filter?, withMetaFields: Bool) throws(ColumnError) {
        let all = MetaFields.schema(inFrontOf: schema)
        let own = (columns ?? schema.names).filter { !withMetaFields || !MetaFields.names.contains($0) }
        var fields: [Field] = []
        for name in (withMetaFields ? MetaFields.names : []) + own {
            guard let field = all[name] else { throw ColumnError(.unknownColumn, "there is no column '\(name)'") }
            guard !fields.contains(field) else { throw ColumnError(.unknownColumn, "column '\(name)' is asked for twice") }
            fields.append(field)
        }
        output = Schema(fields)
        guard let filter else {
            (reading, self.filter) = (output, nil)
            return
        }
        let looked = try BoundFilter(filter, schema: all).columns.map { all.fields[$0] }
        let reading = Schema(fields + looked.filter { !fields.contains($0) })
        self.reading = reading
        self.filter = try BoundFilter(filter, schema: reading)
    }

    func select(_ batch: RecordBatch) throws(ColumnError) -> RecordBatch {
        let matching = filter.map { batch.filter($0.evaluate(batch)) } ?? batch
        return try matching.adapted(to: output)
    }
}
