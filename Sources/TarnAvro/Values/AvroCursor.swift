/// Reads Avro's primitive encodings, never beyond the end.
struct AvroCursor {
    let bytes: UnsafeRawBufferPointer
    private(set) var offset = 0

    init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var left: Int { bytes.count - offset }
    var isAtEnd: Bool { offset == bytes.count }

    /// The next `count` bytes.
    mutating func take(_ count: Int) throws(AvroError) -> UnsafeRawBufferPointer {
        guard count >= 0, count <= left else { throw fault("\(count) bytes are expected, \(left) are left") }
        defer { offset += count }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + count)])
    }

    mutating func byte() throws(AvroError) -> UInt8 { try take(1)[0] }

    /// A zigzag varint of at most 64 bits.
    mutating func long() throws(AvroError) -> Int64 {
        let start = offset
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), through: 63, by: 7) {
            let byte = try byte()
            guard shift < 63 || byte <= 1 else { break }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1) }
        }
        throw AvroError(.data, "a number of more than 64 bits", offset: start)
    }

    mutating func int() throws(AvroError) -> Int32 {
        let start = offset
        let value = try long()
        guard let narrow = Int32(exactly: value) else { throw AvroError(.data, "\(value) is no int", offset: start) }
        return narrow
    }

    /// A length, and as many bytes.
    mutating func block() throws(AvroError) -> UnsafeRawBufferPointer {
        let start = offset
        let count = try long()
        guard count >= 0, count <= left else {
            throw AvroError(.data, "a length of \(count) where \(left) bytes are left", offset: start)
        }
        return try take(Int(count))
    }

    mutating func string() throws(AvroError) -> String {
        let start = offset
        guard let text = String(validating: try block(), as: UTF8.self) else {
            throw AvroError(.data, "a string that is not UTF-8", offset: start)
        }
        return text
    }

    mutating func boolean() throws(AvroError) -> Bool {
        let start = offset
        switch try byte() {
        case 0: return false
        case 1: return true
        case let other: throw AvroError(.data, "\(other) is no boolean", offset: start)
        }
    }

    mutating func float() throws(AvroError) -> Float {
        Float(bitPattern: UInt32(littleEndian: try take(4).loadUnaligned(as: UInt32.self)))
    }

    mutating func double() throws(AvroError) -> Double {
        Double(bitPattern: UInt64(littleEndian: try take(8).loadUnaligned(as: UInt64.self)))
    }

    func fault(_ message: String) -> AvroError { AvroError(.data, message, offset: offset) }
}

/// How many values a text may decode to. Nulls and empty records take no bytes, so that neither the length of the input
/// nor the counts in it bound what they become in memory.
struct AvroValueBudget {
    private(set) var left: Int

    init(byteCount: Int) { left = 65_536 + 4 * byteCount }

    mutating func add(byteCount: Int) { left += 4 * byteCount }

    /// Whether one more is allowed.
    mutating func take() -> Bool {
        guard left > 0 else { return false }
        left -= 1
        return true
    }
}
