public import TarnColumns
import TarnBase

extension RecordBatch {
    /// A batch of rows whose properties are named like the columns; properties that are not columns are an error, columns
    /// without a property are null. A convenience: rows in great numbers come as columns.
    ///
    /// - Throws: `EncodingError`, naming the property, when a value does not fit its column.
    public init<Row: Encodable>(_ rows: [Row], schema: Schema) throws {
        let type = DataType.struct(schema.fields)
        let cells = try rows.map { row -> [Cell] in
            guard case .fields(let fields) = try CellEncoder.encode(row, as: type, path: []) else { return [] }
            return fields
        }
        self.init(schema: schema, rows: cells)
    }
}

/// Turns an `Encodable` value into a ``Cell`` of a given type.
private final class CellEncoder: Encoder {
    let type: DataType
    let codingPath: [any CodingKey]
    let userInfo: [CodingUserInfoKey: Any] = [:]
    /// What was encoded so far: a scalar, the members of a struct or map by name, the elements of a list.
    var scalar: Cell?
    var members: [(name: String, cell: Cell)] = []
    var elements: [Cell] = []

    init(type: DataType, path: [any CodingKey]) {
        self.type = type
        codingPath = path
    }

    static func encode(_ value: some Encodable, as type: DataType, path: [any CodingKey]) throws -> Cell {
        let encoder = CellEncoder(type: type, path: path)
        try value.encode(to: encoder)
        return try encoder.cell(of: value)
    }

    private func cell(of value: some Encodable) throws -> Cell {
        switch type {
        case .struct(let fields):
            if case .null? = scalar { return .null }
            return .fields(
                try fields.map { field in
                    let cell = members.last { $0.name == field.name }?.cell ?? .null
                    if cell.isNull, !field.isNullable { throw failure(value, "column '\(field.name)' must not be null") }
                    return cell
                })
        case .list: return scalar ?? .list(elements)
        case .map(let key, _):
            if case .null? = scalar { return .null }
            return .map(try members.map { Cell.Entry(try CellEncoder.encode($0.name, as: key.type, path: codingPath), $0.cell) })
        case .binary where scalar == nil:
            return .text(Bytes(elements.map { if case .int(let byte) = $0 { UInt8(truncatingIfNeeded: byte) } else { 0 } }))
        default:
            guard let scalar else { throw failure(value, "a single value of \(type) is expected") }
            return scalar
        }
    }

    func failure(_ value: Any, _ message: String) -> EncodingError {
        .invalidValue(value, .init(codingPath: codingPath, debugDescription: message))
    }

    /// The type of the member `name`, of an element, or of the value itself.
    func memberType(_ key: any CodingKey) throws -> DataType {
        switch type {
        case .struct(let fields):
            guard let field = fields.first(where: { $0.name == key.stringValue }) else {
                throw failure(key.stringValue, "there is no column '\(key.stringValue)'")
            }
            return field.type
        case .map(_, let value): return value.type
        default: throw failure(key.stringValue, "a value of \(type) has no members")
        }
    }

    func elementType() throws -> DataType {
        switch type {
        case .list(let element): return element.type
        case .binary: return .int32
        default: throw failure(type, "a value of \(type) has no elements")
        }
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(Members<Key>(encoder: self))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer { Elements(encoder: self) }
    func singleValueContainer() -> any SingleValueEncodingContainer { Scalar(encoder: self) }
}

private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let encoder: CellEncoder
    var codingPath: [any CodingKey] { encoder.codingPath }

    func encodeNil(forKey key: Key) throws { encoder.members.append((key.stringValue, .null)) }

    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        let cell = try CellEncoder.encode(value, as: encoder.memberType(key), path: codingPath + [key])
        encoder.members.append((key.stringValue, cell))
    }

    func nestedContainer<Nested: CodingKey>(keyedBy: Nested.Type, forKey key: Key) -> KeyedEncodingContainer<Nested> {
        KeyedEncodingContainer(Members<Nested>(encoder: unsupportedNesting()))
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { Elements(encoder: unsupportedNesting()) }
    func superEncoder() -> any Encoder { unsupportedNesting() }
    func superEncoder(forKey key: Key) -> any Encoder { unsupportedNesting() }

    /// Nested containers are filled after they are handed out, which cells cannot follow; a value that asks for one ends
    /// as a type that nothing fits, and says so.
    private func unsupportedNesting() -> CellEncoder { CellEncoder(type: .boolean, path: codingPath) }
}

private struct Elements: UnkeyedEncodingContainer {
    let encoder: CellEncoder
    var codingPath: [any CodingKey] { encoder.codingPath }
    var count: Int { encoder.elements.count }

    func encodeNil() throws { encoder.elements.append(.null) }

    func encode<Value: Encodable>(_ value: Value) throws {
        encoder.elements.append(try CellEncoder.encode(value, as: encoder.elementType(), path: codingPath))
    }

    func nestedContainer<Nested: CodingKey>(keyedBy: Nested.Type) -> KeyedEncodingContainer<Nested> {
        KeyedEncodingContainer(Members<Nested>(encoder: CellEncoder(type: .boolean, path: codingPath)))
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { Elements(encoder: CellEncoder(type: .boolean, path: codingPath)) }
    func superEncoder() -> any Encoder { CellEncoder(type: .boolean, path: codingPath) }
}

private struct Scalar: SingleValueEncodingContainer {
    let encoder: CellEncoder
    var codingPath: [any CodingKey] { encoder.codingPath }

    func encodeNil() throws { encoder.scalar = .null }
    func encode(_ value: Bool) throws { try set(.boolean(value), value, fits: encoder.type == .boolean) }

    func encode(_ value: String) throws {
        try set(.text(Bytes(value)), value, fits: encoder.type == .string || encoder.type == .binary)
    }

    func encode(_ value: Double) throws {
        switch encoder.type {
        case .double: encoder.scalar = .double(value)
        case .float: encoder.scalar = .float(Float(value))
        default: try set(.null, value, fits: false)
        }
    }

    func encode(_ value: Float) throws { try encode(Double(value)) }
    func encode(_ value: Int) throws { try integer(value) }
    func encode(_ value: Int8) throws { try integer(value) }
    func encode(_ value: Int16) throws { try integer(value) }
    func encode(_ value: Int32) throws { try integer(value) }
    func encode(_ value: Int64) throws { try integer(value) }
    func encode(_ value: UInt) throws { try integer(value) }
    func encode(_ value: UInt8) throws { try integer(value) }
    func encode(_ value: UInt16) throws { try integer(value) }
    func encode(_ value: UInt32) throws { try integer(value) }
    func encode(_ value: UInt64) throws { try integer(value) }

    func encode<Value: Encodable>(_ value: Value) throws {
        encoder.scalar = try CellEncoder.encode(value, as: encoder.type, path: codingPath)
    }

    private func integer(_ value: some BinaryInteger) throws {
        switch encoder.type {
        case .int32, .date: try set(.int(Int64(truncatingIfNeeded: value)), value, fits: Int32(exactly: value) != nil)
        case .int64, .timestamp, .time: try set(.int(Int64(truncatingIfNeeded: value)), value, fits: Int64(exactly: value) != nil)
        case .double: try set(.double(Double(value)), value, fits: Double(exactly: value) != nil)
        case .float: try set(.float(Float(value)), value, fits: Float(exactly: value) != nil)
        case .decimal(_, scale: 0): try set(.decimal(Int128(value)), value, fits: true)
        default: try set(.null, value, fits: false)
        }
    }

    private func set(_ cell: Cell, _ value: Any, fits: Bool) throws {
        guard fits else { throw encoder.failure(value, "\(value) does not fit a column of \(encoder.type)") }
        encoder.scalar = cell
    }
}
