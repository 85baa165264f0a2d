public import TarnColumns
import TarnBase

extension RecordBatch {
    /// The rows as values whose properties are named like the columns. A convenience for rows in small numbers.
    ///
    /// - Throws: `DecodingError`, naming the property, when a column is missing or does not fit.
    public func rows<Row: Decodable>(as type: Row.Type) throws -> [Row] {
        let rowType = DataType.struct(schema.fields)
        return try (0..<rowCount).map { try Row(from: CellDecoder(cell: .fields(row(at: $0)), type: rowType, path: [])) }
    }
}

private struct CellDecoder: Decoder {
    let cell: Cell
    let type: DataType
    let codingPath: [any CodingKey]
    let userInfo: [CodingUserInfoKey: Any] = [:]

    init(cell: Cell, type: DataType, path: [any CodingKey]) {
        self.cell = cell
        self.type = type
        codingPath = path
    }

    func container<Key: CodingKey>(keyedBy: Key.Type) throws -> KeyedDecodingContainer<Key> {
        switch (cell, type) {
        case (.fields(let cells), .struct(let fields)):
            let members = zip(fields, cells).map { ($0.name, ($1, $0.type)) }
            return KeyedDecodingContainer(Members(members: Dictionary(uniqueKeysWithValues: members), codingPath: codingPath))
        case (.map(let entries), .map(_, let value)):
            var members: [String: (Cell, DataType)] = [:]
            for case (.text(let key), let cell) in entries.map({ ($0.key, $0.value) }) {
                members[key.printableText] = (cell, value.type)
            }
            return KeyedDecodingContainer(Members(members: members, codingPath: codingPath))
        default: throw mismatch("a struct or map")
        }
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        switch (cell, type) {
        case (.list(let cells), .list(let element)): return Elements(cells: cells, type: element.type, codingPath: codingPath)
        case (.text(let bytes), .binary):
            return Elements(cells: bytes.array.map { .int(Int64($0)) }, type: .int32, codingPath: codingPath)
        default: throw mismatch("a list")
        }
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { Scalar(decoder: self) }

    func mismatch(_ expected: String) -> DecodingError {
        let context = DecodingError.Context(codingPath: codingPath, debugDescription: "a column of \(type) is not \(expected)")
        return cell.isNull ? .valueNotFound(Any.self, context) : .typeMismatch(Any.self, context)
    }
}

private struct Members<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let members: [String: (cell: Cell, type: DataType)]
    let codingPath: [any CodingKey]

    var allKeys: [Key] { members.keys.compactMap { Key(stringValue: $0) } }
    func contains(_ key: Key) -> Bool { members[key.stringValue] != nil }
    func decodeNil(forKey key: Key) throws -> Bool { try decoder(key).cell.isNull }

    func decode<Value: Decodable>(_: Value.Type, forKey key: Key) throws -> Value { try Value(from: decoder(key)) }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) throws -> KeyedDecodingContainer<Nested> {
        try decoder(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { try decoder(key).unkeyedContainer() }
    func superDecoder() throws -> any Decoder { throw DecodingError.dataCorrupted(.init(codingPath: codingPath, debugDescription: "rows have no superclass")) }
    func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(key) }

    private func decoder(_ key: Key) throws -> CellDecoder {
        guard let member = members[key.stringValue] else {
            throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: "there is no column '\(key.stringValue)'"))
        }
        return CellDecoder(cell: member.cell, type: member.type, path: codingPath + [key])
    }
}

private struct Elements: UnkeyedDecodingContainer {
    let cells: [Cell]
    let type: DataType
    let codingPath: [any CodingKey]
    var currentIndex = 0

    var count: Int? { cells.count }
    var isAtEnd: Bool { currentIndex == cells.count }

    mutating func decodeNil() throws -> Bool {
        guard try next().cell.isNull else {
            currentIndex -= 1
            return false
        }
        return true
    }

    mutating func decode<Value: Decodable>(_: Value.Type) throws -> Value { try Value(from: next()) }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<Nested> {
        try next().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try next().unkeyedContainer() }
    mutating func superDecoder() throws -> any Decoder { try next() }

    private mutating func next() throws -> CellDecoder {
        guard !isAtEnd else {
            throw DecodingError.valueNotFound(Any.self, .init(codingPath: codingPath, debugDescription: "the list has no more elements"))
        }
        defer { currentIndex += 1 }
        return CellDecoder(cell: cells[currentIndex], type: type, path: codingPath)
    }
}

private struct Scalar: SingleValueDecodingContainer {
    let decoder: CellDecoder
    var codingPath: [any CodingKey] { decoder.codingPath }

    func decodeNil() -> Bool { decoder.cell.isNull }

    func decode(_: Bool.Type) throws -> Bool {
        guard case .boolean(let value) = decoder.cell else { throw decoder.mismatch("a Boolean") }
        return value
    }

    func decode(_: String.Type) throws -> String {
        guard case .text(let bytes) = decoder.cell, let text = bytes.utf8Text else { throw decoder.mismatch("text") }
        return text
    }

    func decode(_: Double.Type) throws -> Double {
        switch decoder.cell {
        case .double(let value): return value
        case .float(let value): return Double(value)
        case .int(let value):
            if let exact = Double(exactly: value) { return exact }
            throw decoder.mismatch("a number that a Double holds")
        default: throw decoder.mismatch("a number")
        }
    }

    func decode(_: Float.Type) throws -> Float {
        guard case .float(let value) = decoder.cell else { throw decoder.mismatch("a Float") }
        return value
    }

    func decode(_: Int.Type) throws -> Int { try integer() }
    func decode(_: Int8.Type) throws -> Int8 { try integer() }
    func decode(_: Int16.Type) throws -> Int16 { try integer() }
    func decode(_: Int32.Type) throws -> Int32 { try integer() }
    func decode(_: Int64.Type) throws -> Int64 { try integer() }
    func decode(_: UInt.Type) throws -> UInt { try integer() }
    func decode(_: UInt8.Type) throws -> UInt8 { try integer() }
    func decode(_: UInt16.Type) throws -> UInt16 { try integer() }
    func decode(_: UInt32.Type) throws -> UInt32 { try integer() }
    func decode(_: UInt64.Type) throws -> UInt64 { try integer() }
    func decode<Value: Decodable>(_: Value.Type) throws -> Value { try Value(from: decoder) }

    private func integer<Value: FixedWidthInteger>() throws -> Value {
        switch decoder.cell {
        case .int(let value):
            if let exact = Value(exactly: value) { return exact }
        case .decimal(let value):
            if case .decimal(_, scale: 0) = decoder.type, let exact = Value(exactly: value) { return exact }
        default: break
        }
        throw decoder.mismatch("an integer of that width")
    }
}
