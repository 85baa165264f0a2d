public import TarnBase

/// One bit a row, lowest bit of the first byte first, always beginning at bit 0.
///
/// As validity: 1 = there is a value, 0 = null. Bits behind the last row are unspecified.
public struct Bitmap: Sendable {
    public let bytes: Bytes
    public let count: Int

    /// - Precondition: `bytes` has room for `count` bits.
    public init(_ bytes: Bytes, count: Int) {
        precondition(count >= 0 && bytes.count >= (count + 7) / 8)
        self.bytes = bytes
        self.count = count
    }

    public init(repeating bit: Bool, count: Int) {
        let byteCount = (count + 7) / 8
        self.init(
            Bytes(unsafeUninitializedCapacity: byteCount) { buffer in
                buffer.initializeMemory(as: UInt8.self, repeating: bit ? 0xFF : 0)
                return byteCount
            }, count: count)
    }

    public init(_ bits: [Bool]) {
        var packed = [UInt8](repeating: 0, count: (bits.count + 7) / 8)
        for (index, bit) in bits.enumerated() where bit { packed[index >> 3] |= 1 << UInt8(index & 7) }
        self.init(Bytes(packed), count: bits.count)
    }

    @inlinable
    public subscript(index: Int) -> Bool {
        precondition(index >= 0 && index < count)
        return bytes[index &>> 3] & (1 &<< UInt8(truncatingIfNeeded: index & 7)) != 0
    }

    /// How many bits are 1.
    public var setCount: Int {
        bytes.withUnsafeBytes { buffer in
            let wholeWords = count / 64
            var sum = 0
            for word in 0..<wholeWords {
                sum &+= buffer.loadUnaligned(fromByteOffset: word &* 8, as: UInt64.self).nonzeroBitCount
            }
            for index in (wholeWords * 64)..<count where buffer[index >> 3] & (1 << UInt8(index & 7)) != 0 { sum += 1 }
            return sum
        }
    }

    /// The bits of `range`, moved to begin at bit 0. O(1) if it begins at a whole byte.
    public func slice(_ range: Range<Int>) -> Bitmap {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        let first = range.lowerBound >> 3
        let byteCount = (range.count + 7) / 8
        let shift = UInt8(range.lowerBound & 7)
        if shift == 0 { return Bitmap(bytes[first..<(first + byteCount)], count: range.count) }
        let moved = Bytes(unsafeUninitializedCapacity: byteCount) { target in
            bytes.withUnsafeBytes { source in
                for index in 0..<byteCount {
                    let low = source[first + index] >> shift
                    let next = first + index + 1
                    target[index] = low | (next < source.count ? source[next] << (8 - shift) : 0)
                }
            }
            return byteCount
        }
        return Bitmap(moved, count: range.count)
    }
}
