import TarnBase

/// Writes levels and dictionary indices in Parquet's run-length / bit-packed hybrid; the grammar is at the decoder.
///
/// Specification: Parquet, *Encodings*, "Run Length Encoding / Bit-Packing Hybrid (RLE = 3)".
enum RunLengthBitPackedEncoding {
    /// A bit-packed run of at most 63 groups has a header of one byte, which is all that some old readers expect.
    private static let groupsPerRun = 63

    /// The fewest bits that hold `maximum`, at least 1.
    static func bitWidth(for maximum: Int) -> Int { max(1, Int.bitWidth - maximum.leadingZeroBitCount) }

    /// Appends the runs of `values`, each below 2^bitWidth. The last bit-packed group is padded with zeros.
    static func encode<Value: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        _ values: UnsafeBufferPointer<Value>, bitWidth: Int, appendingTo output: inout ByteBuilder
    ) {
        precondition((1...32).contains(bitWidth))
        guard let base = values.baseAddress, !values.isEmpty else { return }
        output.append(upTo: bound(values.count, bitWidth)) { target in
            guard let start = target.baseAddress else { return 0 }
            return encode(base, values.count, bitWidth, into: start)
        }
    }

    /// Appends one run of `count` times `value`.
    static func encode(repeating value: UInt32, count: Int, bitWidth: Int, appendingTo output: inout ByteBuilder) {
        guard count > 0 else { return }
        output.append(upTo: 32) { target in
            guard let start = target.baseAddress else { return 0 }
            return writeRun(value, count, bitWidth, start) - start
        }
    }

    /// Every group of eight takes at most its packed bytes and a header, or a repeated run's header and value; then room
    /// for stores past the end.
    private static func bound(_ count: Int, _ bitWidth: Int) -> Int { (count / 8 + 2) * (bitWidth + 10) + 64 }

    private static func encode<Value: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        _ values: UnsafePointer<Value>, _ count: Int, _ bitWidth: Int, into start: UnsafeMutableRawPointer
    ) -> Int {
        // Leaving and re-entering a bit-packed run costs about 4 bytes; shorter repeats stay packed.
        let shortestRun = bitWidth == 1 ? 32 : bitWidth == 2 ? 16 : 8
        var out = start
        var packedFrom = 0
        var next = 0
        while next &+ 8 <= count {
            let first = values[next]
            var difference: Value = 0
            for offset in 1..<8 { difference |= values[next &+ offset] ^ first }
            guard difference == 0 else {
                next &+= 8
                continue
            }
            var end = next &+ 8
            while end < count, values[end] == first { end &+= 1 }
            guard end &- next >= shortestRun else {
                next = next &+ ((end &- next) & ~7)
                continue
            }
            out = writePacked(values + packedFrom, next &- packedFrom, bitWidth, out)
            out = writeRun(UInt32(truncatingIfNeeded: first), end &- next, bitWidth, out)
            packedFrom = end
            next = end
        }
        out = writePacked(values + packedFrom, count &- packedFrom, bitWidth, out)
        return out - start
    }

    private static func writePacked<Value: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        _ values: UnsafePointer<Value>, _ count: Int, _ bitWidth: Int, _ start: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        var out = start
        var source = values
        var left = count
        while left > 0 {
            let groups = min(groupsPerRun, (left &+ 7) / 8)
            let whole = min(groups, left / 8)
            out.storeBytes(of: UInt8(truncatingIfNeeded: groups &<< 1 | 1), as: UInt8.self)
            packBits(source, groups: whole, bitWidth: bitWidth, into: out + 1)
            if whole < groups {
                withUnsafeTemporaryAllocation(of: Value.self, capacity: 8) { padded in
                    padded.initialize(repeating: 0)
                    guard let base = padded.baseAddress else { return }
                    base.update(from: source + whole &* 8, count: left &- whole &* 8)
                    packBits(base, groups: 1, bitWidth: bitWidth, into: out + (1 &+ whole &* bitWidth))
                }
            }
            out += 1 &+ groups &* bitWidth
            source += min(left, groups &* 8)
            left &-= min(left, groups &* 8)
        }
        return out
    }

    private static func writeRun(
        _ value: UInt32, _ count: Int, _ bitWidth: Int, _ start: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        var out = start
        var header = UInt64(truncatingIfNeeded: count) &<< 1
        while header >= 0x80 {
            out.storeBytes(of: UInt8(truncatingIfNeeded: header) | 0x80, as: UInt8.self)
            out += 1
            header &>>= 7
        }
        out.storeBytes(of: UInt8(truncatingIfNeeded: header), as: UInt8.self)
        (out + 1).storeBytes(of: value.littleEndian, as: UInt32.self)
        return out + (1 &+ (bitWidth &+ 7) / 8)
    }
}
