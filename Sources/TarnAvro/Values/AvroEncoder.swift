import TarnBase

struct AvroEncoder {
    let types: [String: AvroSchema]

    func encode(
        _ value: AvroValue, as schema: AvroSchema, path: String, depth: Int, into output: inout ByteBuilder
    ) throws(AvroError) {
        guard depth < 2 * AvroSchema.maximumDepth else { throw AvroError(.mismatch, "values nested too deep", path: path) }
        switch (schema.shape, value) {
        case (.null, .null): break
        case (.boolean, .boolean(let flag)): output.append(flag ? 1 : 0)
        case (.int, .int(let value)): output.append(avro: Int64(value))
        case (.long, .long(let value)): output.append(avro: value)
        case (.float, .float(let value)): output.append(littleEndian: value.bitPattern)
        case (.double, .double(let value)): output.append(littleEndian: value.bitPattern)
        case (.bytes, .bytes(let bytes)): output.append(avro: bytes)
        case (.string, .string(let text)): output.append(avro: text)
        case (.fixed(_, let size), .fixed(let bytes)) where bytes.count == size: output.append(bytes)
        case (.enumeration(_, let symbols), .enumeration(let symbol)):
            guard let index = symbols.firstIndex(of: symbol) else { throw mismatch(value, schema, path) }
            output.append(avro: Int64(index))
        case (.reference(let name), _):
            guard let type = types[name.fullName] else { throw mismatch(value, schema, path) }
            try encode(value, as: type, path: path, depth: depth + 1, into: &output)
        case (.union(let branches), _):
            guard let index = branches.firstIndex(where: { accepts(value, $0) }) else { throw mismatch(value, schema, path) }
            output.append(avro: Int64(index))
            try encode(value, as: branches[index], path: path, depth: depth + 1, into: &output)
        case (.array(let items), .array(let elements)):
            if !elements.isEmpty { output.append(avro: Int64(elements.count)) }
            for element in elements { try encode(element, as: items, path: path, depth: depth + 1, into: &output) }
            output.append(avro: 0)
        case (.map(let values), .map(let members)):
            if !members.isEmpty { output.append(avro: Int64(members.count)) }
            for member in members {
                output.append(avro: member.name)
                try encode(member.value, as: values, path: path.joined(member.name), depth: depth + 1, into: &output)
            }
            output.append(avro: 0)
        case (.record(let record), .record(_, let members)):
            guard members.count == record.fields.count else { throw mismatch(value, schema, path) }
            for (position, field) in record.fields.enumerated() {
                // Values are mostly made in the schema's order.
                let member = members[position].name == field.name ? members[position].value : value[field.name]
                let path = path.joined(field.name)
                guard let member else { throw AvroError(.mismatch, "the record has no such field", path: path) }
                try encode(member, as: field.schema, path: path, depth: depth + 1, into: &output)
            }
        default: throw mismatch(value, schema, path)
        }
    }

    /// Whether a union's value belongs to this branch.
    private func accepts(_ value: AvroValue, _ branch: AvroSchema) -> Bool {
        switch (branch.shape, value) {
        case (.reference(let name), _): types[name.fullName].map { accepts(value, $0) } ?? false
        case (.fixed(_, let size), .fixed(let bytes)): bytes.count == size
        case (.enumeration(_, let symbols), .enumeration(let symbol)): symbols.contains(symbol)
        case (.record(let record), .record(let name, _)): name.isEmpty || name == record.name.fullName
        case (.null, .null), (.boolean, .boolean), (.int, .int), (.long, .long), (.float, .float), (.double, .double),
            (.bytes, .bytes), (.string, .string), (.array, .array), (.map, .map):
            true
        default: false
        }
    }

    private func mismatch(_ value: AvroValue, _ schema: AvroSchema, _ path: String) -> AvroError {
        AvroError(.mismatch, "a \(value.kindName) where the schema has \(schema.json)", path: path)
    }
}

extension ByteBuilder {
    /// A zigzag varint.
    mutating func append(avro value: Int64) {
        var rest = UInt64(bitPattern: (value << 1) ^ (value >> 63))
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    mutating func append(avro bytes: Bytes) {
        append(avro: Int64(bytes.count))
        append(bytes)
    }

    mutating func append(avro text: String) {
        append(avro: Int64(text.utf8.count))
        append(utf8: text)
    }
}
