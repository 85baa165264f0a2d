package import TarnColumns

/// A file's schema: the elements of the footer, the leaves they hold, and the columns they stand for.
///
/// A file may have columns that no type here is right for, and several of one name. They are no part of ``schema`` and do not
/// keep the others from being read; ``refusal(of:)`` says what is wrong with one that is asked for.
///
/// Invariants: `fields` and `schema.fields` correspond one to one; every leaf belongs to at most one field; leaves are numbered in
/// the order of the file.
package struct SchemaTree: Hashable, Sendable {
    /// As in the footer, root first.
    package let elements: [SchemaElement]
    /// The columns that can be read by their name, without the members that cannot be read.
    package let fields: [SchemaField]
    package let leaves: [LeafColumn]
    package let schema: Schema
    /// The columns that cannot be read whole, by position in the file, as they would be: what is wrong has the shape `refused`.
    package let refused: [Int: SchemaField]
    /// The columns that share their name with others, by position in the file, as far as they can be read.
    package let ambiguous: [Int: SchemaField]

    /// Reads a footer's list of elements. Throws for lists that are no tree.
    ///
    /// - Parameter int96: Microseconds or nanoseconds: what times stored as INT96 become.
    package init(
        _ elements: [SchemaElement], maximumDepth: Int = ReadLimits.default.depth, int96: TimeUnit = .microseconds
    ) throws(ParquetError) {
        precondition(int96 != .milliseconds, "INT96 is not read as milliseconds")
        var mapping = SchemaMapping(try SchemaNodes(elements, maximumDepth: maximumDepth), int96: int96)
        let children = mapping.nodes.children(of: 0)
        var fields: [SchemaField] = []
        fields.reserveCapacity(children.count)
        var refused: [Int: SchemaField] = [:]
        for (position, node) in children.enumerated() {
            let refusedBefore = mapping.refusedCount
            let field = try mapping.field(node, within: SchemaMapping.Position())
            if mapping.refusedCount == refusedBefore {
                fields.append(field)
            } else {
                refused[position] = field
                if let rest = field.withoutRefused { fields.append(rest) }
            }
        }
        var ambiguous: [Int: SchemaField] = [:]
        let repeated = RepeatedNames.among(children.map { elements[$0].name })
        if !repeated.isEmpty {
            var rest = fields[...]
            for (position, node) in children.enumerated() where refused[position].map({ $0.withoutRefused != nil }) ?? true {
                if let field = rest.popFirst(), repeated.contains(elements[node].name) { ambiguous[position] = field }
            }
            fields.removeAll { repeated.contains($0.field.name) }
        }
        self.init(elements, fields, mapping.leaves, refused: refused, ambiguous: ambiguous)
    }

    init(_ elements: [SchemaElement], _ fields: [SchemaField], _ leaves: [LeafColumn], refused: [Int: SchemaField], ambiguous: [Int: SchemaField]) {
        self.elements = elements
        self.fields = fields
        self.leaves = leaves
        self.refused = refused
        self.ambiguous = ambiguous
        schema = Schema(distinct: fields.map(\.field))
    }

    /// The Parquet schema that Tarn writes for `schema`; see ``SchemaElement/elements(for:rootName:)``.
    package init(writing schema: Schema, rootName: String) throws(ParquetError) {
        try self.init(SchemaElement.elements(for: schema, rootName: rootName))
    }
}
