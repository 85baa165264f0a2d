/// Which columns of a schema are wanted, and of structs which members.
///
/// A column is named by its name, a member by dots: `timing.total_ms` stands for the struct `timing` with that member alone. Below
/// lists and maps the way leads over `element` and `value`: `items.element.price`; keys of maps are never left out. A column of
/// exactly the name comes before a member, so a name with dots in it can still be given.
package struct ColumnSelection {
    private struct Part {
        var isWhole = false
        /// By name; of lists and maps `element` and `value`.
        var members: [String: Part] = [:]
    }

    private let all: Schema
    /// Positions in the schema, in the order they were asked for.
    private var tops: [Int] = []
    private var parts: [Int: Part] = [:]

    package init(of schema: Schema) { all = schema }

    /// Adds a column or member.
    ///
    /// - Throws: `unknownColumn` for one that does not exist, that two members of a struct are named, or that was added before,
    ///   alone or as a part of what holds it.
    package mutating func add(_ name: String) throws(ColumnError) {
        let (top, path) = try resolve(name)
        guard insert(path, top) else { throw ColumnError(.unknownColumn, "column '\(name)' is asked for twice") }
    }

    /// Adds a column or member unless it is wanted already.
    package mutating func include(_ name: String) throws(ColumnError) {
        let (top, path) = try resolve(name)
        _ = insert(path, top)
    }

    /// Adds what tells whether a column or member is null: of a struct one member, of anything else all.
    package mutating func includeNulls(of name: String) throws(ColumnError) {
        var (top, path) = try resolve(name)
        var part = parts[top]
        for member in path { part = part?.members[member] }
        guard part == nil else { return }
        var type = try self.type(top, path, name)
        while case .struct(let members) = type, let member = members.first(where: { !$0.type.isNested }) ?? members.first {
            path.append(member.name)
            type = member.type
        }
        _ = insert(path, top)
    }

    /// The columns, in the order they were added; members in the order of their struct.
    package var schema: Schema {
        Schema(tops.map { top in parts[top].map { ColumnSelection.field(all.fields[top], $0) } ?? all.fields[top] })
    }

    /// - Returns: false when it was wanted already, or a part of it was.
    private mutating func insert(_ path: [String], _ top: Int) -> Bool {
        if parts[top] == nil { tops.append(top) }
        return ColumnSelection.insert(path[...], into: &parts[top, default: Part()])
    }

    private static func insert(_ path: ArraySlice<String>, into part: inout Part) -> Bool {
        guard !part.isWhole else { return false }
        guard let name = path.first else {
            defer { part = Part(isWhole: true) }
            return part.members.isEmpty
        }
        return insert(path.dropFirst(), into: &part.members[name, default: Part()])
    }

    private static func field(_ field: Field, _ part: Part) -> Field {
        guard !part.isWhole else { return field }
        let type: DataType =
            switch field.type {
            case .struct(let members): .struct(members.compactMap { member in part.members[member.name].map { ColumnSelection.field(member, $0) } })
            case .list(let element): .list(element: part.members["element"].map { ColumnSelection.field(element, $0) } ?? element)
            case .map(let key, let value): .map(key: key, value: part.members["value"].map { ColumnSelection.field(value, $0) } ?? value)
            default: field.type
            }
        return Field(field.name, type, nullable: field.isNullable)
    }

    // MARK: Names

    private func resolve(_ name: String) throws(ColumnError) -> (top: Int, path: [String]) {
        if let top = all.index(of: name) { return (top, []) }
        let path = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard path.count > 1, let top = all.index(of: path[0]) else { throw ColumnError(.unknownColumn, "there is no column '\(name)'") }
        let members = Array(path.dropFirst())
        _ = try type(top, members, name)
        return (top, members)
    }

    private func type(_ top: Int, _ path: [String], _ name: String) throws(ColumnError) -> DataType {
        var type = all.fields[top].type
        for part in path {
            switch type {
            case .struct(let members): type = try members.only(part, of: name).type
            case .list(let element) where part == "element": type = element.type
            case .map(_, let value) where part == "value": type = value.type
            case .map where part == "key": throw ColumnError(.unsupported, "column '\(name)': keys of a map without its values")
            default: throw ColumnError(.unknownColumn, "there is no column '\(name)': '\(all.fields[top].name)' is \(all.fields[top].type)")
            }
        }
        return type
    }
}

extension [Field] {
    /// The one member of this name.
    ///
    /// - Throws: `unknownColumn` when there is none, or more than one.
    func only(_ name: String, of path: String) throws(ColumnError) -> Field {
        let found = filter { $0.name == name }
        guard let member = found.first else {
            throw ColumnError(.unknownColumn, "there is no column '\(path)'; the members are \(map(\.name).joined(separator: ", "))")
        }
        guard found.count == 1 else { throw ColumnError(.unknownColumn, "column '\(path)': \(found.count) members are named '\(name)'") }
        return member
    }
}
