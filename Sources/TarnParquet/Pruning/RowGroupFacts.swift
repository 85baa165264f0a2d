package import TarnColumns

/// The columns that a filter looks at, and members of structs, where the file has them: found by name and of the filter's own type.
/// Nothing below a list or a map, where a row has many values.
package struct FilteredLeaves: Sendable {
    /// By position in the filter's operands.
    let leaves: [Int: LeafColumn]
    private let metadata: FileMetadata

    package init(_ filter: BoundFilter, in metadata: FileMetadata) {
        self.metadata = metadata
        var leaves: [Int: LeafColumn] = [:]
        for (position, operand) in filter.operands.enumerated() {
            if let leaf = metadata.tree.leaf(operand.path), leaf.type == operand.type { leaves[position] = leaf }
        }
        self.leaves = leaves
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

extension SchemaTree {
    /// The leaf at the end of a way through structs alone; nil where there is none, or a name on it has two meanings.
    fileprivate func leaf(_ path: [String]) -> LeafColumn? {
        guard let top = schema.index(of: path[0]) else { return nil }
        var field = fields[top]
        for name in path.dropFirst() {
            guard case .structure(let members) = field.shape else { return nil }
            let found = members.filter { $0.field.name == name }
            guard found.count == 1 else { return nil }
            field = found[0]
        }
        guard case .leaf(let leaf) = field.shape else { return nil }
        return leaf
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
