package import TarnColumns

extension FileMetadata {
    /// The file as if it held the columns of `schema` alone, and of structs only the members that `schema` has too, at any depth, by
    /// name. A struct that shares none with it keeps one, which tells where it is null.
    ///
    /// For scans: leaves and chunks are those that are left, with numbers of their own; the elements stay those of the footer, so it
    /// is not to be encoded. Where every column that `schema` names is wanted whole, the file is returned as it is.
    ///
    /// Cost: of the leaves that are left, in every row group.
    package func narrowed(to schema: Schema) -> FileMetadata {
        guard tree.fields.contains(where: { $0.isNarrowed(by: schema) }) else { return self }
        let wanted = tree.fields.compactMap { field in schema[field.field.name].map { field.pruned(to: $0.type) } }
        let kept = wanted.flatMap(\.leafIndices)
        let places = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($0.element, $0.offset) })
        var narrowed = self
        narrowed.tree = SchemaTree(
            tree.elements, wanted.map { $0.renumbered(places) }, kept.map { tree.leaves[$0].renumbered(places) }, refused: [:], ambiguous: [:])
        for group in rowGroups.indices {
            narrowed.rowGroups[group].columns = kept.map { rowGroups[group].columns[$0] }
            // Rows sorted by a column that is gone are sorted within its values alone.
            let sorting = rowGroups[group].sortingColumns.map { column in (column, places[Int(column.leaf)]) }.prefix { $0.1 != nil }
            narrowed.rowGroups[group].sortingColumns = sorting.map { column, place in
                SortingColumn(leaf: Int32(place ?? 0), isDescending: column.isDescending, isNullsFirst: column.isNullsFirst)
            }
        }
        narrowed.columnOrders = columnOrders.isEmpty ? [] : kept.map { columnOrders.indices.contains($0) ? columnOrders[$0] : .other(0) }
        return narrowed
    }
}

extension LeafColumn {
    fileprivate func renumbered(_ places: [Int: Int]) -> LeafColumn {
        guard let place = places[index] else { preconditionFailure("leaf \(index) was not kept") }
        var leaf = self
        leaf.index = place
        return leaf
    }
}

extension SchemaField {
    /// Whether some of its leaves are not to be read.
    fileprivate func isNarrowed(by schema: Schema) -> Bool {
        guard field.type.isNested, let wanted = schema[field.name] else { return false }
        return pruned(to: wanted.type).leafIndices.count < leaves.count
    }

    fileprivate func renumbered(_ places: [Int: Int]) -> SchemaField {
        let shape: Shape =
            switch shape {
            case .leaf(let leaf): .leaf(leaf.renumbered(places))
            case .structure(let members): .structure(members.map { $0.renumbered(places) })
            case .list(let level, let element): .list(entryLevel: level, element: element.renumbered(places))
            case .map(let level, let key, let value): .map(entryLevel: level, key: key.renumbered(places), value: value.renumbered(places))
            case .refused(let error): .refused(error)
            }
        let leaves = leafIndices.compactMap { places[$0] }
        let first = leaves.first ?? 0
        return SchemaField(field: field, definitionLevel: definitionLevel, repetitionLevel: repetitionLevel, shape: shape, leaves: first..<(first + leaves.count))
    }
}
