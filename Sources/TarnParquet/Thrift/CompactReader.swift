package import TarnBase

/// Reads Thrift's compact protocol: the encoding of Parquet's footer and page headers.
///
///     struct  := { field } 00
///     field   := header value; header = (id delta << 4 | type), or type alone and a zigzag id when the delta is not 1...15
///     integer := zigzag ULEB128
///     binary  := ULEB128 length, bytes
///     list    := (count << 4 | type), or (F0 | type) and a ULEB128 count; then the elements
///
/// ```swift
/// var last = try reader.enterStruct()
/// while let field = try reader.nextField(&last) {
///     switch field.key {
///     case 0x16: size = try reader.readInt64()
///     default: try reader.skip(field)
///     }
/// }
/// ```
///
/// A position in bytes that whoever made the reader keeps alive. It never leaves them: every length and count is held against
/// what is left, and every element of a list takes at least one byte, so that nothing is allocated beyond what the bytes hold.
/// Copies are independent; a loop over fields is fastest on a copy in a local variable.
///
/// Specification: Apache Thrift, *thrift-compact-protocol.md*.
package struct CompactReader {
    package struct FieldHeader {
        /// `id << 4 | type`, which reads well in hexadecimal: `0x3C` is field 3, a structure; `0x106` field 16, of 64 bits.
        /// Known to be sound only as far as it is one of those that are looked for.
        package let key: Int32

        package var id: Int16 { Int16(truncatingIfNeeded: key &>> 4) }
        package var type: WireType { WireType(rawValue: UInt8(truncatingIfNeeded: key & 0x0F)) }
    }

    private let start: UnsafeRawPointer
    let end: UnsafeRawPointer
    var next: UnsafeRawPointer
    var depthLeft: Int

    /// Reads `bytes` with `body`, which must not let the reader out.
    package static func read<Result>(
        _ bytes: Bytes, from offset: Int = 0, maximumDepth: Int = ReadLimits.default.depth,
        _ body: (inout CompactReader) throws(ParquetError) -> Result
    ) throws(ParquetError) -> Result {
        precondition((0...bytes.count).contains(offset))
        defer { withExtendedLifetime(bytes) {} }
        var reader = CompactReader(unsafe: bytes, from: offset, maximumDepth: maximumDepth)
        return try body(&reader)
    }

    /// - Precondition: `bytes` live as long as the reader is used; behind them lies the slack of ``TarnBase/Bytes``, which
    ///   integers are loaded from before they are held against the end.
    private init(unsafe bytes: Bytes, from offset: Int, maximumDepth: Int) {
        start = bytes.unsafePointer
        end = start + bytes.count
        next = start + offset
        depthLeft = maximumDepth
    }

    /// Reads with a copy: for what is not inlined, so that the reader itself can stay in registers.
    @inline(__always)
    mutating func apart<Result>(_ body: (inout CompactReader) throws(ParquetError) -> Result) throws(ParquetError) -> Result {
        var copy = self
        defer { self = copy }
        return try body(&copy)
    }

    /// Of the next byte to read.
    package var offset: Int { next - start }
    var remaining: Int { end - next }

    // MARK: Structures

    /// Enters a structure that is an element of a list, or the outermost: gives what ``nextField(_:)`` is to remember.
    @inline(__always)
    package mutating func enterStruct() throws(ParquetError) -> Int32 {
        guard depthLeft > 0 else { throw tooDeep() }
        depthLeft &-= 1
        return 0
    }

    /// Enters a structure that is the value of a field.
    @inline(__always)
    package mutating func enterStruct(_ header: FieldHeader) throws(ParquetError) -> Int32 {
        guard header.type == .structure else { throw mismatch(header) }
        return try enterStruct()
    }

    /// The next field's header, whose value is then to be read or skipped; nil, once, at the structure's end.
    @inline(__always)
    package mutating func nextField(_ last: inout Int32) throws(ParquetError) -> FieldHeader? {
        guard next < end else { throw truncated() }
        let byte = Int32(next.load(as: UInt8.self))
        if byte > 0x0F {
            next += 1
            last = (last & ~0x0F) &+ byte
            return FieldHeader(key: last)
        }
        if byte == 0 {
            next += 1
            depthLeft &+= 1
            return nil
        }
        last = try apart { (reader) throws(ParquetError) in try reader.readLongHeader() }
        return FieldHeader(key: last)
    }

    @inline(never)
    private mutating func readLongHeader() throws(ParquetError) -> Int32 {
        let start = offset
        let type = try readByte() & 0x0F
        guard let id = Int16(exactly: try readZigzag()) else { throw .malformed("Thrift field id out of range", at: start) }
        return Int32(id) << 4 | Int32(type)
    }

    /// Passes over the value of a field that nobody looks for.
    ///
    /// - Parameter known: Ids of those that are looked for: with another type, then, which is an error.
    @inline(__always)
    mutating func skip(_ header: FieldHeader, known: ClosedRange<Int16>) throws(ParquetError) {
        guard !known.contains(header.id) else { throw mismatch(header) }
        try skip(header)
    }

    // MARK: Values

    @inline(__always)
    package func readBool(_ header: FieldHeader) throws(ParquetError) -> Bool {
        if header.type == .booleanTrue { return true }
        guard header.type == .booleanFalse else { throw mismatch(header) }
        return false
    }

    /// An integer of any width.
    @inline(__always)
    package mutating func readInt64(_ header: FieldHeader) throws(ParquetError) -> Int64 {
        if header.type.isVarint { return try readZigzag() }
        guard header.type == .byte else { throw mismatch(header) }
        return Int64(Int8(bitPattern: try readByte()))
    }

    @inline(__always)
    package mutating func readInt32(_ header: FieldHeader) throws(ParquetError) -> Int32 {
        let start = next
        let value = try readInt64(header)
        guard let narrow = Int32(exactly: value) else { throw invalid("32-bit integer out of range", at: start) }
        return narrow
    }

    /// A length or count: an integer that must not be negative.
    @inline(__always)
    package mutating func readCount(_ header: FieldHeader) throws(ParquetError) -> Int64 {
        let start = next
        let value = try readInt64(header)
        guard value >= 0 else { throw invalid("negative count", at: start) }
        return value
    }

    /// The same, of 32 bits.
    @inline(__always)
    package mutating func readCount32(_ header: FieldHeader) throws(ParquetError) -> Int {
        let start = next
        let value = try readCount(header)
        guard value <= Int32.max else { throw invalid("a count of \(value) where 32 bits belong", at: start) }
        return Int(value)
    }

    /// Where its bytes lie, as offsets.
    @inline(__always)
    package mutating func readBinary(_ header: FieldHeader) throws(ParquetError) -> Range<Int> {
        guard header.type == .binary else { throw mismatch(header) }
        return try readBinary()
    }

    package mutating func readString(_ header: FieldHeader) throws(ParquetError) -> String {
        guard header.type == .binary else { throw mismatch(header) }
        return try readString()
    }

    // MARK: Values whose type is known: elements of lists, and of fields told by their key

    @inline(__always)
    package mutating func readInt64() throws(ParquetError) -> Int64 { try readZigzag() }

    /// A length or count: not negative.
    @inline(__always)
    package mutating func readCount() throws(ParquetError) -> Int64 {
        let start = next
        let value = try readZigzag()
        guard value >= 0 else { throw invalid("negative count", at: start) }
        return value
    }

    @inline(__always)
    package mutating func readInt32() throws(ParquetError) -> Int32 {
        let start = next
        let value = try readZigzag()
        guard let narrow = Int32(exactly: value) else { throw invalid("32-bit integer out of range", at: start) }
        return narrow
    }

    @inline(__always)
    mutating func readBinary() throws(ParquetError) -> Range<Int> {
        let start = next
        let length = try readVarint()
        guard length <= UInt64(bitPattern: Int64(remaining)) else { throw truncated("binary of \(length) bytes", at: start) }
        let lower = offset
        next += Int(length)
        return lower..<offset
    }

    package mutating func readString() throws(ParquetError) -> String {
        let begin = next
        let range = try readBinary()
        let text = UnsafeRawBufferPointer(start: start + range.lowerBound, count: range.count)
        guard isUTF8(range) else { throw invalid("text that is not UTF-8", at: begin) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Passes over text: it is UTF-8.
    @inline(__always)
    mutating func skipString() throws(ParquetError) {
        let begin = next
        let range = try readBinary()
        guard isUTF8(range) else { throw invalid("text that is not UTF-8", at: begin) }
    }

    @inline(__always)
    private func isUTF8(_ range: Range<Int>) -> Bool {
        // Most names are ASCII. The slack behind all bytes lets the last of them be loaded as 8.
        var seen: UInt64 = 0
        var position = start + range.lowerBound
        var left = range.count
        while left > 8 {
            seen |= position.loadUnaligned(as: UInt64.self)
            position += 8
            left &-= 8
        }
        if left > 0 { seen |= UInt64(littleEndian: position.loadUnaligned(as: UInt64.self)) &<< UInt64(truncatingIfNeeded: (8 &- left) &* 8) }
        return seen & 0x8080_8080_8080_8080 == 0 || UTF8Validation.isValid(start + range.lowerBound, range.count)
    }

    @inline(__always)
    mutating func readByte() throws(ParquetError) -> UInt8 {
        guard next < end else { throw truncated() }
        defer { next += 1 }
        return next.load(as: UInt8.self)
    }

    // MARK: Errors, out of the way

    @inline(never)
    func truncated() -> ParquetError { .truncated("Thrift structure", at: offset) }

    @inline(never)
    func truncated(_ message: @autoclosure () -> String, at position: UnsafeRawPointer) -> ParquetError { .truncated(message(), at: position - start) }

    @inline(never)
    func invalid(_ message: @autoclosure () -> String, at position: UnsafeRawPointer) -> ParquetError { .malformed(message(), at: position - start) }

    @inline(never)
    func mismatch(_ header: FieldHeader) -> ParquetError { .malformed("field \(header.id) has Thrift type \(header.type)", at: offset) }

    @inline(never)
    func tooDeep() -> ParquetError { .limit("Thrift structures nested too deep", at: offset) }
}
