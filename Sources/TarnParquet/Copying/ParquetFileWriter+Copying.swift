package import TarnColumns

/// What goes into a row group as one column of the schema.
package enum RowGroupColumn: Sendable {
    /// Out of another file, as it lies there.
    case encoded(EncodedField)
    case values(Column)
}

extension ParquetFileWriter {
    /// Writes one row group of `rowCount` rows, of which some columns are copied and others encoded. Rows appended before are
    /// a row group of their own.
    ///
    /// - Parameter content: One for each field of ``schema``, in its order; columns of values have the fields' types.
    /// - Throws: ``ParquetError`` of kind `unsupported`, naming the column: for an encoded field that is stored otherwise than
    ///   the file's schema says (``SchemaField/isStored(like:)``); as ``append(_:)`` does. `malformed` for one of another
    ///   number of rows.
    ///
    /// Cost: copied columns take no time but for their indexes. Memory: columns of values are encoded whole before they go out.
    package func appendRowGroup(_ content: [RowGroupColumn], rowCount: Int) throws(ParquetError) {
        precondition(!isFinished, "the file is finished")
        precondition(content.count == tree.fields.count, "the row group has other columns than the file")
        try endRowGroup()
        guard rowCount > 0 else { return }
        var copied: [EncodedChunk?] = []
        for (field, column) in zip(tree.fields, content) {
            switch column {
            case .encoded(let encoded):
                try check(encoded, as: field, rowCount: rowCount)
                copied += encoded.chunks
            case .values(let values):
                precondition(values.type == field.field.type && values.count == rowCount, "\(field.field.name) has other values than the row group")
                try append(values, to: field, work)
                copied += Array(repeating: nil, count: field.leaves.count)
            }
        }
        try add(rowCount: Int64(rowCount)) { (leaf, offset) throws(ParquetError) in
            if let chunk = copied[leaf] { return chunk.placed(at: offset) }
            return try endChunk(leaf, at: offset)
        }
    }

    private func check(_ encoded: EncodedField, as field: SchemaField, rowCount: Int) throws(ParquetError) {
        guard encoded.field.isStored(like: field) else {
            throw .unsupported("copying a column that is stored otherwise: \(encoded.field.field) as \(field.field)", column: field.field.name)
        }
        for chunk in encoded.chunks where chunk.rowCount != Int64(rowCount) {
            throw ParquetError(.malformed, "a chunk of \(chunk.rowCount) rows for a row group of \(rowCount)", column: chunk.leaf.name)
        }
    }
}
