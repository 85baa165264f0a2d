extension CompactReader {
    @inline(__always)
    mutating func readZigzag() throws(ParquetError) -> Int64 {
        let raw = try readVarint()
        return Int64(bitPattern: raw &>> 1) ^ (0 &- Int64(bitPattern: raw & 1))
    }

    /// ULEB128 of at most 64 bits.
    @inline(__always)
    mutating func readVarint() throws(ParquetError) -> UInt64 {
        guard next < end else { throw truncated() }
        // May reach into the slack behind the bytes: at most 8 bytes beyond the end, which are not looked at then.
        let word = UInt64(littleEndian: next.loadUnaligned(as: UInt64.self))
        if word & 0x80 == 0 {
            next += 1
            return word & 0x7F
        }
        let stops = ~word & 0x8080_8080_8080_8080
        guard stops != 0 else {
            return try apart { (reader) throws(ParquetError) in try reader.readLongVarint() }
        }
        let length = stops.trailingZeroBitCount &>> 3 &+ 1
        guard length <= remaining else { throw cutVarint() }
        next += length
        // Up to the first byte without the continuation bit; then 7 bits of each byte are moved together.
        var value = word & (stops ^ (stops &- 1)) & 0x7F7F_7F7F_7F7F_7F7F
        value = (value & 0x007F_007F_007F_007F) | (value & 0x7F00_7F00_7F00_7F00) &>> 1
        value = (value & 0x0000_3FFF_0000_3FFF) | (value & 0x3FFF_0000_3FFF_0000) &>> 2
        return (value & 0x0FFF_FFFF) | (value & 0x0FFF_FFFF_0000_0000) &>> 4
    }

    /// Of 9 or 10 bytes, or too long.
    @inline(never)
    private mutating func readLongVarint() throws(ParquetError) -> UInt64 {
        let begin = next
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = try readByte()
            guard shift < 63 || byte <= 1 else { throw invalid("integer longer than 64 bits", at: begin) }
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
            shift += 7
        }
    }

    @inline(never)
    private func cutVarint() -> ParquetError { truncated("Thrift structure", at: end) }
}
