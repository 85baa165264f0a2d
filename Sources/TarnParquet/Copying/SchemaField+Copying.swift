extension SchemaField {
    /// Whether encoded chunks of this field are right in a file whose schema has `other`: the same names and types, in memory
    /// and in the file, and the same levels, so that the same nodes may be null and repeat.
    package func isStored(like other: SchemaField) -> Bool {
        guard field == other.field, definitionLevel == other.definitionLevel, repetitionLevel == other.repetitionLevel else { return false }
        switch (shape, other.shape) {
        case (.leaf(let leaf), .leaf(let otherLeaf)): return leaf.isStored(like: otherLeaf)
        case (.structure(let members), .structure(let others)):
            return members.count == others.count && zip(members, others).allSatisfy { $0.isStored(like: $1) }
        case (.list(let level, let element), .list(let otherLevel, let otherElement)):
            return level == otherLevel && element.isStored(like: otherElement)
        case (.map(let level, let key, let value), .map(let otherLevel, let otherKey, let otherValue)):
            return level == otherLevel && key.isStored(like: otherKey) && value.isStored(like: otherValue)
        default: return false
        }
    }
}

extension LeafColumn {
    fileprivate func isStored(like other: LeafColumn) -> Bool {
        path == other.path && physicalType == other.physicalType && typeLength == other.typeLength
            && maximumDefinitionLevel == other.maximumDefinitionLevel && maximumRepetitionLevel == other.maximumRepetitionLevel
            && entryLevel == other.entryLevel && type == other.type && conversion == other.conversion
    }
}
