/// What a column holds.
///
/// In memory: `.boolean` a bitmap; `.int32`, `.float`, `.date` 4 bytes a row; `.int64`, `.double`, `.timestamp` 8;
/// `.decimal` 16 (a little-endian `Int128`, unscaled); `.string` and `.binary` views of 16 bytes, or codes into a dictionary.
public indirect enum DataType: Hashable, Sendable {
    case boolean
    case int32
    case int64
    case float
    case double
    case string
    case binary
    /// Days since 1970-01-01, proleptic Gregorian.
    case date
    /// At most 38 digits, `scale` of them after the point.
    case decimal(precision: Int, scale: Int)
    /// Time since 1970-01-01T00:00:00Z in the unit.
    case timestamp(TimeUnit)
    /// Microseconds since midnight.
    case time
    case list(element: Field)
    /// Keys are never null. The fields are named `key` and `value`.
    case map(key: Field, value: Field)
    case `struct`([Field])

    public static func list(_ element: DataType) -> DataType { .list(element: Field("element", element)) }

    public static func map(_ key: DataType, _ value: DataType) -> DataType {
        .map(key: Field("key", key, nullable: false), value: Field("value", value))
    }
}

public enum TimeUnit: Hashable, Sendable, CaseIterable {
    case milliseconds, microseconds, nanoseconds

    public var perSecond: Int64 {
        switch self {
        case .milliseconds: 1000
        case .microseconds: 1_000_000
        case .nanoseconds: 1_000_000_000
        }
    }
}

extension DataType {
    /// Bytes a value takes in a fixed-width column; nil for booleans, text and nested types.
    public var fixedWidth: Int? {
        switch self {
        case .int32, .float, .date: 4
        case .int64, .double, .timestamp, .time: 8
        case .decimal: 16
        case .boolean, .string, .binary, .list, .map, .struct: nil
        }
    }

    /// How many columns of values it is stored as: one, but for nested types.
    package var leafCount: Int {
        switch self {
        case .list(let element): element.type.leafCount
        case .map(let key, let value): key.type.leafCount + value.type.leafCount
        case .struct(let fields): fields.leafCount
        default: 1
        }
    }

    public var isNested: Bool {
        switch self {
        case .list, .map, .struct: true
        default: false
        }
    }
}

extension DataType: CustomStringConvertible {
    /// As people write it: `decimal(10, 2)`, `list<string>`, `struct<a: int32, b: string not null>`.
    public var description: String {
        switch self {
        case .boolean: "boolean"
        case .int32: "int32"
        case .int64: "int64"
        case .float: "float"
        case .double: "double"
        case .string: "string"
        case .binary: "binary"
        case .date: "date"
        case .time: "time"
        case .decimal(let precision, let scale): "decimal(\(precision), \(scale))"
        case .timestamp(.milliseconds): "timestamp(ms)"
        case .timestamp(.microseconds): "timestamp(us)"
        case .timestamp(.nanoseconds): "timestamp(ns)"
        case .list(let element): "list<\(element.type)\(element.isNullable ? "" : " not null")>"
        case .map(let key, let value): "map<\(key.type), \(value.type)\(value.isNullable ? "" : " not null")>"
        case .struct(let fields): "struct<\(fields.map(\.description).joined(separator: ", "))>"
        }
    }
}

extension [Field] {
    /// How many columns of values all of them are stored as.
    package var leafCount: Int { reduce(0) { $0 + $1.type.leafCount } }
}
