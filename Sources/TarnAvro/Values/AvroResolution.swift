import TarnBase

extension AvroValue {
    /// This value as a reader with another schema sees it (Avro 1.11, "Schema Resolution"): fields by name, those the
    /// reader lacks dropped, those the writer lacked from their defaults, numbers widened, text and bytes exchanged.
    /// Names of records are not compared; Java does not either.
    ///
    /// - Throws: `mismatch`, where the reader has no place for the value or no default for a missing field.
    package func resolved(to reader: AvroSchema) throws(AvroError) -> AvroValue {
        try AvroResolution(types: reader.namedTypes).resolve(self, to: reader, path: "", depth: 0)
    }
}

private struct AvroResolution {
    let types: [String: AvroSchema]

    func resolve(_ value: AvroValue, to reader: AvroSchema, path: String, depth: Int) throws(AvroError) -> AvroValue {
        guard depth < 2 * AvroSchema.maximumDepth else { throw AvroError(.mismatch, "values nested too deep", path: path) }
        switch (reader.shape, value) {
        case (.reference(let name), _):
            guard let type = types[name.fullName] else { throw mismatch(value, reader, path) }
            return try resolve(value, to: type, path: path, depth: depth + 1)
        case (.union(let branches), _):
            // The value's own kind first, then what it can be widened to.
            let same = branches.first { branch in kind(of: branch) == kind(of: value) }
            if let same { return try resolve(value, to: same, path: path, depth: depth + 1) }
            for branch in branches {
                if let widened = widen(value, to: branch) { return widened }
            }
            throw mismatch(value, reader, path)
        case (.array(let items), .array(let elements)):
            var resolved: [AvroValue] = []
            for element in elements { resolved.append(try resolve(element, to: items, path: path, depth: depth + 1)) }
            return .array(resolved)
        case (.map(let values), .map(let members)):
            var resolved: [AvroValue.Member] = []
            for member in members {
                let value = try resolve(member.value, to: values, path: path.joined(member.name), depth: depth + 1)
                resolved.append(.init(member.name, value))
            }
            return .map(resolved)
        case (.record(let record), .record):
            var resolved: [AvroValue.Member] = []
            for field in record.fields {
                let path = path.joined(field.name)
                if let member = value[field.name] {
                    resolved.append(.init(field.name, try resolve(member, to: field.schema, path: path, depth: depth + 1)))
                } else if let fallback = field.defaultValue {
                    resolved.append(.init(field.name, try self.value(fallback, of: field.schema, path: path, depth: depth + 1)))
                } else {
                    throw AvroError(.mismatch, "the writer has no such field, and there is no default", path: path)
                }
            }
            return .record(name: record.name.fullName, resolved)
        default:
            guard let widened = widen(value, to: reader) else { throw mismatch(value, reader, path) }
            return widened
        }
    }

    private func widen(_ value: AvroValue, to reader: AvroSchema) -> AvroValue? {
        switch (reader.shape, value) {
        case (.null, .null), (.boolean, .boolean), (.int, .int), (.long, .long), (.float, .float), (.double, .double),
            (.bytes, .bytes), (.string, .string):
            return value
        case (.fixed(_, let size), .fixed(let bytes)): return bytes.count == size ? value : nil
        case (.enumeration(_, let symbols), .enumeration(let symbol)): return symbols.contains(symbol) ? value : nil
        case (.long, .int(let number)): return .long(Int64(number))
        case (.float, .int(let number)): return .float(Float(number))
        case (.float, .long(let number)): return .float(Float(number))
        case (.double, .int(let number)): return .double(Double(number))
        case (.double, .long(let number)): return .double(Double(number))
        case (.double, .float(let number)): return .double(Double(number))
        case (.bytes, .string(let text)): return .bytes(Bytes(text))
        case (.string, .bytes(let bytes)): return bytes.utf8Text.map(AvroValue.string)
        default: return nil
        }
    }

    /// A default, which JSON spells.
    private func value(_ json: JSON, of schema: AvroSchema, path: String, depth: Int) throws(AvroError) -> AvroValue {
        guard depth < 2 * AvroSchema.maximumDepth else { throw AvroError(.mismatch, "values nested too deep", path: path) }
        let wrong = AvroError(.schema, "the default \(json) does not fit", path: path)
        func need<Value>(_ value: Value?) throws(AvroError) -> Value {
            guard let value else { throw wrong }
            return value
        }
        switch schema.shape {
        case .null: return .null
        case .boolean: return .boolean(try need(json.boolValue))
        case .int: return .int(try need(json.intValue.flatMap(Int32.init(exactly:))))
        case .long: return .long(try need(json.intValue))
        case .float: return .float(Float(try need(json.doubleValue ?? json.stringValue.flatMap(Double.init))))
        case .double: return .double(try need(json.doubleValue ?? json.stringValue.flatMap(Double.init)))
        case .string: return .string(try need(json.stringValue))
        case .bytes: return .bytes(try need(json.stringValue.flatMap(latin1)))
        case .fixed: return .fixed(try need(json.stringValue.flatMap(latin1)))
        case .enumeration: return .enumeration(try need(json.stringValue))
        case .union(let branches): return try value(json, of: try need(branches.first), path: path, depth: depth + 1)
        case .reference(let name): return try value(json, of: try need(types[name.fullName]), path: path, depth: depth + 1)
        case .array(let items):
            var elements: [AvroValue] = []
            for element in try need(json.arrayValue) { elements.append(try value(element, of: items, path: path, depth: depth + 1)) }
            return .array(elements)
        case .map(let values):
            var members: [AvroValue.Member] = []
            for member in try need(json.objectValue) {
                members.append(.init(member.name, try value(member.value, of: values, path: path, depth: depth + 1)))
            }
            return .map(members)
        case .record(let record):
            var members: [AvroValue.Member] = []
            for field in record.fields {
                let fallback = try need(json[field.name] ?? field.defaultValue)
                members.append(.init(field.name, try value(fallback, of: field.schema, path: path.joined(field.name), depth: depth + 1)))
            }
            return .record(name: record.name.fullName, members)
        }
    }

    /// Defaults of bytes are spelt with the characters U+0000 to U+00FF.
    private func latin1(_ text: String) -> Bytes? {
        var bytes: [UInt8] = []
        for scalar in text.unicodeScalars {
            guard let byte = UInt8(exactly: scalar.value) else { return nil }
            bytes.append(byte)
        }
        return Bytes(bytes)
    }

    private func kind(of schema: AvroSchema) -> String {
        switch schema.shape {
        case .reference(let name): types[name.fullName].map(kind) ?? ""
        default: schema.kindName
        }
    }

    private func kind(of value: AvroValue) -> String {
        if case .record = value { "record" } else { value.kindName }
    }

    private func mismatch(_ value: AvroValue, _ reader: AvroSchema, _ path: String) -> AvroError {
        AvroError(.mismatch, "a \(value.kindName) where the reader has \(reader.json)", path: path)
    }
}
