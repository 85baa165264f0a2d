/// What happens to readers and old files when a table's schema becomes another one.
package enum SchemaChange: Hashable, Sendable {
    /// A column that old files lack: they read as null. `path` names it, `timing.queued_ms` inside structs.
    case added(path: String, Field)
    /// A wider type that holds every old value.
    case promoted(path: String, from: DataType, to: DataType)
    /// Nulls are allowed now.
    case relaxed(path: String)
    /// A column moved to another place among its neighbours.
    case reordered(path: String)
    /// A change that would lose or misread data.
    case refused(path: String, Refusal)

    package enum Refusal: Hashable, Sendable {
        case removed
        /// Old rows have no value to put there.
        case addedWithoutNulls(Field)
        case tightened
        case retyped(from: DataType, to: DataType)
    }

    /// All differences between two schemas, in the order of the new one; removed columns last. Empty when they are equal.
    package static func changes(from old: Schema, to new: Schema) -> [SchemaChange] {
        changes(from: old.fields, to: new.fields, under: "")
    }

    private static func changes(from old: [Field], to new: [Field], under parent: String) -> [SchemaChange] {
        var changes: [SchemaChange] = []
        var lastPosition = -1
        for field in new {
            let path = parent + field.name
            guard let position = old.firstIndex(where: { $0.name == field.name }) else {
                changes.append(field.isNullable ? .added(path: path, field) : .refused(path: path, .addedWithoutNulls(field)))
                continue
            }
            if position < lastPosition { changes.append(.reordered(path: path)) }
            lastPosition = max(lastPosition, position)
            changes += SchemaChange.changes(from: old[position], to: field, path: path)
        }
        for field in old where !new.contains(where: { $0.name == field.name }) {
            changes.append(.refused(path: parent + field.name, .removed))
        }
        return changes
    }

    private static func changes(from old: Field, to new: Field, path: String) -> [SchemaChange] {
        var changes: [SchemaChange] = []
        if old.isNullable != new.isNullable {
            changes.append(new.isNullable ? .relaxed(path: path) : .refused(path: path, .tightened))
        }
        switch (old.type, new.type) {
        case let (from, to) where from == to: break
        case (.struct(let from), .struct(let to)):
            changes += SchemaChange.changes(from: from, to: to, under: path + ".")
        case (.list(let from), .list(let to)):
            changes += SchemaChange.changes(from: from, to: to, path: path + ".element")
        case (.map(let fromKey, let fromValue), .map(let toKey, let toValue)):
            if fromKey.type != toKey.type {
                changes.append(.refused(path: path + ".key", .retyped(from: fromKey.type, to: toKey.type)))
            }
            changes += SchemaChange.changes(from: fromValue, to: toValue, path: path + ".value")
        case let (from, to):
            changes.append(
                from.isPromotable(to: to)
                    ? .promoted(path: path, from: from, to: to) : .refused(path: path, .retyped(from: from, to: to)))
        }
        return changes
    }

    package var isRefused: Bool {
        if case .refused = self { true } else { false }
    }

    /// Nothing but new columns that may be null, and nulls that are allowed now.
    package var isAdditive: Bool {
        switch self {
        case .added, .relaxed, .reordered: true
        case .promoted, .refused: false
        }
    }
}

extension DataType {
    /// Whether every value of this type is also one of `wider`, and ``Column/cast(to:)`` makes it one.
    package func isPromotable(to wider: DataType) -> Bool {
        switch (self, wider) {
        case (.int32, .int64), (.int32, .double), (.float, .double): true
        case (.decimal(let p1, let s1), .decimal(let p2, let s2)): s2 >= s1 && p2 - s2 >= p1 - s1
        default: self == wider
        }
    }
}

extension SchemaChange: CustomStringConvertible {
    /// One line for people: `+ tip: double`, `~ n: int32 → int64`, `refused: city was removed`.
    package var description: String {
        switch self {
        case .added(let path, let field): "+ \(path): \(field.type)"
        case .promoted(let path, let from, let to): "~ \(path): \(from) → \(to)"
        case .relaxed(let path): "~ \(path): may be null now"
        case .reordered(let path): "~ \(path): moved"
        case .refused(let path, .removed): "refused: \(path) was removed"
        case .refused(let path, .addedWithoutNulls(let field)): "refused: \(path) (\(field.type) not null) is new, and old rows have no value for it"
        case .refused(let path, .tightened): "refused: \(path) may not be null any more"
        case .refused(let path, .retyped(let from, let to)): "refused: \(path) was \(from) and would be \(to)"
        }
    }
}
