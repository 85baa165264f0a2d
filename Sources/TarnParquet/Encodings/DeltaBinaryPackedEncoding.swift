import TarnBase

/// Writes integers as DELTA_BINARY_PACKED; the grammar is at the decoder. Blocks of 128 values in four miniblocks, as every
/// known writer has them.
///
/// Specification: Parquet, *Encodings*, "Delta Encoding (DELTA_BINARY_PACKED = 5)".
enum DeltaBinaryPackedEncoding {
    private static let blockValues = 128
    private static let miniblockValues = 32
    private static let miniblocks = blockValues / miniblockValues

    /// Appends the stream of `values`. Differences wrap at the width of the values, so that none takes more bits than they do.
    static func encode(_ values: UnsafeBufferPointer<Int32>, appendingTo output: inout ByteBuilder) {
        encode(values, as: UInt32.self, appendingTo: &output)
    }

    static func encode(_ values: UnsafeBufferPointer<Int64>, appendingTo output: inout ByteBuilder) {
        encode(values, as: UInt64.self, appendingTo: &output)
    }

    @inline(__always)
    private static func encode<Value: FixedWidthInteger & SignedInteger & BitwiseCopyable, Packed: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        _ values: UnsafeBufferPointer<Value>, as packed: Packed.Type, appendingTo output: inout ByteBuilder
    ) {
        output.append(varint: UInt64(blockValues))
        output.append(varint: UInt64(miniblocks))
        output.append(varint: UInt64(values.count))
        guard let base = values.baseAddress, !values.isEmpty else { return output.append(varint: 0) }
        output.append(zigzag: Int64(base[0]))
        // A block: its least difference, the widths, at most the bytes of its values; then room for stores past the end.
        let blocks = (values.count + blockValues - 2) / blockValues
        output.append(upTo: blocks * (10 + miniblocks + blockValues * MemoryLayout<Value>.size) + 64) { target in
            guard let start = target.baseAddress else { return 0 }
            var out = start
            withUnsafeTemporaryAllocation(of: Packed.self, capacity: blockValues + 8) { differences in
                guard let room = differences.baseAddress else { return }
                var next = 1
                while next < values.count {
                    let count = min(blockValues, values.count &- next)
                    out = writeBlock(base + next, count, Value.self, room, out)
                    next &+= count
                }
            }
            return out - start
        }
    }

    /// One block; `values[-1]` is the value before its first.
    @inline(__always)
    private static func writeBlock<Value: FixedWidthInteger & SignedInteger & BitwiseCopyable, Packed: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        _ values: UnsafePointer<Value>, _ count: Int, _ type: Value.Type, _ room: UnsafeMutablePointer<Packed>,
        _ start: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        var least = Value.max
        for index in 0..<count {
            let difference = values[index] &- values[index &- 1]
            room[index] = Packed(truncatingIfNeeded: difference)
            least = difference < least ? difference : least
        }
        let base = Packed(truncatingIfNeeded: least)
        for index in 0..<count { room[index] = room[index] &- base }
        // The last miniblock is filled up with zeros.
        let padded = (count &+ miniblockValues &- 1) / miniblockValues &* miniblockValues
        for index in count..<padded { room[index] = 0 }

        var out = store(zigzag: Int64(least), at: start)
        let widths = out
        out.storeBytes(of: 0, as: UInt32.self)
        out += miniblocks
        for miniblock in 0..<(padded / miniblockValues) {
            let source = room + miniblock &* miniblockValues
            var all: Packed = 0
            for index in 0..<miniblockValues { all |= source[index] }
            let width = Packed.bitWidth &- all.leadingZeroBitCount
            widths.storeBytes(of: UInt8(truncatingIfNeeded: width), toByteOffset: miniblock, as: UInt8.self)
            if width > 32 {
                packWide(source, count: miniblockValues, bitWidth: width, into: out)
            } else if width > 0 {
                packBits(source, groups: miniblockValues / 8, bitWidth: width, into: out)
            }
            out += miniblockValues / 8 &* width
        }
        return out
    }

    private static func store(zigzag value: Int64, at start: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
        var rest = UInt64(bitPattern: (value &<< 1) ^ (value &>> 63))
        var out = start
        while rest >= 0x80 {
            out.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, as: UInt8.self)
            out += 1
            rest &>>= 7
        }
        out.storeBytes(of: UInt8(truncatingIfNeeded: rest), as: UInt8.self)
        return out + 1
    }

    /// Widths of 33...64 bits. `count` is a multiple of 8, so the last word ends at a byte.
    private static func packWide<Packed: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        _ source: UnsafePointer<Packed>, count: Int, bitWidth: Int, into start: UnsafeMutableRawPointer
    ) {
        var out = start
        var pending: UInt64 = 0
        var filled = 0
        for index in 0..<count {
            let value = UInt64(truncatingIfNeeded: source[index])
            pending |= value &<< UInt64(truncatingIfNeeded: filled)
            filled &+= bitWidth
            guard filled >= 64 else { continue }
            out.storeBytes(of: pending, as: UInt64.self)
            out += 8
            filled &-= 64
            // The value's bits that the word had no room for.
            pending = filled == 0 ? 0 : value &>> UInt64(truncatingIfNeeded: bitWidth &- filled)
        }
        if filled > 0 { out.storeBytes(of: pending, as: UInt64.self) }
    }
}

extension ByteBuilder {
    /// ULEB128.
    mutating func append(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }

    mutating func append(zigzag value: Int64) { append(varint: UInt64(bitPattern: (value &<< 1) ^ (value &>> 63))) }
}
