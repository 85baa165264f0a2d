package import TarnColumns

/// Fields without some of their members: what is left has levels and leaves as in the whole.
extension SchemaField {
    /// The leaves to be read for it, in the order of the file.
    package var leafIndices: [Int] {
        switch shape {
        case .leaf(let leaf): [leaf.index]
        default: members.flatMap(\.leafIndices)
        }
    }

    /// Without the parts that no type is right for; nil when nothing is left.
    var withoutRefused: SchemaField? {
        switch shape {
        case .leaf: return self
        case .refused: return nil
        case .structure(let members):
            let left = members.compactMap(\.withoutRefused)
            return left.isEmpty ? nil : keeping(.structure(left))
        case .list(let level, let element): return element.withoutRefused.map { keeping(.list(entryLevel: level, element: $0)) }
        case .map(let level, let key, let value):
            guard let key = key.withoutRefused, let value = value.withoutRefused else { return nil }
            return keeping(.map(entryLevel: level, key: key, value: value))
        }
    }

    /// The field with only those members, at any depth, that `type` has too, by name. Of a struct that shares none with it one
    /// leaf stays, which tells where the struct is null. Where the two are not nested alike, all stays.
    package func pruned(to type: DataType) -> SchemaField {
        // Also where two members have one name, which would be taken for each other.
        if field.type == type { return self }
        switch (shape, type) {
        case (.structure(let members), .struct(let wanted)):
            let left = members.compactMap { member in wanted.first { $0.name == member.field.name }.map { member.pruned(to: $0.type) } }
            return left.isEmpty ? thinned : keeping(.structure(left))
        case (.list(let level, let element), .list(let wanted)):
            return keeping(.list(entryLevel: level, element: element.pruned(to: wanted.type)))
        case (.map(let level, let key, let value), .map(_, let wanted)):
            return keeping(.map(entryLevel: level, key: key, value: value.pruned(to: wanted.type)))
        default: return self
        }
    }

    /// With as few leaves as tell where it is null and where its lists begin.
    private var thinned: SchemaField {
        switch shape {
        case .leaf, .refused: return self
        case .structure(let members):
            let member = members.first { !$0.field.type.isNested } ?? members.first { $0.leaves.count == 1 } ?? members[0]
            return keeping(.structure([member.thinned]))
        case .list(let level, let element): return keeping(.list(entryLevel: level, element: element.thinned))
        case .map(let level, let key, let value): return keeping(.map(entryLevel: level, key: key, value: value.thinned))
        }
    }

    private func keeping(_ shape: Shape) -> SchemaField {
        let type: DataType =
            switch shape {
            case .structure(let members): .struct(members.map(\.field))
            case .list(_, let element): .list(element: element.field)
            case .map(_, let key, let value): .map(key: key.field, value: value.field)
            case .leaf, .refused: field.type
            }
        let left = SchemaField(
            field: Field(field.name, type, nullable: field.isNullable), definitionLevel: definitionLevel, repetitionLevel: repetitionLevel,
            shape: shape, leaves: leaves)
        let indices = left.leafIndices
        guard let first = indices.first, let last = indices.last else { return left }
        return SchemaField(
            field: left.field, definitionLevel: definitionLevel, repetitionLevel: repetitionLevel, shape: shape, leaves: first..<(last + 1))
    }
}
