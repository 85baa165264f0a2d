import TarnBase

/// Decodes DELTA_BINARY_PACKED integers, a stretch at a time.
///
///     stream := blockSize miniblocksPerBlock valueCount first { block }      ULEB128 each, `first` zigzag
///     block  := minDelta (zigzag) bitWidths (one byte a miniblock) { miniblock }
///
/// Each value is the one before it plus `minDelta` plus its packed number; sums wrap. Miniblocks behind the last value may
/// be missing.
///
/// Specification: Parquet, *Encodings*, "Delta Encoding (DELTA_BINARY_PACKED = 5)".
struct DeltaBinaryPackedDecoder {
    private let bytes: Bytes
    /// Values that the stream announces.
    let valueCount: Int
    private var left: Int
    private let miniblockCount: Int
    private let valuesPerMiniblock: Int
    private var offset = 0
    private var last: Int64
    private var isAtFirst = true
    private var minDelta: Int64 = 0
    private var widthsOffset = 0
    private var miniblock: Int
    private var bitWidth = 0
    private var packedStart = 0
    private var takenOfMiniblock: Int

    init(_ bytes: Bytes) throws(ParquetError) {
        self.bytes = bytes
        var offset = 0
        let blockSize = try Self.readVarint(bytes, &offset)
        let miniblocks = try Self.readVarint(bytes, &offset)
        let count = try Self.readVarint(bytes, &offset)
        guard miniblocks > 0, miniblocks <= 1 << 16, blockSize <= 1 << 30, blockSize % miniblocks == 0,
            (blockSize / miniblocks) % 8 == 0, blockSize > 0
        else { throw .malformed("delta blocks of \(blockSize) values in \(miniblocks) miniblocks", at: 0) }
        guard count <= UInt64(Int32.max) else { throw .malformed("\(count) delta values", at: 0) }
        last = Self.zigzag(try Self.readVarint(bytes, &offset))
        valueCount = Int(count)
        left = Int(count)
        miniblockCount = Int(miniblocks)
        valuesPerMiniblock = Int(blockSize / miniblocks)
        miniblock = miniblockCount
        takenOfMiniblock = valuesPerMiniblock
        self.offset = offset
    }

    /// Writes the next `count` values, truncated to the width of `Value`.
    mutating func decode<Value: FixedWidthInteger>(
        count: Int, into target: UnsafeMutablePointer<Value>
    ) throws(ParquetError) {
        guard count <= left else { throw .truncated("\(count) delta values, \(left) left", at: offset) }
        left -= count
        var written = 0
        if isAtFirst, count > 0 {
            target[0] = Value(truncatingIfNeeded: last)
            isAtFirst = false
            written = 1
        }
        while written < count {
            if takenOfMiniblock == valuesPerMiniblock { try nextMiniblock() }
            let taken = min(valuesPerMiniblock - takenOfMiniblock, count - written)
            try requirePacked(takenOfMiniblock + taken)
            let base = bytes.unsafePointer + packedStart
            var value = last
            for index in 0..<taken {
                let packed = BitUnpacking.wide(base, width: bitWidth, at: (takenOfMiniblock &+ index) &* bitWidth)
                value = value &+ minDelta &+ Int64(bitPattern: packed)
                target[written &+ index] = Value(truncatingIfNeeded: value)
            }
            withExtendedLifetime(bytes) {}
            last = value
            takenOfMiniblock += taken
            written += taken
        }
    }

    /// Writes those picked of the next `count` values; the others are summed up alone.
    mutating func decode<Value: FixedWidthInteger>(
        count: Int, picking picks: Picks, into target: UnsafeMutablePointer<Value>
    ) throws(ParquetError) {
        guard count <= left else { throw .truncated("\(count) delta values, \(left) left", at: offset) }
        left -= count
        var passed = 0
        var next = 0
        if isAtFirst, count > 0 {
            isAtFirst = false
            passed = 1
            if next < picks.count, picks[next] == 0 {
                target[0] = Value(truncatingIfNeeded: last)
                next = 1
            }
        }
        while passed < count {
            if takenOfMiniblock == valuesPerMiniblock { try nextMiniblock() }
            let taken = min(valuesPerMiniblock - takenOfMiniblock, count - passed)
            try requirePacked(takenOfMiniblock + taken)
            let end = passed + taken
            while next < picks.count, picks[next] < end {
                advance(picks[next] &+ 1 &- passed)
                passed = picks[next] + 1
                target[next] = Value(truncatingIfNeeded: last)
                next &+= 1
            }
            advance(end - passed)
            passed = end
        }
    }

    /// Adds up the next `count` values of the miniblock.
    @inline(__always)
    private mutating func advance(_ count: Int) {
        var value = last &+ minDelta &* Int64(truncatingIfNeeded: count)
        if bitWidth > 0 {
            let base = bytes.unsafePointer + packedStart
            for index in 0..<count {
                value = value &+ Int64(bitPattern: BitUnpacking.wide(base, width: bitWidth, at: (takenOfMiniblock &+ index) &* bitWidth))
            }
            withExtendedLifetime(bytes) {}
        }
        last = value
        takenOfMiniblock &+= count
    }

    /// Where the stream ends, for encodings that put something behind it. Does not move the decoder.
    func endOffset() throws(ParquetError) -> Int {
        var walker = self
        var rest = valueCount - 1
        while rest > 0 {
            try walker.nextMiniblock()
            rest -= valuesPerMiniblock
            // The last miniblock that holds values is there in full; those behind it may be missing, and are when empty.
            walker.takenOfMiniblock = valuesPerMiniblock
        }
        return try walker.endOfMiniblock()
    }

    private func endOfMiniblock() throws(ParquetError) -> Int {
        if miniblock == miniblockCount, packedStart == 0 { return offset }
        let end = packedStart + valuesPerMiniblock / 8 * bitWidth
        guard end <= bytes.count else { throw .truncated("miniblock", at: packedStart) }
        return end
    }

    /// Only the values taken must be there: writers may cut the last miniblock short.
    private func requirePacked(_ values: Int) throws(ParquetError) {
        guard (values * bitWidth + 7) / 8 <= bytes.count - packedStart else { throw .truncated("miniblock", at: packedStart) }
    }

    private mutating func nextMiniblock() throws(ParquetError) {
        if packedStart > 0 { offset = packedStart + valuesPerMiniblock / 8 * bitWidth }
        if miniblock == miniblockCount {
            guard offset <= bytes.count else { throw .truncated("delta block", at: packedStart) }
            minDelta = Self.zigzag(try Self.readVarint(bytes, &offset))
            guard miniblockCount <= bytes.count - offset else { throw .truncated("bit widths of a delta block", at: offset) }
            widthsOffset = offset
            offset += miniblockCount
            miniblock = 0
        }
        guard offset <= bytes.count else { throw .truncated("miniblock", at: packedStart) }
        bitWidth = Int(bytes[widthsOffset + miniblock])
        guard bitWidth <= 64 else { throw .malformed("delta values of \(bitWidth) bits", at: widthsOffset + miniblock) }
        miniblock += 1
        packedStart = offset
        takenOfMiniblock = 0
    }

    private static func zigzag(_ raw: UInt64) -> Int64 { Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1) }

    private static func readVarint(_ bytes: Bytes, _ offset: inout Int) throws(ParquetError) -> UInt64 {
        let start = offset
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            guard offset < bytes.count else { throw .truncated("delta header", at: start) }
            let byte = bytes[offset]
            guard shift < 63 || byte <= 1 else { throw .malformed("integer longer than 64 bits", at: start) }
            offset += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
            shift += 7
        }
    }
}
