import TarnBase

extension CompactReader {
    /// Enters a list: how many elements of the type follow.
    @inline(__always)
    package mutating func enterList(_ header: FieldHeader, of type: WireType) throws(ParquetError) -> Int {
        let begin = next
        guard header.type.isList else { throw mismatch(header) }
        let (elementType, count) = try readListHeader()
        guard count == 0 || elementType == type else { throw invalid("list of Thrift type \(elementType), not \(type)", at: begin) }
        return count
    }

    /// Reads a list whose elements `element` consumes one by one.
    package mutating func readList<Element>(
        _ header: FieldHeader,
        of type: WireType,
        _ element: (inout CompactReader) throws(ParquetError) -> Element
    ) throws(ParquetError) -> [Element] {
        let count = try enterList(header, of: type)
        var elements: [Element] = []
        elements.reserveCapacity(min(count, 1024))
        for _ in 0..<count { elements.append(try element(&self)) }
        return elements
    }

    /// Booleans in a list take a byte each; writers disagree on which of the two types of a boolean the list has.
    package mutating func readBools(_ header: FieldHeader) throws(ParquetError) -> [Bool] {
        let begin = next
        guard header.type.isList else { throw mismatch(header) }
        let (type, count) = try readListHeader()
        guard count > 0 else { return [] }
        guard type == .booleanTrue || type == .booleanFalse else { throw invalid("list of Thrift type \(type), not of booleans", at: begin) }
        var values: [Bool] = []
        values.reserveCapacity(min(count, 1024))
        for _ in 0..<count { values.append(try readByte() == 1) }
        return values
    }

    /// The elements are slices of `bytes`, which the reader reads.
    mutating func readBinaries(_ header: FieldHeader, in bytes: Bytes) throws(ParquetError) -> [Bytes] {
        try readList(header, of: .binary) { (reader) throws(ParquetError) in bytes[try reader.readBinary()] }
    }

    package mutating func readInt64s(_ header: FieldHeader) throws(ParquetError) -> [Int64] {
        try readList(header, of: .int64) { (reader) throws(ParquetError) in try reader.readZigzag() }
    }

    /// Passes over what ``readInt64s(_:)`` reads.
    @inline(__always)
    mutating func skipInt64s(_ header: FieldHeader) throws(ParquetError) {
        for _ in 0..<(try enterList(header, of: .int64)) { _ = try readVarint() }
    }

    @inline(__always)
    mutating func readListHeader() throws(ParquetError) -> (WireType, count: Int) {
        let begin = next
        let byte = try readByte()
        let count = Int(byte &>> 4)
        if count < 15, count <= remaining { return (WireType(rawValue: byte & 0x0F), count) }
        return try apart { (reader) throws(ParquetError) in try reader.readLongListHeader(byte, at: begin) }
    }

    @inline(never)
    private mutating func readLongListHeader(_ byte: UInt8, at begin: UnsafeRawPointer) throws(ParquetError) -> (WireType, count: Int) {
        var count = UInt64(byte >> 4)
        if count == 15 { count = try readVarint() }
        guard count <= UInt64(remaining) else { throw truncated("list of \(count) elements", at: begin) }
        return (WireType(rawValue: byte & 0x0F), Int(count))
    }
}
