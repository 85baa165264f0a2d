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
        let root = try SchemaNode(elements, maximumDepth: maximumDepth)
        var mapping = SchemaMapping(int96: int96)
        var fields: [SchemaField] = []
        var refused: [Int: SchemaField] = [:]
        var names: Set<String> = []
        var repeated: Set<String> = []
        for (position, node) in root.children.enumerated() {
            if !names.insert(node.element.name).inserted { repeated.insert(node.element.name) }
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
        if !repeated.isEmpty {
            var rest = fields[...]
            for (position, node) in root.children.enumerated() where refused[position].map({ $0.withoutRefused != nil }) ?? true {
                if let field = rest.popFirst(), repeated.contains(node.element.name) { ambiguous[position] = field }
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
        schema = Schema(fields.map(\.field))
    }

    /// The Parquet schema that Tarn writes for `schema`; see ``SchemaElement/elements(for:rootName:)``.
    package init(writing schema: Schema, rootName: String) throws(ParquetError) {
        try self.init(SchemaElement.elements(for: schema, rootName: rootName))
    }
}

/// A node of the tree that the flat list of elements describes.
struct SchemaNode {
    let element: SchemaElement
    let children: [SchemaNode]

    init(_ elements: [SchemaElement], maximumDepth: Int) throws(ParquetError) {
        var next = 0
        self = try SchemaNode.read(elements, &next, depthLeft: maximumDepth)
        guard next == elements.count else { throw .malformed("\(elements.count - next) schema elements belong to no group") }
        guard element.physicalType == nil else { throw .malformed("the schema's root is not a group") }
    }

    private init(_ element: SchemaElement, children: [SchemaNode]) {
        self.element = element
        self.children = children
    }

    private static func read(
        _ elements: [SchemaElement], _ next: inout Int, depthLeft: Int
    ) throws(ParquetError) -> SchemaNode {
        guard next < elements.count else { throw .malformed("the schema ends inside a group") }
        guard depthLeft > 0 else { throw .limit("the schema is nested too deep") }
        let element = elements[next]
        next += 1
        guard element.physicalType == nil else {
            guard (element.childCount ?? 0) == 0 else { throw .malformed("schema element \(element.name) is both a leaf and a group") }
            return SchemaNode(element, children: [])
        }
        let count = Int(element.childCount ?? 0)
        guard count >= 0, count <= elements.count - next else { throw .malformed("group \(element.name) has \(count) children") }
        var children: [SchemaNode] = []
        for _ in 0..<count { children.append(try read(elements, &next, depthLeft: depthLeft - 1)) }
        return SchemaNode(element, children: children)
    }
}
