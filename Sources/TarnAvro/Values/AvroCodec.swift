package import TarnBase

/// Writes and reads the binary form of one schema's values (Avro 1.11, "Binary Encoding").
package struct AvroCodec: Sendable {
    package let schema: AvroSchema
    let types: [String: AvroSchema]

    package init(_ schema: AvroSchema) {
        self.schema = schema
        types = schema.namedTypes
    }

    /// The one value that `bytes` hold, from first to last.
    package func decode(_ bytes: Bytes) throws(AvroError) -> AvroValue {
        var budget = AvroValueBudget(byteCount: bytes.count)
        return try decode(bytes, count: 1, budget: &budget)[0]
    }

    /// The `count` values that `bytes` hold one after the other, from first to last.
    func decode(_ bytes: Bytes, count: Int64, budget: inout AvroValueBudget) throws(AvroError) -> [AvroValue] {
        try bytes.withUnsafeBytes { (buffer) throws(AvroError) -> [AvroValue] in
            var decoder = AvroDecoder(bytes: buffer, types: types, budget: budget)
            defer { budget = decoder.budget }
            var values: [AvroValue] = []
            var left = count
            while left > 0 {
                values.append(try decoder.value(of: schema, depth: 0))
                left -= 1
            }
            guard decoder.cursor.isAtEnd else {
                throw decoder.cursor.fault("\(buffer.count - decoder.cursor.offset) bytes behind the last value")
            }
            return values
        }
    }

    /// - Throws: `mismatch`, if the value does not fit the schema; `output` then holds a part of it.
    package func encode(_ value: AvroValue, into output: inout ByteBuilder) throws(AvroError) {
        try AvroEncoder(types: types).encode(value, as: schema, path: "", depth: 0, into: &output)
    }

    package func encode(_ value: AvroValue) throws(AvroError) -> Bytes {
        var output = ByteBuilder()
        try encode(value, into: &output)
        return output.finish()
    }
}
