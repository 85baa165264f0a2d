package import TarnBase

extension AvroSchema {
    /// Reads a schema from its JSON text and checks all of it that Java's parser checks, and a little more: legal names
    /// (in any script), references to types defined before, no type or field twice, no union in a union, branches that
    /// can be told apart, sizes, and defaults that fit (for unions: the first branch).
    package init(parsing text: Bytes) throws(AvroError) {
        let json: JSON
        do { json = try JSON(parsing: text, maximumDepth: 256) } catch { throw AvroError(.schema, error.message, offset: error.offset) }
        try self.init(json: json)
    }

    package init(parsing text: String) throws(AvroError) { try self.init(parsing: Bytes(text)) }

    package init(json: JSON) throws(AvroError) {
        var parser = AvroSchemaParser()
        self = try parser.schema(json, namespace: "", path: "", depth: 0)
        try DefaultCheck(types: namedTypes).check(self, path: "")
    }
}

private struct AvroSchemaParser {
    /// Full names of the types defined so far.
    var known: Set<String> = []

    mutating func schema(_ json: JSON, namespace: String, path: String, depth: Int) throws(AvroError) -> AvroSchema {
        guard depth < AvroSchema.maximumDepth else { throw fault("nested deeper than \(AvroSchema.maximumDepth)", path) }
        switch json {
        case .string(let name): return try named(name, namespace: namespace, path: path)
        case .array(let branches): return try union(branches, namespace: namespace, path: path, depth: depth)
        case .object(let members): return try object(json, members, namespace: namespace, path: path, depth: depth)
        default: throw fault("a schema is a name, an array or an object, not \(json)", path)
        }
    }

    private func named(_ text: String, namespace: String, path: String) throws(AvroError) -> AvroSchema {
        if let primitive = AvroSchema.primitives[text] { return AvroSchema(primitive) }
        for name in [AvroName(text, defaultNamespace: namespace), AvroName(text, defaultNamespace: "")]
        where known.contains(name.fullName) {
            return AvroSchema(.reference(name))
        }
        throw fault("the type \"\(text)\" is not defined", path)
    }

    private mutating func union(
        _ branches: [JSON], namespace: String, path: String, depth: Int
    ) throws(AvroError) -> AvroSchema {
        guard !branches.isEmpty else { throw fault("a union without branches", path) }
        var schemas: [AvroSchema] = []
        var kinds: Set<String> = []
        for branch in branches {
            let schema = try schema(branch, namespace: namespace, path: path, depth: depth + 1)
            if case .union = schema.shape { throw fault("a union inside a union", path) }
            let kind = schema.name?.fullName ?? schema.kindName
            guard kinds.insert(kind).inserted else { throw fault("a union with two branches \(kind)", path) }
            schemas.append(schema)
        }
        return AvroSchema(.union(schemas))
    }

    private mutating func object(
        _ json: JSON, _ members: [JSON.Member], namespace: String, path: String, depth: Int
    ) throws(AvroError) -> AvroSchema {
        guard let type = json["type"] else { throw fault("an object without \"type\"", path) }
        guard case .string(let kind) = type else {
            return try schema(type, namespace: namespace, path: path, depth: depth + 1)
        }
        func rest(without known: String...) -> [JSON.Member] {
            members.filter { $0.name != "type" && !known.contains($0.name) }
        }
        switch kind {
        case "array", "map":
            let member = kind == "array" ? "items" : "values"
            guard let inner = json[member] else { throw fault("an \(kind) without \"\(member)\"", path) }
            let schema = try schema(inner, namespace: namespace, path: path, depth: depth + 1)
            return AvroSchema(kind == "array" ? .array(schema) : .map(schema), properties: rest(without: member))
        case "fixed":
            let name = try define(json, kind, namespace: namespace, path: path)
            guard let size = json["size"]?.intValue, (0...Int64(Int32.max)).contains(size) else {
                throw fault("a fixed without a legal \"size\"", path)
            }
            return AvroSchema(.fixed(name, size: Int(size)), properties: rest(without: "name", "namespace", "size"))
        case "enum":
            let name = try define(json, kind, namespace: namespace, path: path)
            let symbols = try symbols(json, path: path)
            return AvroSchema(.enumeration(name, symbols: symbols), properties: rest(without: "name", "namespace", "symbols"))
        case "record":
            let name = try define(json, kind, namespace: namespace, path: path)
            let fields = try fields(json, namespace: name.namespace, path: path, depth: depth)
            let record = AvroRecord(name, doc: json["doc"]?.stringValue, fields: fields)
            return AvroSchema(.record(record), properties: rest(without: "name", "namespace", "doc", "fields"))
        default:
            var schema = try named(kind, namespace: namespace, path: path)
            schema.properties = rest()
            return schema
        }
    }

    private mutating func define(_ json: JSON, _ kind: String, namespace: String, path: String) throws(AvroError) -> AvroName {
        guard let text = json["name"]?.stringValue else { throw fault("\(kind) without a name", path) }
        let name = AvroName(text, defaultNamespace: json["namespace"]?.stringValue ?? namespace)
        if let problem = name.fault { throw fault(problem, path) }
        guard AvroSchema.primitives[name.fullName] == nil else { throw fault("a type may not be named \(name.name)", path) }
        guard known.insert(name.fullName).inserted else { throw fault("the type \(name.fullName) is defined twice", path) }
        return name
    }

    private func symbols(_ json: JSON, path: String) throws(AvroError) -> [String] {
        guard let list = json["symbols"]?.arrayValue else { throw fault("an enum without \"symbols\"", path) }
        var symbols: [String] = []
        for symbol in list {
            guard let text = symbol.stringValue, AvroName.isLegal(text) else { throw fault("\(symbol) is no legal symbol", path) }
            symbols.append(text)
        }
        guard Set(symbols).count == symbols.count else { throw fault("an enum with a symbol twice", path) }
        if let fallback = json["default"] {
            guard let text = fallback.stringValue, symbols.contains(text) else { throw fault("the default \(fallback) is no symbol", path) }
        }
        return symbols
    }

    private mutating func fields(
        _ json: JSON, namespace: String, path: String, depth: Int
    ) throws(AvroError) -> [AvroField] {
        guard let list = json["fields"]?.arrayValue else { throw fault("a record without \"fields\"", path) }
        var fields: [AvroField] = []
        var names: Set<String> = []
        for member in list {
            guard let name = member["name"]?.stringValue, let type = member["type"], let all = member.objectValue else {
                throw fault("a field without \"name\" and \"type\"", path)
            }
            guard AvroName.isLegal(name) else {
                throw fault("the field name \"\(name)\" is not legal (a letter or _, then letters, digits and _)", path)
            }
            guard names.insert(name).inserted else { throw fault("the field \(name) occurs twice", path) }
            let schema = try schema(type, namespace: namespace, path: path.joined(name), depth: depth + 1)
            fields.append(
                AvroField(
                    name, schema, doc: member["doc"]?.stringValue, defaultValue: member["default"],
                    properties: all.filter { !["name", "type", "doc", "default"].contains($0.name) }))
        }
        return fields
    }

    private func fault(_ message: String, _ path: String) -> AvroError { AvroError(.schema, message, path: path) }
}

/// Checks that defaults fit the fields they belong to; runs when every named type is known.
private struct DefaultCheck {
    let types: [String: AvroSchema]

    func check(_ schema: AvroSchema, path: String) throws(AvroError) {
        switch schema.shape {
        case .array(let inner), .map(let inner): try check(inner, path: path)
        case .union(let branches): for branch in branches { try check(branch, path: path) }
        case .record(let record):
            for field in record.fields {
                let path = path.joined(field.name)
                try check(field.schema, path: path)
                if let value = field.defaultValue, !fits(value, field.schema) {
                    throw AvroError(.schema, "the default \(value) does not fit \(expectation(field.schema))", path: path)
                }
            }
        default: break
        }
    }

    private func expectation(_ schema: AvroSchema) -> String {
        if case .union(let branches) = schema.shape, let first = branches.first { return "the first branch, \(first.kindName)" }
        return "the type \(schema.kindName)"
    }

    private func fits(_ value: JSON, _ schema: AvroSchema) -> Bool {
        switch schema.shape {
        case .null: return value.isNull
        case .boolean: return value.boolValue != nil
        case .int: return value.intValue.map { Int32(exactly: $0) != nil } ?? false
        case .long: return value.intValue != nil
        case .float, .double: return value.doubleValue != nil || ["NaN", "Infinity", "-Infinity"].contains(value.stringValue)
        case .bytes, .string, .fixed: return value.stringValue != nil
        case .enumeration(_, let symbols): return value.stringValue.map(symbols.contains) ?? false
        case .array(let items): return value.arrayValue?.allSatisfy { fits($0, items) } ?? false
        case .map(let values): return value.objectValue?.allSatisfy { fits($0.value, values) } ?? false
        case .union(let branches): return branches.first.map { fits(value, $0) } ?? false
        case .reference(let name): return types[name.fullName].map { fits(value, $0) } ?? false
        case .record(let record):
            guard value.objectValue != nil else { return false }
            return record.fields.allSatisfy { field in
                value[field.name].map { fits($0, field.schema) } ?? (field.defaultValue != nil)
            }
        }
    }
}

extension String {
    /// The path of a member `name` of what this path names.
    func joined(_ name: String) -> String { isEmpty ? name : self + "." + name }
}
