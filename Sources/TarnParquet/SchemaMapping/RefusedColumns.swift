import TarnColumns

/// What of a file cannot be read, or not by its name alone.
extension SchemaTree {
    /// The names of all columns of the file, in its order, whether they can be read or not.
    package var columnNames: [String] {
        var names: [String] = []
        var next = 1
        while next < elements.count {
            names.append(elements[next].name)
            // To the end of the column: as many elements as are announced.
            var left = 1
            while left > 0, next < elements.count {
                left += Int(elements[next].physicalType == nil ? elements[next].childCount ?? 0 : 0) - 1
                next += 1
            }
        }
        return names
    }

    /// Why not all columns of the file can be read by their names; nil when they can.
    package var refusal: ParquetError? {
        if let position = refused.keys.min(), let error = refused[position]?.refusals.first { return error }
        return ambiguous.keys.min().flatMap { ambiguous[$0] }.map { ambiguity($0.field.name) }
    }

    /// All that is wrong with any column, in the order of the file; each name that several columns have once, behind them.
    package var refusals: [ParquetError] {
        var names: [String] = []
        for position in ambiguous.keys.sorted() {
            if let name = ambiguous[position]?.field.name, !names.contains(name) { names.append(name) }
        }
        return refused.keys.sorted().flatMap { refused[$0]?.refusals ?? [] } + names.map { ambiguity($0) }
    }

    /// What is wrong with this leaf, whose values are therefore not known.
    package func refusal(ofLeaf leaf: Int) -> ParquetError? {
        refused.values.first { $0.leaves.contains(leaf) }?.refusal(ofLeaf: leaf)
    }

    /// Why this column, or this member of one by a dotted path, cannot be read whole; nil when nothing is known against it.
    package func refusal(of name: String) -> ParquetError? {
        guard !refused.isEmpty || !ambiguous.isEmpty else { return nil }
        if let error = refusal(of: [name]) { return error }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        return parts.count > 1 && !columnNames.contains(name) ? refusal(of: parts) : nil
    }

    private func refusal(of path: [String]) -> ParquetError? {
        if ambiguous.values.contains(where: { $0.field.name == path[0] }) { return ambiguity(path[0]) }
        guard var field = refused.values.first(where: { $0.field.name == path[0] }) else { return nil }
        for name in path.dropFirst() {
            if case .refused(let error) = field.shape { return error }
            guard let member = field.members.first(where: { $0.field.name == name }) else { return nil }
            field = member
        }
        return field.refusals.first
    }

    private func ambiguity(_ name: String) -> ParquetError {
        let places = columnNames.enumerated().filter { $0.element == name }.map { "#\($0.offset + 1)" }
        return .unsupported("columns \(places.joined(separator: " and ")) of the file have one name, so their numbers alone tell them apart", column: name)
    }

    /// The tree in which the column at this place of the file, from 0, is the one of its name.
    ///
    /// - Throws: What is wrong with the column; `unsupported` where another of the same name was chosen before.
    package func choosing(_ position: Int) throws(ParquetError) -> SchemaTree {
        let names = columnNames
        precondition(names.indices.contains(position), "the file has \(names.count) columns")
        let name = names[position]
        if let error = refused[position]?.refusals.first { throw error }
        guard let chosen = ambiguous[position] else {
            guard names.count(where: { $0 == name }) == 1 else { throw .unsupported("two columns of one name at once", column: name) }
            return self
        }
        return SchemaTree(
            elements, (fields + [chosen]).sorted { $0.leaves.lowerBound < $1.leaves.lowerBound }, leaves,
            refused: refused.filter { $0.value.field.name != name }, ambiguous: ambiguous.filter { $0.value.field.name != name })
    }
}

extension SchemaField {
    /// The fields right below it: members, the element, key and value.
    var members: [SchemaField] {
        switch shape {
        case .leaf, .refused: []
        case .structure(let members): members
        case .list(_, let element): [element]
        case .map(_, let key, let value): [key, value]
        }
    }

    /// What is wrong with parts of it that no type is right for.
    var refusals: [ParquetError] {
        if case .refused(let error) = shape { return [error] }
        return members.flatMap(\.refusals)
    }

    fileprivate func refusal(ofLeaf leaf: Int) -> ParquetError? {
        if case .refused(let error) = shape { return error }
        return members.first { $0.leaves.contains(leaf) }?.refusal(ofLeaf: leaf)
    }
}
