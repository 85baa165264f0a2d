/// A JSON value of a small document: commit metadata, Avro schemas, ledgers, reports. Not for rows.
///
/// Keeps the order of members and the digits of numbers, so that what is read prints back the same.
public indirect enum JSON: Hashable, Sendable {
    case null
    case bool(Bool)
    /// The literal as written: `1`, `-0.5e3`. Values made here are legal JSON numbers.
    case number(String)
    case string(String)
    case array([JSON])
    case object([Member])

    public struct Member: Hashable, Sendable {
        public let name: String
        public let value: JSON
        public init(_ name: String, _ value: JSON) {
            self.name = name
            self.value = value
        }
    }

    public static func int(_ value: Int64) -> JSON { .number(String(value)) }
    public static func int(_ value: Int) -> JSON { .number(String(value)) }

    /// The shortest decimal that reads back to the same value; NaN and infinities, which JSON lacks, as strings.
    public static func double(_ value: Double) -> JSON {
        guard value.isFinite else { return .string(value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity") }
        return .number("\(value)")
    }

    /// The value of the member `name`, the last one if it occurs twice; nil for anything but an object.
    public subscript(name: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name }?.value
    }

    public var stringValue: String? { if case .string(let text) = self { text } else { nil } }
    public var boolValue: Bool? { if case .bool(let flag) = self { flag } else { nil } }
    public var intValue: Int64? { if case .number(let digits) = self { Int64(digits) } else { nil } }
    public var doubleValue: Double? { if case .number(let digits) = self { Double(digits) } else { nil } }
    public var arrayValue: [JSON]? { if case .array(let elements) = self { elements } else { nil } }
    public var objectValue: [Member]? { if case .object(let members) = self { members } else { nil } }
    public var isNull: Bool { self == .null }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int64) { self = .int(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSON)...) { self = .object(elements.map { Member($0.0, $0.1) }) }
    public init(nilLiteral: ()) { self = .null }
}

/// Where and why a text is not JSON.
public struct JSONError: Error, Sendable, CustomStringConvertible {
    public let message: String
    /// In bytes from the start of the text.
    public let offset: Int
    public var description: String { "not valid JSON at byte \(offset): \(message)" }
}
