package import TarnBase

/// Decodes levels, dictionary indices and booleans from Parquet's run-length / bit-packed hybrid, a stretch at a time.
///
///     run       := header body
///     header    := ULEB128 integer; lowest bit 1 = bit-packed, 0 = repeated; the rest is `n`, at least 1
///     repeated  := one little-endian value in ceil(bitWidth / 8) bytes, standing for n values
///     bitPacked := n groups of 8 values of bitWidth bits, lowest bits first
///
/// Example, width 3: `03 88 C6 FA` is one group, 0 1 2 3 4 5 6 7.
///
/// A bit-packed run holds whole groups, so the last one may carry padding; the last run may also break off early, as long
/// as the values asked for are there.
///
/// Specification: Parquet, *Encodings*, "Run Length Encoding / Bit-Packing Hybrid (RLE = 3)".
package struct RunLengthDecoder {
    private let bytes: Bytes
    private let bitWidth: Int
    /// Of the next run's header.
    private var offset = 0
    /// Values not yet taken from the current run.
    private var left = 0
    /// The current run's value, or nil while it is bit-packed.
    private var repeated: UInt32?
    /// Where the current bit-packed run begins, and how many of its values are taken.
    private var packedStart = 0
    private var packedTaken = 0

    /// - Parameters:
    ///   - bytes: The runs alone. Where a page stores their length in front, the caller has removed it.
    ///   - bitWidth: 0...32. At 0 all values are 0 and `bytes` is not read.
    package init(_ bytes: Bytes, bitWidth: Int) {
        precondition((0...32).contains(bitWidth))
        self.bytes = bytes
        self.bitWidth = bitWidth
        if bitWidth == 0 {
            left = .max
            repeated = 0
        }
    }

    /// Writes the next `count` values to `target`.
    /// - Throws: `truncated` or `malformed`; the offset counts from the start of the runs.
    package mutating func decode<Value: FixedWidthInteger>(
        count: Int, into target: UnsafeMutablePointer<Value>
    ) throws(ParquetError) {
        var output = target
        var wanted = count
        while wanted > 0 {
            if left == 0 { try nextRun() }
            let taken = min(left, wanted)
            if let repeated {
                output.update(repeating: Value(truncatingIfNeeded: repeated), count: taken)
            } else {
                let start = bytes.unsafePointer + packedStart
                BitUnpacking.unpack(start, width: bitWidth, from: packedTaken, count: taken, into: output)
                packedTaken += taken
            }
            withExtendedLifetime(bytes) {}
            output += taken
            wanted -= taken
            left -= taken
        }
    }

    /// Writes those picked of the next `count` values. A run of one value without a pick costs nothing, whatever its length.
    /// - Throws: As ``decode(count:into:)``.
    package mutating func decode<Value: FixedWidthInteger>(
        count: Int, picking picks: Picks, into target: UnsafeMutablePointer<Value>
    ) throws(ParquetError) {
        var passed = 0
        var next = 0
        while passed < count {
            if left == 0 { try nextRun() }
            let taken = min(left, count - passed)
            let end = passed + taken
            if let repeated {
                while next < picks.count, picks[next] < end {
                    target[next] = Value(truncatingIfNeeded: repeated)
                    next &+= 1
                }
            } else {
                let start = bytes.unsafePointer + packedStart
                let before = packedTaken - passed
                while next < picks.count, picks[next] < end {
                    target[next] = Value(truncatingIfNeeded: BitUnpacking.wide(start, width: bitWidth, at: (picks[next] &+ before) &* bitWidth))
                    next &+= 1
                }
                packedTaken += taken
            }
            withExtendedLifetime(bytes) {}
            left -= taken
            passed = end
        }
    }

    /// Writes the next `count` values, each one bit, behind bit `position` of `bits`; returns how many are 1.
    ///
    /// A bit-packed run of width 1 *is* a bitmap: it is copied a word at a time.
    /// - Precondition: the width is 1, or 0; `bits` has eight bytes of room behind the last bit.
    package mutating func decodeBits(
        count: Int, into bits: UnsafeMutableRawPointer, at position: Int
    ) throws(ParquetError) -> Int {
        precondition(bitWidth <= 1)
        var position = position
        var wanted = count
        var ones = 0
        while wanted > 0 {
            if left == 0 { try nextRun() }
            let taken = min(left, wanted)
            if let repeated {
                BitCopy.fill(bits, at: position, count: taken, with: repeated & 1 != 0)
                ones += repeated & 1 != 0 ? taken : 0
            } else {
                ones += BitCopy.copy(bytes.unsafePointer + packedStart, from: packedTaken, count: taken, to: bits, at: position)
                packedTaken += taken
            }
            withExtendedLifetime(bytes) {}
            position += taken
            wanted -= taken
            left -= taken
        }
        return ones
    }

    private mutating func nextRun() throws(ParquetError) {
        let start = offset
        let header = try readHeader()
        let length = Int(header >> 1)
        // A run of no values would let a hostile page keep us here without making progress.
        guard length > 0 else { throw .malformed("run of no values", at: start) }
        if header & 1 == 0 {
            let width = (bitWidth + 7) / 8
            guard width <= bytes.count - offset else { throw .truncated("repeated value", at: start) }
            var value: UInt32 = 0
            for index in 0..<width { value |= UInt32(bytes[offset + index]) << UInt32(8 * index) }
            guard bitWidth == 32 || value >> UInt32(bitWidth) == 0 else {
                throw .malformed("repeated value \(value) has more than \(bitWidth) bits", at: start)
            }
            offset += width
            repeated = value
            left = length
        } else {
            // At most 2^31 groups of at most 32 bytes: no overflow.
            let byteCount = min(length * bitWidth, bytes.count - offset)
            left = min(length * 8, byteCount * 8 / bitWidth)
            guard left > 0 else { throw .truncated("bit-packed run of \(length) groups", at: start) }
            repeated = nil
            packedStart = offset
            packedTaken = 0
            offset += byteCount
        }
    }

    private mutating func readHeader() throws(ParquetError) -> UInt32 {
        let start = offset
        var value: UInt32 = 0
        var shift: UInt32 = 0
        while true {
            guard offset < bytes.count else { throw .truncated("run header", at: start) }
            let byte = bytes[offset]
            guard shift < 28 || byte <= 0x0F else { throw .malformed("run header longer than 32 bits", at: start) }
            offset += 1
            value |= UInt32(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
            shift += 7
        }
    }
}
