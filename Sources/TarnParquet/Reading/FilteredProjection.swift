import TarnColumns

/// The columns that a filtered scan reads, and which of them it gives out.
struct FilteredProjection {
    /// Where a column that is given out comes from.
    enum Source {
        /// Position in ``filterFields``.
        case filter(Int)
        /// Position in ``otherFields``.
        case other(Int)
    }

    /// The columns given out.
    let schema: Schema
    /// One for each of them.
    let sources: [Source]
    /// The filter's columns, one for each of ``BoundFilter/columns``.
    let filterFields: [SchemaField]
    /// Those given out that are not the filter's.
    let otherFields: [SchemaField]

    /// - Parameter columns: Positions in the file's schema.
    /// - Precondition: The file has every column of the filter, in its type.
    init(_ columns: [Int], of tree: SchemaTree, for filter: BoundFilter) {
        let filtered = filter.columns.map { position in
            let wanted = filter.schema.fields[position]
            guard let found = tree.schema.index(of: wanted.name), tree.schema.fields[found].type == wanted.type else {
                preconditionFailure("the file has no column '\(wanted.name)' of type \(wanted.type)")
            }
            return found
        }
        var others: [Int] = []
        sources = columns.map { column in
            if let index = filtered.firstIndex(of: column) { return .filter(index) }
            others.append(column)
            return .other(others.count - 1)
        }
        schema = Schema(columns.map { tree.schema.fields[$0] })
        filterFields = filtered.map { tree.fields[$0] }
        otherFields = others.map { tree.fields[$0] }
    }

    /// The leaves that are read, in the order of ``filterFields`` and ``otherFields``.
    var leaves: [Int] { (filterFields + otherFields).flatMap { Array($0.leaves) } }
}
