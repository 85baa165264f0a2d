package import TarnBase

extension AvroSchema: CustomStringConvertible {
    /// The schema as Java's `Schema.toString()` prints it, on one line: what Spark puts into commit files and footers.
    package var description: String { json.description }

    package var json: JSON { json(inside: "") }

    private func json(inside namespace: String) -> JSON {
        switch shape {
        case .null, .boolean, .int, .long, .float, .double, .bytes, .string:
            return properties.isEmpty ? .string(kindName) : object([])
        case .reference(let name):
            return .string(name.text(inside: namespace))
        case .union(let branches):
            return .array(branches.map { $0.json(inside: namespace) })
        case .array(let items):
            return object([.init("items", items.json(inside: namespace))])
        case .map(let values):
            return object([.init("values", values.json(inside: namespace))])
        case .fixed(let name, let size):
            return object(naming(name, inside: namespace) + [.init("size", .int(size))])
        case .enumeration(let name, let symbols):
            return object(naming(name, inside: namespace) + [.init("symbols", .array(symbols.map { .string($0) }))])
        case .record(let record):
            var members = naming(record.name, inside: namespace)
            if let doc = record.doc { members.append(.init("doc", .string(doc))) }
            members.append(.init("fields", .array(record.fields.map { field(of: $0, inside: record.name.namespace) })))
            return object(members)
        }
    }

    private func object(_ members: [JSON.Member]) -> JSON {
        .object([.init("type", .string(kindName))] + members + properties)
    }

    /// A namespace is written only where it differs from the one in force.
    private func naming(_ name: AvroName, inside namespace: String) -> [JSON.Member] {
        [.init("name", .string(name.name))] + (name.namespace == namespace ? [] : [.init("namespace", .string(name.namespace))])
    }

    private func field(of field: AvroField, inside namespace: String) -> JSON {
        var members: [JSON.Member] = [
            .init("name", .string(field.name)), .init("type", field.schema.json(inside: namespace)),
        ]
        if let doc = field.doc { members.append(.init("doc", .string(doc))) }
        if let value = field.defaultValue { members.append(.init("default", value)) }
        return .object(members + field.properties)
    }
}
