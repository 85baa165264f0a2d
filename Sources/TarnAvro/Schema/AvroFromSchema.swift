import TarnBase

package import TarnColumns

extension AvroSchema {
    /// The schema that Spark would write for these columns, name by name (format §4.3, §5.3): without the meta fields it
    /// goes into a commit (`extraMetadata.schema`), with them into a base file's footer (`parquet.avro.schema`).
    ///
    /// Nullable columns are `["null", T]` with default null. A struct column `c` is a record `c` in the namespace of its
    /// parents; a decimal a `fixed` of the least width, named `fixed`, in a namespace of its own.
    ///
    /// - Throws: `unsupported`, for a map whose keys are no strings.
    package init(_ schema: Schema, table: HudiNames, withMetaFields: Bool = false) throws(AvroError) {
        let meta = HudiNames.metaFields.map { AvroField.optional($0, .string, doc: "") }
        let own = try AvroSchema.fields(schema.fields, namespace: table.record.fullName)
        self.init(.record(AvroRecord(table.record, fields: (withMetaFields ? meta : []) + own)))
    }

    /// How many bytes Spark gives a decimal of so many digits: the fewest that hold them all.
    package static func decimalByteCount(precision: Int) -> Int {
        precondition((1...38).contains(precision))
        var limit: Int128 = 1
        for _ in 0..<precision { limit *= 10 }
        return (1...16).first { ((limit - 1) >> Int128($0 * 8 - 1)) == 0 } ?? 16
    }

    private static func fields(_ fields: [Field], namespace: String) throws(AvroError) -> [AvroField] {
        var result: [AvroField] = []
        for field in fields {
            let schema = try type(field.type, name: AvroName(field.name, namespace: namespace))
            result.append(field.isNullable ? .optional(field.name, schema) : AvroField(field.name, schema))
        }
        return result
    }

    /// - Parameter name: The name of a record for the type, and the namespace of a fixed; list elements and map values go by
    ///   the name of their column.
    private static func type(_ type: DataType, name: AvroName) throws(AvroError) -> AvroSchema {
        func member(_ field: Field) throws(AvroError) -> AvroSchema {
            let schema = try AvroSchema.type(field.type, name: name)
            return field.isNullable ? .union(.null, schema) : schema
        }
        switch type {
        case .boolean: return .boolean
        case .int32: return .int
        case .int64: return .long
        case .float: return .float
        case .double: return .double
        case .string: return .string
        case .binary: return .bytes
        case .date: return int.meaning("date")
        case .time: return long.meaning("time-micros")
        case .timestamp(.milliseconds): return long.meaning("timestamp-millis")
        case .timestamp(.microseconds): return long.meaning("timestamp-micros")
        case .timestamp(.nanoseconds): return long.meaning("timestamp-nanos")
        case .decimal(let precision, let scale):
            return AvroSchema(
                .fixed(AvroName("fixed", namespace: name.fullName), size: decimalByteCount(precision: precision)),
                properties: [
                    .init("logicalType", "decimal"), .init("precision", .int(precision)), .init("scale", .int(scale)),
                ])
        case .list(let element): return .array(try member(element))
        case .map(let key, let value):
            guard key.type == .string else {
                throw AvroError(.unsupported, "a map with keys of type \(key.type); Avro's maps have string keys", path: name.name)
            }
            return .map(try member(value))
        case .struct(let members):
            return AvroSchema(.record(AvroRecord(name, fields: try fields(members, namespace: name.fullName))))
        }
    }
}
