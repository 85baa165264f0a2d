package import TarnBase

/// Reads Thrift's compact protocol: the encoding of Parquet's footer and page headers.
///
///     struct  := { field } 00
///     field   := header value; header = (id delta << 4 | type), or type alone and a zigzag id when the delta is not 1...15
///     integer := zigzag ULEB128
///     binary  := ULEB128 length, bytes
///     list    := (count << 4 | type), or (F0 | type) and a ULEB128 count; then the elements
///
/// Fields that a caller does not know are skipped with ``skip(_:)``. Nothing is allocated beyond what the bytes hold: every
/// element of a list takes at least one byte.
///
/// Specification: Apache Thrift, *thrift-compact-protocol.md*.
package struct CompactReader {
    package enum WireType: UInt8 {
        case booleanTrue = 1, booleanFalse, byte, int16, int32, int64, double, binary, list, set, map, structure, uuid
    }

    package struct FieldHeader {
        package let id: Int16
        package let type: WireType
    }

    package let bytes: Bytes
    /// Of the next byte to read.
    package private(set) var offset = 0
    private var depthLeft: Int

    package init(_ bytes: Bytes, maximumDepth: Int = ReadLimits.default.depth) {
        self.bytes = bytes
        depthLeft = maximumDepth
    }

    private var remaining: Int { bytes.count - offset }

    // MARK: Structures and lists

    /// Reads one structure. `field` is called for each field and consumes or skips its value.
    package mutating func readStruct(
        _ field: (inout CompactReader, FieldHeader) throws(ParquetError) -> Void
    ) throws(ParquetError) {
        guard depthLeft > 0 else { throw .limit("Thrift structures nested too deep", at: offset) }
        depthLeft -= 1
        var lastID: Int16 = 0
        while let header = try nextField(after: lastID) {
            lastID = header.id
            try field(&self, header)
        }
        depthLeft += 1
    }

    private mutating func nextField(after lastID: Int16) throws(ParquetError) -> FieldHeader? {
        let start = offset
        let byte = try readByte()
        if byte == 0 { return nil }
        guard let type = WireType(rawValue: byte & 0x0F) else { throw .malformed("unknown Thrift type \(byte & 0x0F)", at: start) }
        let delta = Int16(byte >> 4)
        if delta != 0 { return FieldHeader(id: lastID &+ delta, type: type) }
        guard let id = Int16(exactly: try readZigzag()) else { throw .malformed("Thrift field id out of range", at: start) }
        return FieldHeader(id: id, type: type)
    }

    /// Reads a list whose elements `element` consumes one by one.
    package mutating func readList<Element>(
        _ header: FieldHeader,
        of type: WireType,
        _ element: (inout CompactReader) throws(ParquetError) -> Element
    ) throws(ParquetError) -> [Element] {
        let start = offset
        guard header.type == .list || header.type == .set else { throw mismatch(header) }
        let (elementType, count) = try readListHeader()
        guard count > 0 else { return [] }
        guard elementType == type else { throw .malformed("list of Thrift type \(elementType), not \(type)", at: start) }
        var elements: [Element] = []
        elements.reserveCapacity(min(count, 1024))
        for _ in 0..<count { elements.append(try element(&self)) }
        return elements
    }

    /// Booleans in a list take a byte each; writers disagree on which of the two types of a boolean the list has.
    package mutating func readBools(_ header: FieldHeader) throws(ParquetError) -> [Bool] {
        let start = offset
        guard header.type == .list || header.type == .set else { throw mismatch(header) }
        let (type, count) = try readListHeader()
        guard count > 0 else { return [] }
        guard type == .booleanTrue || type == .booleanFalse else { throw .malformed("list of Thrift type \(type), not of booleans", at: start) }
        var values: [Bool] = []
        values.reserveCapacity(min(count, 1024))
        for _ in 0..<count { values.append(try readByte() == 1) }
        return values
    }

    package mutating func readInt64s(_ header: FieldHeader) throws(ParquetError) -> [Int64] {
        try readList(header, of: .int64) { (reader) throws(ParquetError) in try reader.readZigzag() }
    }

    /// The elements share the reader's buffer.
    package mutating func readBinaries(_ header: FieldHeader) throws(ParquetError) -> [Bytes] {
        try readList(header, of: .binary) { (reader) throws(ParquetError) in try reader.readBinary() }
    }

    private mutating func readListHeader() throws(ParquetError) -> (WireType, count: Int) {
        let start = offset
        let byte = try readByte()
        var count = Int(byte >> 4)
        if count == 15 {
            let long = try readVarint()
            guard long <= UInt64(remaining) else { throw .truncated("list of \(long) elements", at: start) }
            count = Int(long)
        }
        guard count <= remaining else { throw .truncated("list of \(count) elements", at: start) }
        guard let type = WireType(rawValue: byte & 0x0F) else {
            // Some writers give an empty list the type 0.
            if count == 0 { return (.byte, 0) }
            throw .malformed("unknown Thrift type \(byte & 0x0F)", at: start)
        }
        return (type, count)
    }

    // MARK: Values

    package mutating func readBool(_ header: FieldHeader) throws(ParquetError) -> Bool {
        switch header.type {
        case .booleanTrue: true
        case .booleanFalse: false
        default: throw mismatch(header)
        }
    }

    /// An integer of any width.
    package mutating func readInt64(_ header: FieldHeader) throws(ParquetError) -> Int64 {
        switch header.type {
        case .int16, .int32, .int64: try readZigzag()
        case .byte: Int64(Int8(bitPattern: try readByte()))
        default: throw mismatch(header)
        }
    }

    package mutating func readInt32(_ header: FieldHeader) throws(ParquetError) -> Int32 {
        let start = offset
        guard let value = Int32(exactly: try readInt64(header)) else { throw .malformed("32-bit integer out of range", at: start) }
        return value
    }

    /// A length or count: an integer that must not be negative.
    package mutating func readCount(_ header: FieldHeader) throws(ParquetError) -> Int64 {
        let start = offset
        let value = try readInt64(header)
        guard value >= 0 else { throw .malformed("negative count", at: start) }
        return value
    }

    /// The same, of 32 bits.
    package mutating func readCount32(_ header: FieldHeader) throws(ParquetError) -> Int {
        let start = offset
        let value = try readCount(header)
        guard value <= Int32.max else { throw .malformed("a count of \(value) where 32 bits belong", at: start) }
        return Int(value)
    }

    package mutating func readBinary(_ header: FieldHeader) throws(ParquetError) -> Bytes {
        guard header.type == .binary else { throw mismatch(header) }
        return try readBinary()
    }

    package mutating func readString(_ header: FieldHeader) throws(ParquetError) -> String {
        guard header.type == .binary else { throw mismatch(header) }
        return try readString()
    }

    /// A list element.
    package mutating func readString() throws(ParquetError) -> String {
        let start = offset
        guard let text = try readBinary().utf8Text else { throw .malformed("text that is not UTF-8", at: start) }
        return text
    }

    /// A list element.
    package mutating func readInt32() throws(ParquetError) -> Int32 {
        let start = offset
        guard let value = Int32(exactly: try readZigzag()) else { throw .malformed("32-bit integer out of range", at: start) }
        return value
    }

    private mutating func readBinary() throws(ParquetError) -> Bytes {
        let start = offset
        let length = try readVarint()
        guard length <= UInt64(remaining) else { throw .truncated("binary of \(length) bytes", at: start) }
        let end = offset + Int(length)
        defer { offset = end }
        return bytes[offset..<end]
    }

    private mutating func readByte() throws(ParquetError) -> UInt8 {
        guard offset < bytes.count else { throw .truncated("Thrift structure", at: offset) }
        defer { offset += 1 }
        return bytes[offset]
    }

    private mutating func readVarint() throws(ParquetError) -> UInt64 {
        let start = offset
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = try readByte()
            guard shift < 63 || byte <= 1 else { throw .malformed("integer longer than 64 bits", at: start) }
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
            shift += 7
        }
    }

    private mutating func readZigzag() throws(ParquetError) -> Int64 {
        let raw = try readVarint()
        return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
    }

    private func mismatch(_ header: FieldHeader) -> ParquetError {
        .malformed("field \(header.id) has Thrift type \(header.type)", at: offset)
    }

    // MARK: Skipping

    /// Passes over the value of a field that nobody asked for.
    package mutating func skip(_ header: FieldHeader) throws(ParquetError) { try skip(header.type, inCollection: false) }

    private mutating func skip(_ type: WireType, inCollection: Bool) throws(ParquetError) {
        switch type {
        case .booleanTrue, .booleanFalse: if inCollection { _ = try readByte() }
        case .byte: _ = try readByte()
        case .int16, .int32, .int64: _ = try readVarint()
        case .double: try advance(8)
        case .uuid: try advance(16)
        case .binary: _ = try readBinary()
        case .structure:
            try readStruct { (reader, header) throws(ParquetError) in try reader.skip(header) }
        case .list, .set:
            let (element, count) = try readListHeader()
            try nested { (reader) throws(ParquetError) in
                for _ in 0..<count { try reader.skip(element, inCollection: true) }
            }
        case .map: try skipMap()
        }
    }

    private mutating func skipMap() throws(ParquetError) {
        let start = offset
        let count = try readVarint()
        guard count > 0 else { return }
        guard count <= UInt64(remaining) else { throw .truncated("map of \(count) entries", at: start) }
        let types = try readByte()
        guard let key = WireType(rawValue: types >> 4), let value = WireType(rawValue: types & 0x0F) else {
            throw .malformed("unknown Thrift type in a map", at: start)
        }
        try nested { (reader) throws(ParquetError) in
            for _ in 0..<count {
                try reader.skip(key, inCollection: true)
                try reader.skip(value, inCollection: true)
            }
        }
    }

    private mutating func nested(_ body: (inout CompactReader) throws(ParquetError) -> Void) throws(ParquetError) {
        guard depthLeft > 0 else { throw .limit("Thrift structures nested too deep", at: offset) }
        depthLeft -= 1
        try body(&self)
        depthLeft += 1
    }

    private mutating func advance(_ count: Int) throws(ParquetError) {
        guard count <= remaining else { throw .truncated("Thrift structure", at: offset) }
        offset += count
    }
}
