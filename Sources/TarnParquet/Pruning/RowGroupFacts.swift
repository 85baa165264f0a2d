package import TarnColumns

/// The columns that a filter looks at, where the file has them: found by name and of the filter's own type, not nested.
package struct FilteredLeaves: Sendable {
    /// By position in the filter's schema.
    let leaves: [Int: LeafColumn]
    private let metadata: FileMetadata

    package init(_ filter: BoundFilter, in metadata: FileMetadata) {
        self.metadata = metadata
        leaves = filter.columns.reduce(into: [:]) { leaves, position in
            let wanted = filter.schema.fields[position]
            guard let field = metadata.tree.fields.first(where: { $0.field.name == wanted.name }), field.field.type == wanted.type,
                case .leaf(let leaf) = field.shape
            else { return }
            leaves[position] = leaf
        }
    }

    func order(of leaf: LeafColumn) -> ColumnOrder? { metadata.order(of: leaf) }

    /// What the footer says of a column in a row group.
    package func statistics(_ position: Int, rowGroup index: Int) -> ColumnStatistics? {
        guard let leaf = leaves[position] else { return nil }
        let group = metadata.rowGroups[index]
        return leaf.statistics(group.columns[leaf.index].statistics, order: order(of: leaf), rowCount: group.rowCount)
    }
}

extension FileMetadata {
    /// The row groups, as positions, that may hold a row for which the filter is true. The others certainly hold none: what
    /// their statistics say of the filter's columns rules it out.
    ///
    /// Only columns that the file has in the filter's own type are judged.
    package func rowGroups(matching filter: BoundFilter) -> [Int] {
        let leaves = FilteredLeaves(filter, in: self)
        return rowGroups.indices.filter { index in filter.mayMatch { leaves.statistics($0, rowGroup: index) } }
    }
}

extension ColumnChunk {
    /// Whether every data page holds dictionary indices, so that the dictionary lists all values. Certain when true.
    var isWhollyDictionary: Bool {
        guard dictionaryPageOffset.map({ $0 > 0 && $0 < dataPageOffset }) ?? false else { return false }
        let pages = dataPageStatistics
        if !pages.isEmpty { return pages.allSatisfy { $0.encoding.isDictionary } }
        // Writers of version 1 name the dictionary and its indices alike, so PLAIN would be a page's.
        return encodings.contains(.plainDictionary) && !encodings.contains(.plain)
            && encodings.allSatisfy { $0 == .plainDictionary || $0 == .runLength || $0 == .bitPacked }
    }
}
