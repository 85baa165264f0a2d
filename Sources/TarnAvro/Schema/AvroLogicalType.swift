import TarnBase

/// What the values of a schema mean beyond their encoding (Avro 1.11, "Logical Types").
package enum AvroLogicalType: Hashable, Sendable {
    /// Unscaled value, big-endian two's complement, in `bytes` or `fixed`.
    case decimal(precision: Int64, scale: Int64)
    case date
    case timeMillis, timeMicros
    case timestampMillis, timestampMicros, timestampNanos
    case localTimestampMillis, localTimestampMicros, localTimestampNanos
    case uuid
}

extension AvroSchema {
    /// nil where the schema names none, or one that does not belong to its type: Avro then goes by the type alone.
    package var logicalType: AvroLogicalType? {
        guard let name = self[property: "logicalType"]?.stringValue else { return nil }
        switch (name, shape) {
        case ("decimal", .bytes), ("decimal", .fixed):
            guard let precision = self[property: "precision"]?.intValue else { return nil }
            return .decimal(precision: precision, scale: self[property: "scale"]?.intValue ?? 0)
        case ("date", .int): return .date
        case ("time-millis", .int): return .timeMillis
        case ("time-micros", .long): return .timeMicros
        case ("timestamp-millis", .long): return .timestampMillis
        case ("timestamp-micros", .long): return .timestampMicros
        case ("timestamp-nanos", .long): return .timestampNanos
        case ("local-timestamp-millis", .long): return .localTimestampMillis
        case ("local-timestamp-micros", .long): return .localTimestampMicros
        case ("local-timestamp-nanos", .long): return .localTimestampNanos
        case ("uuid", .string), ("uuid", .fixed(_, size: 16)): return .uuid
        default: return nil
        }
    }

    /// The same schema with a logical type that needs nothing but its name.
    func meaning(_ logicalType: String) -> AvroSchema {
        var schema = self
        schema.properties.append(.init("logicalType", .string(logicalType)))
        return schema
    }
}
