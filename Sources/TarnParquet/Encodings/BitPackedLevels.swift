import TarnBase

/// Levels in BIT_PACKED, the encoding that RLE replaced: all of one width, without runs, *highest* bit of a byte first.
///
/// Specification: Parquet, *Encodings*, "Bit-packed (Deprecated) (BIT_PACKED = 4)".
enum BitPackedLevels {
    /// The same levels as one bit-packed run of the hybrid encoding, where the lowest bit comes first.
    ///
    /// - Parameters:
    ///   - bytes: `count` levels of `width` bits, 1...8.
    static func runs(_ bytes: Bytes, width: Int, count: Int) -> Bytes {
        let groups = (count + 7) / 8
        var output = ByteBuilder(capacity: groups * width + 8)
        var header = UInt64(groups) << 1 | 1
        while header >= 0x80 {
            output.append(UInt8(truncatingIfNeeded: header) | 0x80)
            header >>= 7
        }
        output.append(UInt8(header))
        let packed = [UInt8](unsafeUninitializedCapacity: groups * width) { target, initialized in
            target.initialize(repeating: 0)
            bytes.withUnsafeBytes { source in
                for position in 0..<(count * width) where source[position >> 3] & (0x80 >> UInt8(position & 7)) != 0 {
                    // Within a value the bits are in reverse: its highest one was first.
                    let moved = position / width * width + (width - 1 - position % width)
                    target[moved >> 3] |= 1 << UInt8(moved & 7)
                }
            }
            initialized = groups * width
        }
        output.append(packed)
        return output.finish()
    }
}
