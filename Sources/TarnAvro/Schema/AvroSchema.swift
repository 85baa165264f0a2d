package import TarnBase

/// An Avro schema (Avro 1.11, "Schema Declaration").
///
/// A type named once may be referred to by its name afterwards, also from inside itself; such a place holds
/// ``Shape/reference(_:)``. Schemas that were parsed are legal: names, references, defaults and sizes were checked.
package struct AvroSchema: Hashable, Sendable {
    package indirect enum Shape: Hashable, Sendable {
        case null, boolean, int, long, float, double, bytes, string
        case fixed(AvroName, size: Int)
        case enumeration(AvroName, symbols: [String])
        case array(AvroSchema)
        case map(AvroSchema)
        case record(AvroRecord)
        case union([AvroSchema])
        case reference(AvroName)
    }

    package var shape: Shape
    /// Everything else the schema says, in its order: `logicalType` and what belongs to it, `avro.java.string`, ….
    package var properties: [JSON.Member]

    package init(_ shape: Shape, properties: [JSON.Member] = []) {
        self.shape = shape
        self.properties = properties
    }

    package static let null = AvroSchema(.null)
    package static let boolean = AvroSchema(.boolean)
    package static let int = AvroSchema(.int)
    package static let long = AvroSchema(.long)
    package static let float = AvroSchema(.float)
    package static let double = AvroSchema(.double)
    package static let bytes = AvroSchema(.bytes)
    package static let string = AvroSchema(.string)
    package static func array(_ items: AvroSchema) -> AvroSchema { AvroSchema(.array(items)) }
    package static func map(_ values: AvroSchema) -> AvroSchema { AvroSchema(.map(values)) }
    package static func union(_ branches: AvroSchema...) -> AvroSchema { AvroSchema(.union(branches)) }

    /// The property of this name.
    package subscript(property name: String) -> JSON? { properties.last { $0.name == name }?.value }
}

/// What an Avro record holds.
package struct AvroRecord: Hashable, Sendable {
    package var name: AvroName
    package var doc: String?
    package var fields: [AvroField]

    package init(_ name: AvroName, doc: String? = nil, fields: [AvroField]) {
        self.name = name
        self.doc = doc
        self.fields = fields
    }
}

package struct AvroField: Hashable, Sendable {
    package var name: String
    package var schema: AvroSchema
    package var doc: String?
    /// What a reader takes where the writer had no such field; for a union, a value of its first branch.
    package var defaultValue: JSON?
    /// Everything else: `order`, `aliases`, ….
    package var properties: [JSON.Member]

    package init(
        _ name: String, _ schema: AvroSchema, doc: String? = nil, defaultValue: JSON? = nil, properties: [JSON.Member] = []
    ) {
        self.name = name
        self.schema = schema
        self.doc = doc
        self.defaultValue = defaultValue
        self.properties = properties
    }

    /// A field that may be null and is, unless said otherwise: how Spark writes nullable columns.
    package static func optional(_ name: String, _ schema: AvroSchema, doc: String? = nil) -> AvroField {
        AvroField(name, .union(.null, schema), doc: doc, defaultValue: .null)
    }
}

extension AvroSchema {
    /// Nesting beyond this is refused, in schemas and in values: nobody's table needs it, and the stack is finite.
    package static let maximumDepth = 64

    /// The record, if this is one.
    package var record: AvroRecord? { if case .record(let record) = shape { record } else { nil } }

    /// The name of a type that has one.
    var name: AvroName? {
        switch shape {
        case .fixed(let name, _), .enumeration(let name, _), .reference(let name): name
        case .record(let record): record.name
        default: nil
        }
    }

    /// Every named type that is defined in this schema, by full name.
    var namedTypes: [String: AvroSchema] {
        var types: [String: AvroSchema] = [:]
        collectNamedTypes(into: &types)
        return types
    }

    private func collectNamedTypes(into types: inout [String: AvroSchema]) {
        switch shape {
        case .array(let inner), .map(let inner): inner.collectNamedTypes(into: &types)
        case .union(let branches): for branch in branches { branch.collectNamedTypes(into: &types) }
        case .fixed(let name, _), .enumeration(let name, _): types[name.fullName] = self
        case .record(let record):
            types[record.name.fullName] = self
            for field in record.fields { field.schema.collectNamedTypes(into: &types) }
        default: break
        }
    }

    /// The kind of type, as schemas spell it.
    var kindName: String {
        switch shape {
        case .null: "null"
        case .boolean: "boolean"
        case .int: "int"
        case .long: "long"
        case .float: "float"
        case .double: "double"
        case .bytes: "bytes"
        case .string: "string"
        case .fixed: "fixed"
        case .enumeration: "enum"
        case .array: "array"
        case .map: "map"
        case .record: "record"
        case .union: "union"
        case .reference(let name): name.fullName
        }
    }

    static let primitives: [String: Shape] = [
        "null": .null, "boolean": .boolean, "int": .int, "long": .long, "float": .float, "double": .double,
        "bytes": .bytes, "string": .string,
    ]
}
