import TarnBase

/// A filter that knows its columns: names resolved, literals in the columns' own form.
package struct BoundFilter: Sendable {
    indirect enum Node: Sendable {
        /// Of an operand, by its position.
        case test(Int, ValueTest)
        case isNull(Int)
        case and(Node, Node)
        case or(Node, Node)
        case not(Node)
    }

    /// A column that the filter looks at, or a struct's member.
    package struct Operand: Hashable, Sendable {
        /// The column's position in ``schema``.
        package let top: Int
        /// The positions of members on the way down.
        package let members: [Int]
        /// The names on the way, the column's first.
        package let path: [String]
        package let type: DataType

        /// As it is asked for.
        package var name: String { path.joined(separator: ".") }
    }

    /// The schema the filter is for: the one batches must have.
    package let schema: Schema
    let node: Node
    /// What it looks at, each once: what is known of a part of a file is asked for by position here.
    package let operands: [Operand]

    /// The top-level columns that the filter looks at, ascending: what to read.
    package let columns: [Int]

    /// Throws `unknownColumn`, or `value` for a literal that the column's type cannot be compared with.
    package init(_ filter: Filter, schema: Schema) throws(ColumnError) {
        var operands: [Operand] = []
        node = try BoundFilter.bind(filter.node, schema, &operands)
        self.schema = schema
        self.operands = operands
        columns = Set(operands.map(\.top)).sorted()
    }

    private static func bind(_ node: Filter.Node, _ schema: Schema, _ operands: inout [Operand]) throws(ColumnError) -> Node {
        switch node {
        case .comparison(let column, let comparison, let literal):
            let (operand, type) = try resolve(column, schema, &operands)
            return .test(operand, try ValueTest(comparison, literal, type: type, column: column))
        case .isIn(let column, let literals):
            let (operand, type) = try resolve(column, schema, &operands)
            var tests: [ValueTest] = []
            for literal in literals { tests.append(try ValueTest(.equal, literal, type: type, column: column)) }
            return .test(operand, .any(tests))
        case .isNull(let column): return .isNull(try resolve(column, schema, &operands).0)
        case .and(let left, let right): return .and(try bind(left, schema, &operands), try bind(right, schema, &operands))
        case .or(let left, let right): return .or(try bind(left, schema, &operands), try bind(right, schema, &operands))
        case .not(let inner): return .not(try bind(inner, schema, &operands))
        }
    }

    /// A column of exactly this name comes before a struct's member.
    private static func resolve(_ name: String, _ schema: Schema, _ operands: inout [Operand]) throws(ColumnError) -> (Int, DataType) {
        let operand = try operand(name, schema)
        if let known = operands.firstIndex(of: operand) { return (known, operand.type) }
        operands.append(operand)
        return (operands.count - 1, operand.type)
    }

    private static func operand(_ name: String, _ schema: Schema) throws(ColumnError) -> Operand {
        if let top = schema.index(of: name) { return Operand(top: top, members: [], path: [name], type: schema.fields[top].type) }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        if parts.count > 1, let top = schema.index(of: parts[0]) {
            var type = schema.fields[top].type
            var members: [Int] = []
            for part in parts.dropFirst() {
                guard case .struct(let fields) = type, let member = fields.firstIndex(where: { $0.name == part }) else {
                    throw ColumnError(.unknownColumn, "there is no column '\(name)': '\(parts[0])' is \(schema.fields[top].type)")
                }
                type = try fields.only(part, of: name).type
                members.append(member)
            }
            return Operand(top: top, members: members, path: parts, type: type)
        }
        throw ColumnError(
            .unknownColumn, "there is no column '\(name)'; the columns are \(schema.names.joined(separator: ", "))")
    }
}
