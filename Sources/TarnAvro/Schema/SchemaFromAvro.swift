package import TarnColumns

extension Schema {
    /// The columns that a record schema describes.
    ///
    /// `["null", T]` and `[T, "null"]` become nullable columns of `T`, everything else is not nullable. `decimal`, `date`,
    /// `time-*` and `timestamp-*` become what they say; a `fixed` without a meaning becomes binary; other logical types are
    /// passed over. What has no column type is refused by name (`unsupported`): unions of several types, enums, `null`
    /// alone, local timestamps, decimals beyond 38 digits, types that contain themselves.
    ///
    /// - Parameter droppingMetaFields: Leaves out the leading fields that Hudi adds (format §3.3: a schema in a commit may
    ///   have them, whatever the operation); a column `_hoodie_is_deleted` is the table's own and stays.
    package init(avro: AvroSchema, droppingMetaFields: Bool = false) throws(AvroError) {
        guard let record = avro.record else { throw AvroError(.unsupported, "a table needs a record, not \(avro.kindName)") }
        var mapping = ColumnMapping(types: avro.namedTypes)
        var fields = try mapping.fields(of: record, path: "", depth: 0)
        if droppingMetaFields { fields = Array(fields.drop { HudiNames.isMetaField($0.name) }) }
        self.init(fields)
    }
}

private struct ColumnMapping {
    /// A schema of a few hundred bytes can refer to itself into any number of columns.
    static let maximumFields = 100_000

    let types: [String: AvroSchema]
    var fieldCount = 0

    init(types: [String: AvroSchema]) { self.types = types }

    mutating func fields(of record: AvroRecord, path: String, depth: Int) throws(AvroError) -> [Field] {
        var fields: [Field] = []
        for field in record.fields {
            fields.append(try self.field(field.name, field.schema, path: path.joined(field.name), depth: depth + 1))
        }
        return fields
    }

    private mutating func field(
        _ name: String, _ schema: AvroSchema, path: String, depth: Int
    ) throws(AvroError) -> Field {
        fieldCount += 1
        guard fieldCount <= ColumnMapping.maximumFields else {
            throw AvroError(.unsupported, "more than \(ColumnMapping.maximumFields) columns")
        }
        guard depth <= AvroSchema.maximumDepth else {
            throw AvroError(.unsupported, "contains itself, or nests deeper than \(AvroSchema.maximumDepth)", path: path)
        }
        guard case .union(let branches) = schema.shape else {
            return Field(name, try type(schema, path: path, depth: depth), nullable: false)
        }
        let others = branches.filter { $0.shape != .null }
        guard let only = others.first, others.count == 1 else {
            let kinds = branches.map(\.kindName).joined(separator: ", ")
            throw AvroError(.unsupported, "a union [\(kinds)]; a column has one type, and null beside it at most", path: path)
        }
        return Field(name, try type(only, path: path, depth: depth), nullable: others.count < branches.count)
    }

    private mutating func type(_ schema: AvroSchema, path: String, depth: Int) throws(AvroError) -> DataType {
        if let logicalType = schema.logicalType, let type = try self.type(logicalType, path: path) { return type }
        switch schema.shape {
        case .boolean: return .boolean
        case .int: return .int32
        case .long: return .int64
        case .float: return .float
        case .double: return .double
        case .string: return .string
        case .bytes, .fixed: return .binary
        case .array(let items): return .list(element: try field("element", items, path: path.joined("element"), depth: depth + 1))
        case .map(let values):
            let value = try field("value", values, path: path.joined("value"), depth: depth + 1)
            return .map(key: Field("key", .string, nullable: false), value: value)
        case .record(let record): return .struct(try fields(of: record, path: path, depth: depth))
        case .reference(let name):
            guard let named = types[name.fullName] else { throw AvroError(.schema, "the type \(name.fullName) is not defined", path: path) }
            return try type(named, path: path, depth: depth + 1)
        case .null: throw AvroError(.unsupported, "a column that is always null has no type", path: path)
        case .enumeration(let name, _): throw AvroError(.unsupported, "the enum \(name.fullName); use a string", path: path)
        case .union: throw AvroError(.schema, "a union inside a union", path: path)
        }
    }

    /// nil for logical types that change nothing about how a column is stored.
    private func type(_ logicalType: AvroLogicalType, path: String) throws(AvroError) -> DataType? {
        switch logicalType {
        case .date: return .date
        case .timeMillis, .timeMicros: return .time
        case .timestampMillis: return .timestamp(.milliseconds)
        case .timestampMicros: return .timestamp(.microseconds)
        case .timestampNanos: return .timestamp(.nanoseconds)
        case .uuid: return nil
        case .localTimestampMillis, .localTimestampMicros, .localTimestampNanos:
            throw AvroError(.unsupported, "a local timestamp, which names no moment; use timestamp-micros", path: path)
        case .decimal(let precision, let scale):
            guard (1...38).contains(precision), (0...precision).contains(scale) else {
                throw AvroError(
                    .unsupported, "decimal(\(precision), \(scale)); at most 38 digits, the scale from 0 to their number", path: path)
            }
            return .decimal(precision: Int(precision), scale: Int(scale))
        }
    }
}
