extension CompactReader {
    /// Passes over `count` bytes, 8 at most, if those that the mask selects are the pattern's, the first byte lowest: for the form
    /// that a structure nearly always has.
    @inline(__always)
    mutating func skip(_ count: Int, where pattern: UInt64, under mask: UInt64) -> Bool {
        guard count <= remaining, UInt64(littleEndian: next.loadUnaligned(as: UInt64.self)) & mask == pattern else { return false }
        next += count
        return true
    }

    /// Passes over the value of a field that nobody asked for.
    @inline(__always)
    package mutating func skip(_ header: FieldHeader) throws(ParquetError) {
        if header.type.isVarint {
            _ = try readVarint()
        } else if header.type == .binary {
            _ = try readBinary()
        } else {
            try apart { (reader) throws(ParquetError) in try reader.skip(header.type, inCollection: false) }
        }
    }

    @inline(never)
    private mutating func skip(_ type: WireType, inCollection: Bool) throws(ParquetError) {
        switch type {
        case .booleanTrue, .booleanFalse: if inCollection { _ = try readByte() }
        case .byte: _ = try readByte()
        case .int16, .int32, .int64: _ = try readVarint()
        case .double: try advance(8)
        case .uuid: try advance(16)
        case .binary: _ = try readBinary()
        case .structure:
            var last = try enterStruct()
            while let field = try nextField(&last) { try skip(field.type, inCollection: false) }
        case .list, .set:
            let (element, count) = try readListHeader()
            try descend()
            for _ in 0..<count { try skip(element, inCollection: true) }
            depthLeft += 1
        case .map: try skipMap()
        default: throw invalid("unknown Thrift type \(type)", at: next)
        }
    }

    private mutating func skipMap() throws(ParquetError) {
        let begin = next
        let count = try readVarint()
        guard count > 0 else { return }
        guard count <= UInt64(remaining) else { throw truncated("map of \(count) entries", at: begin) }
        let types = try readByte()
        try descend()
        for _ in 0..<count {
            try skip(WireType(rawValue: types >> 4), inCollection: true)
            try skip(WireType(rawValue: types & 0x0F), inCollection: true)
        }
        depthLeft += 1
    }

    private mutating func descend() throws(ParquetError) {
        guard depthLeft > 0 else { throw tooDeep() }
        depthLeft -= 1
    }

    private mutating func advance(_ count: Int) throws(ParquetError) {
        guard count <= remaining else { throw truncated() }
        next += count
    }
}
