package import TarnColumns

/// A file's schema: the elements of the footer, the leaves they hold, and the columns they stand for.
///
/// Invariants: `fields` and `schema.fields` correspond one to one; every leaf belongs to exactly one field; leaves are
/// numbered in the order of the file.
package struct SchemaTree: Hashable, Sendable {
    /// As in the footer, root first.
    package let elements: [SchemaElement]
    package let fields: [SchemaField]
    package let leaves: [LeafColumn]
    package let schema: Schema

    /// Reads a footer's list of elements. Throws for lists that are no tree and for types without a column type.
    package init(_ elements: [SchemaElement], maximumDepth: Int = ReadLimits.default.depth) throws(ParquetError) {
        let root = try SchemaNode(elements, maximumDepth: maximumDepth)
        var mapping = SchemaMapping()
        var fields: [SchemaField] = []
        var names: Set<String> = []
        for node in root.children {
            guard names.insert(node.element.name).inserted else {
                throw ParquetError(.malformed, "the schema names a column twice", column: node.element.name)
            }
            fields.append(try mapping.field(node, within: SchemaMapping.Position()))
        }
        self.elements = elements
        self.fields = fields
        leaves = mapping.leaves
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
