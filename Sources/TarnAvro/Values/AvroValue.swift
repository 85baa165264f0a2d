package import TarnBase

/// One value of a schema: for the small records of the timeline and other edges, not for rows of a table.
///
/// The branch of a union is not kept: a value knows its own kind, and a record its name.
package indirect enum AvroValue: Hashable, Sendable {
    case null
    case boolean(Bool)
    case int(Int32)
    case long(Int64)
    case float(Float)
    case double(Double)
    case bytes(Bytes)
    case string(String)
    case fixed(Bytes)
    case enumeration(String)
    case array([AvroValue])
    /// In the order written; a key twice is kept twice.
    case map([Member])
    /// `name` is the record's full name. It matters only where a union has several records; empty fits the first.
    case record(name: String, [Member])

    package struct Member: Hashable, Sendable {
        package let name: String
        package let value: AvroValue
        package init(_ name: String, _ value: AvroValue) {
            self.name = name
            self.value = value
        }
    }

    /// A record that no union has to tell from another.
    package static func record(_ members: [Member]) -> AvroValue { .record(name: "", members) }
}

extension AvroValue {
    /// The field of a record or the value of a map key; nil if there is none, or for any other kind.
    package subscript(name: String) -> AvroValue? {
        switch self {
        case .record(_, let members), .map(let members): members.last { $0.name == name }?.value
        default: nil
        }
    }

    package var stringValue: String? { if case .string(let text) = self { text } else { nil } }
    package var arrayValue: [AvroValue]? { if case .array(let elements) = self { elements } else { nil } }
    package var mapValue: [Member]? { if case .map(let members) = self { members } else { nil } }
    package var booleanValue: Bool? { if case .boolean(let flag) = self { flag } else { nil } }
    package var isNull: Bool { self == .null }

    /// An `int` or a `long`.
    package var integerValue: Int64? {
        switch self {
        case .int(let value): Int64(value)
        case .long(let value): value
        default: nil
        }
    }

    var kindName: String {
        switch self {
        case .null: "null"
        case .boolean: "boolean"
        case .int: "int"
        case .long: "long"
        case .float: "float"
        case .double: "double"
        case .bytes: "bytes"
        case .string: "string"
        case .fixed: "fixed"
        case .enumeration: "enum"
        case .array: "array"
        case .map: "map"
        case .record(let name, _): name.isEmpty ? "record" : "record \(name)"
        }
    }
}
