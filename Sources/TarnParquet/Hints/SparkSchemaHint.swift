import TarnBase
import TarnColumns

/// The footer entry `org.apache.spark.sql.parquet.row.metadata`, by which Spark restores the types and nullability of columns: its
/// `StructType` as JSON.
///
/// Specification: Spark's `DataType.json` and `ParquetReadSupport`.
enum SparkSchemaHint {
    static let key = "org.apache.spark.sql.parquet.row.metadata"

    /// - Throws: `unsupported`, naming the column, for a type that Spark does not have.
    static func value(for schema: Schema) throws(ParquetError) -> String { try structure(schema.fields, []).description }

    private static func structure(_ fields: [Field], _ path: [String]) throws(ParquetError) -> JSON {
        var members: [JSON] = []
        for field in fields {
            members.append(["name": .string(field.name), "type": try type(field.type, path + [field.name]), "nullable": .bool(field.isNullable), "metadata": [:]])
        }
        return ["type": "struct", "fields": .array(members)]
    }

    private static func type(_ type: DataType, _ path: [String]) throws(ParquetError) -> JSON {
        switch type {
        case .boolean: "boolean"
        case .int32: "integer"
        case .int64: "long"
        case .float: "float"
        case .double: "double"
        case .string: "string"
        case .binary: "binary"
        case .date: "date"
        case .timestamp(.milliseconds), .timestamp(.microseconds): "timestamp"
        case .decimal(let precision, let scale): .string("decimal(\(precision),\(scale))")
        case .timestamp(.nanoseconds), .time: throw .unsupported("a Spark schema with a column of type \(type)", column: path.joined(separator: "."))
        case .list(let element):
            ["type": "array", "elementType": try self.type(element.type, path + ["element"]), "containsNull": .bool(element.isNullable)]
        case .map(let key, let value):
            [
                "type": "map", "keyType": try self.type(key.type, path + ["key"]), "valueType": try self.type(value.type, path + ["value"]),
                "valueContainsNull": .bool(value.isNullable),
            ]
        case .struct(let members): try structure(members, path)
        }
    }
}
