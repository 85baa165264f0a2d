import TarnBase

/// A filter that knows its columns: names resolved, literals in the columns' own form.
package struct BoundFilter: Sendable {
    indirect enum Node: Sendable {
        case test(ColumnPath, ValueTest)
        case isNull(ColumnPath)
        case and(Node, Node)
        case or(Node, Node)
        case not(Node)
    }

    /// A top-level column, or a struct's member by the positions on the way down.
    struct ColumnPath: Hashable, Sendable {
        let name: String
        let top: Int
        let members: [Int]
    }

    /// The schema the filter is for: the one batches must have.
    package let schema: Schema
    let node: Node

    /// The top-level columns that the filter looks at, ascending: what to read.
    package let columns: [Int]

    /// Throws `unknownColumn`, or `value` for a literal that the column's type cannot be compared with.
    package init(_ filter: Filter, schema: Schema) throws(ColumnError) {
        let node = try BoundFilter.bind(filter.node, schema)
        self.schema = schema
        self.node = node
        columns = Set(BoundFilter.paths(node).map(\.top)).sorted()
    }

    private static func bind(_ node: Filter.Node, _ schema: Schema) throws(ColumnError) -> Node {
        switch node {
        case .comparison(let column, let comparison, let literal):
            let (path, type) = try resolve(column, schema)
            return .test(path, try ValueTest(comparison, literal, type: type, column: column))
        case .isIn(let column, let literals):
            let (path, type) = try resolve(column, schema)
            var tests: [ValueTest] = []
            for literal in literals { tests.append(try ValueTest(.equal, literal, type: type, column: column)) }
            return .test(path, .any(tests))
        case .isNull(let column): return .isNull(try resolve(column, schema).0)
        case .and(let left, let right): return .and(try bind(left, schema), try bind(right, schema))
        case .or(let left, let right): return .or(try bind(left, schema), try bind(right, schema))
        case .not(let inner): return .not(try bind(inner, schema))
        }
    }

    /// A column of exactly this name comes before a struct's member.
    private static func resolve(_ name: String, _ schema: Schema) throws(ColumnError) -> (ColumnPath, DataType) {
        if let top = schema.index(of: name) { return (ColumnPath(name: name, top: top, members: []), schema.fields[top].type) }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        if parts.count > 1, let top = schema.index(of: parts[0]) {
            var type = schema.fields[top].type
            var members: [Int] = []
            for part in parts.dropFirst() {
                guard case .struct(let fields) = type, let member = fields.firstIndex(where: { $0.name == part }) else {
                    throw ColumnError(.unknownColumn, "there is no column '\(name)': '\(parts[0])' is \(schema.fields[top].type)")
                }
                members.append(member)
                type = fields[member].type
            }
            return (ColumnPath(name: name, top: top, members: members), type)
        }
        throw ColumnError(
            .unknownColumn, "there is no column '\(name)'; the columns are \(schema.names.joined(separator: ", "))")
    }

    private static func paths(_ node: Node) -> [ColumnPath] {
        switch node {
        case .test(let path, _), .isNull(let path): [path]
        case .and(let left, let right), .or(let left, let right): paths(left) + paths(right)
        case .not(let inner): paths(inner)
        }
    }
}
