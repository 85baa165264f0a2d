package import TarnColumns

extension ParquetFileWriter {
    /// Adds the rows of `batch`, whose columns have the types of ``schema`` in its order.
    ///
    /// - Throws: ``ParquetError`` of kind `unsupported`, naming the column: a null where the schema allows none, a decimal
    ///   beyond its precision, a single value of 2 GiB.
    package func append(_ batch: RecordBatch) throws(ParquetError) {
        check(batch)
        let sizes = batch.columns.map(\.plainByteCount)
        let step = stepRows(of: batch, sizes)
        var start = 0
        while start < batch.rowCount {
            let rows = nextStep(from: start, of: batch, step)
            for (index, field) in tree.fields.enumerated() { try append(batch.columns[index].slice(rows), to: field, atMost: sizes[index], work) }
            groupRowCount += Int64(rows.count)
            start = rows.upperBound
            if groupRowCount >= options.rowGroupRows || isRowGroupFull { try endRowGroup() }
        }
    }

    func check(_ batch: RecordBatch) {
        precondition(!isFinished, "the file is finished")
        precondition(batch.schema.fields.map(\.type) == schema.fields.map(\.type), "the batch has other columns than the file")
    }

    /// Rows that pass through all columns before the row group's size is looked at: an eighth of it before compression, at
    /// most 4 MiB. It does not depend on how much is compressed already, so that rows are cut alike by one task and by many.
    ///
    /// - Parameter sizes: Of the columns, as PLAIN.
    func stepRows(of batch: RecordBatch, _ sizes: [Int]) -> Int {
        let bytes = sizes.reduce(1, +)
        let step = min(4 << 20, max(64 << 10, options.rowGroupBytes / 8))
        return max(1, Int(Double(batch.rowCount) * Double(step) / Double(bytes)))
    }

    func nextStep(from start: Int, of batch: RecordBatch, _ step: Int) -> Range<Int> {
        start..<min(batch.rowCount, start + min(step, options.rowGroupRows - Int(groupRowCount)))
    }

    /// Adds a column of the open row group, in pieces that fit the pages of the field's leaves and the processor's caches.
    ///
    /// - Parameter byteCount: What the column takes as PLAIN at most, where that is known: it need not be found out again.
    func append(_ column: Column, to field: SchemaField, atMost byteCount: Int = .max, _ work: PageWork) throws(ParquetError) {
        let leaves = columns[field.leaves]
        var start = 0
        while start < column.count {
            let room = leaves.reduce(4096) { min($0, $1.roomInPage) }
            var piece = column.slice(start..<min(column.count, start + room))
            while piece.count > 1, byteCount > options.pageBytes, piece.plainByteCount > options.pageBytes { piece = piece.slice(0..<(piece.count / 2)) }
            for shredded in try RecordShredding.shred(piece, as: field) {
                try columns[shredded.leaf.index].append(shredded, rowCount: piece.count, work)
            }
            start += piece.count
        }
    }
}
