package import TarnColumns

/// What a scan reads of each file, and what it makes of it.
package struct ScanPlan: Sendable {
    /// The columns of the batches it returns.
    package let output: Schema
    /// Those and the columns of the filter.
    package let reading: Schema
    package let filter: BoundFilter?

    /// Of a table: its own columns, behind the meta fields where they are asked for.
    package init(table schema: Schema, columns: [String]?, filter: Filter?, withMetaFields: Bool) throws(ColumnError) {
        let own = (columns ?? schema.names).filter { !withMetaFields || !MetaFields.names.contains($0) }
        try self.init(of: MetaFields.schema(inFrontOf: schema), names: (withMetaFields ? MetaFields.names : []) + own, filter: filter)
    }

    /// Of a file by itself: its columns as they are, meta fields or not.
    package init(file schema: Schema, columns: [String]?, filter: Filter?) throws(ColumnError) {
        try self.init(of: schema, names: columns ?? schema.names, filter: filter)
    }

    /// - Parameter names: Of columns, and of members as ``ColumnSelection`` finds them.
    private init(of all: Schema, names: [String], filter: Filter?) throws(ColumnError) {
        var selection = ColumnSelection(of: all)
        for name in names { try selection.add(name) }
        output = selection.schema
        guard let filter else {
            (reading, self.filter) = (output, nil)
            return
        }
        for operand in try BoundFilter(filter, schema: all).operands {
            if operand.type.isNested { try selection.includeNulls(of: operand.name) } else { try selection.include(operand.name) }
        }
        reading = selection.schema
        self.filter = try BoundFilter(filter, schema: selection.schema)
    }

    /// The rows of a batch in the columns of ``reading`` that pass, in those of ``output``.
    package func select(_ batch: RecordBatch) throws(ColumnError) -> RecordBatch {
        let matching = filter.map { batch.filter($0.evaluate(batch)) } ?? batch
        return try matching.adapted(to: output)
    }
}
