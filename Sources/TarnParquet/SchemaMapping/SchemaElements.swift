package import TarnColumns

extension SchemaElement {
    /// The Parquet schema that Tarn writes for `schema`: 3-level lists (`list`/`element`), maps of `key_value` entries,
    /// decimals in the fewest fixed bytes, timestamps as INT64 in UTC, text as UTF8; every annotation in its old and its new
    /// form where both exist. Nullable fields are optional, the others required.
    ///
    /// Specification: Parquet, *LogicalTypes*; hudi-format-v6 §4.3.
    package static func elements(for schema: Schema, rootName: String) throws(ParquetError) -> [SchemaElement] {
        var elements = [SchemaElement(rootName, nil, childCount: schema.fields.count)]
        for field in schema.fields { try append(field, named: field.name, to: &elements) }
        return elements
    }

    /// Bytes of the smallest two's complement number that holds all decimals of this precision.
    package static func decimalByteCount(precision: Int) -> Int {
        precondition((1...38).contains(precision))
        var largest: UInt128 = 1
        for _ in 0..<precision { largest *= 10 }
        let bits = 128 - (largest - 1).leadingZeroBitCount + 1
        return (bits + 7) / 8
    }

    private static func append(_ field: Field, named name: String, to elements: inout [SchemaElement]) throws(ParquetError) {
        let repetition: Repetition = field.isNullable ? .optional : .required
        switch field.type {
        case .struct(let members):
            guard !members.isEmpty else { throw .unsupported("a struct without members", column: name) }
            elements.append(SchemaElement(name, repetition, childCount: members.count))
            for member in members { try append(member, named: member.name, to: &elements) }
        case .list(let element):
            elements.append(SchemaElement(name, repetition, childCount: 1, converted: .list, logical: .list))
            elements.append(SchemaElement("list", .repeated, childCount: 1))
            try append(element, named: "element", to: &elements)
        case .map(let key, let value):
            elements.append(SchemaElement(name, repetition, childCount: 1, converted: .map, logical: .map))
            elements.append(SchemaElement("key_value", .repeated, childCount: 2))
            try append(Field("key", key.type, nullable: false), named: "key", to: &elements)
            try append(value, named: "value", to: &elements)
        default:
            elements.append(leaf(field.type, named: name, repetition))
        }
    }

    private static func leaf(_ type: DataType, named name: String, _ repetition: Repetition) -> SchemaElement {
        switch type {
        case .boolean: SchemaElement(name, repetition, .boolean)
        case .int32: SchemaElement(name, repetition, .int32)
        case .int64: SchemaElement(name, repetition, .int64)
        case .float: SchemaElement(name, repetition, .float)
        case .double: SchemaElement(name, repetition, .double)
        case .string: SchemaElement(name, repetition, .byteArray, converted: .utf8, logical: .string)
        case .date: SchemaElement(name, repetition, .int32, converted: .date, logical: .date)
        case .time:
            SchemaElement(name, repetition, .int64, converted: .timeMicros, logical: .time(.microseconds, isAdjustedToUTC: true))
        case .timestamp(let unit):
            SchemaElement(
                name, repetition, .int64,
                converted: unit == .milliseconds ? .timestampMillis : unit == .microseconds ? .timestampMicros : nil,
                logical: .timestamp(unit, isAdjustedToUTC: true))
        case .decimal(let precision, let scale): decimal(name, repetition, precision, scale)
        case .binary, .list, .map, .struct: SchemaElement(name, repetition, .byteArray)
        }
    }

    private static func decimal(_ name: String, _ repetition: Repetition, _ precision: Int, _ scale: Int) -> SchemaElement {
        var element = SchemaElement(
            name, repetition, .fixedLengthByteArray, length: Int32(decimalByteCount(precision: precision)), converted: .decimal,
            logical: .decimal(precision: Int32(precision), scale: Int32(scale)))
        element.precision = Int32(precision)
        element.scale = Int32(scale)
        return element
    }
}
