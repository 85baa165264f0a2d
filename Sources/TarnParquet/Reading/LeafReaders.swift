import TarnColumns

/// The readers of some columns of one row group: those of a column stand together, in the order of its leaves.
struct LeafReaders {
    /// -1 before there is one.
    var rowGroup = -1
    var readers: [LeafReader] = []

    /// What is held of the row group: windows, pages as they were decompressed, dictionaries.
    var heldByteCount: Int { readers.reduce(0) { $0 + $1.heldByteCount } }

    /// The next rows, which are prepared: a column for each of the fields that the readers were made for, in their order.
    ///
    /// - Parameter picks: The rows to be read, counted from the first; nil for all.
    mutating func read(_ count: Int, picking picks: Picks? = nil, _ fields: [SchemaField]) throws(ParquetError) -> [Column] {
        let rows = picks?.count ?? count
        var columns: [Column] = []
        columns.reserveCapacity(fields.count)
        var next = 0
        for field in fields {
            var leaves: [LeafRows] = []
            leaves.reserveCapacity(field.leaves.count)
            for _ in field.leaves {
                leaves.append(try readers[next].read(count, picking: picks))
                next += 1
            }
            let column = try RecordAssembly(leaves, of: field).column(field)
            guard column.count == rows else { throw ParquetError(.malformed, "\(column.count) values for \(rows) rows", column: field.field.name) }
            columns.append(column)
        }
        return columns
    }
}
