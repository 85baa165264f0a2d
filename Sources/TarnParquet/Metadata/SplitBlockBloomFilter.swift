import Glibc
package import TarnBase

/// A set of values of a column chunk that may claim to hold values it does not, never the other way.
///
///     filter := header (Thrift) blocks         of 32 bytes each
///
/// A value's hash is XXH64 (seed 0) of its PLAIN form, without length prefix: see ``hash(_:)``.
///
/// Specification: Parquet, *Bloom Filter*.
package struct SplitBlockBloomFilter: Hashable, Sendable {
    package static let bytesPerBlock = 32
    /// What a filter may occupy: the specification's limit.
    package static let maximumByteCount = 128 << 20

    /// Eight words a block.
    private var words: [UInt32]

    /// An empty filter.
    ///
    /// - Parameter blockCount: Of 32 bytes each; ``blockCount(values:falsePositiveRate:)`` tells how many are needed.
    package init(blockCount: Int) {
        precondition(blockCount > 0 && blockCount <= Self.maximumByteCount / Self.bytesPerBlock)
        words = [UInt32](repeating: 0, count: blockCount * 8)
    }

    package var blockCount: Int { words.count / 8 }

    /// The least power of two of blocks with which a filter of `values` distinct values is wrong at most so often.
    package static func blockCount(values: Int, falsePositiveRate: Double) -> Int {
        precondition(falsePositiveRate > 0 && falsePositiveRate < 1)
        // One bit of each of a block's 8 words is set for a value: rate = (1 - e^(-8 values / bits))^8.
        let bits = -8 * Double(max(1, values)) / log(1 - pow(falsePositiveRate, 1.0 / 8))
        var count = 1
        while Double(count * Self.bytesPerBlock * 8) < bits, count < Self.maximumByteCount / Self.bytesPerBlock { count *= 2 }
        return count
    }

    package static func hash(_ plain: UnsafeRawBufferPointer) -> UInt64 { XXHash64.hash(plain) }
    package static func hash(_ plain: Bytes) -> UInt64 { XXHash64.hash(plain) }

    package mutating func insert(hash: UInt64) {
        let first = Self.firstWord(hash, blockCount)
        let masks = Self.masks(hash)
        words.withUnsafeMutableBufferPointer { words in
            for index in 0..<8 { words[first &+ index] |= masks[index] }
        }
    }

    /// false: no value with this hash was inserted.
    package func mayContain(hash: UInt64) -> Bool {
        let first = Self.firstWord(hash, blockCount)
        let masks = Self.masks(hash)
        for index in 0..<8 where words[first + index] & masks[index] != masks[index] { return false }
        return true
    }

    private static let salts = SIMD8<UInt32>(
        0x47B6_137B, 0x4497_4D91, 0x8824_AD5B, 0xA2B7_289D, 0x7054_95C7, 0x2DF1_424B, 0x9EFC_4947, 0x5C6B_FB31)

    private static func firstWord(_ hash: UInt64, _ blockCount: Int) -> Int {
        Int(truncatingIfNeeded: ((hash &>> 32) &* UInt64(truncatingIfNeeded: blockCount)) &>> 32) &* 8
    }

    /// One bit of each word of the block.
    private static func masks(_ hash: UInt64) -> SIMD8<UInt32> {
        let key = SIMD8<UInt32>(repeating: UInt32(truncatingIfNeeded: hash))
        return SIMD8<UInt32>(repeating: 1) &<< ((key &* salts) &>> 27)
    }

    // MARK: Bytes

    /// What stands in front of the blocks.
    package struct Header: Hashable, Sendable {
        /// Of the blocks.
        package let byteCount: Int
        /// Of this header.
        package let headerByteCount: Int

        /// - Throws: `truncated` when `bytes` do not hold all of it; `unsupported` for another algorithm, hash or compression.
        package init(decoding bytes: Bytes, limits: ReadLimits = .default) throws(ParquetError) {
            let (count, members, end) = try CompactReader.read(bytes, maximumDepth: limits.depth) { (reader) throws(ParquetError) in
                var count: Int64 = 0
                var members: [Int16] = [0, 0, 0]
                var last = try reader.enterStruct()
                while let header = try reader.nextField(&last) {
                    switch header.id {
                    case 1: count = try reader.readInt64(header)
                    case 2, 3, 4:
                        let slot = Int(header.id) - 2
                        var last = try reader.enterStruct(header)
                        while let member = try reader.nextField(&last) {
                            members[slot] = member.id
                            try reader.skip(member)
                        }
                    default: try reader.skip(header)
                    }
                }
                return (count, members, reader.offset)
            }
            guard members == [1, 1, 1] else { throw .unsupported("a bloom filter of another kind than split blocks of XXH64, uncompressed") }
            guard count > 0, count % Int64(SplitBlockBloomFilter.bytesPerBlock) == 0 else { throw .malformed("a bloom filter of \(count) bytes") }
            guard count <= Int64(SplitBlockBloomFilter.maximumByteCount) else { throw .limit("a bloom filter of \(count) bytes") }
            byteCount = Int(count)
            headerByteCount = end
        }
    }

    /// - Parameter bytes: Header and blocks; what follows is left alone.
    package init(decoding bytes: Bytes, limits: ReadLimits = .default) throws(ParquetError) {
        let header = try Header(decoding: bytes, limits: limits)
        guard header.byteCount <= bytes.count - header.headerByteCount else { throw .truncated("a bloom filter of \(header.byteCount) bytes") }
        let blocks = bytes[header.headerByteCount..<(header.headerByteCount + header.byteCount)]
        // Blocks need not lie at an address that words may have.
        words = [UInt32](unsafeUninitializedCapacity: header.byteCount / 4) { target, count in
            blocks.withUnsafeBytes { UnsafeMutableRawBufferPointer(target).copyMemory(from: $0) }
            count = header.byteCount / 4
        }
    }

    /// Header and blocks.
    package func encoded() -> Bytes {
        var writer = CompactWriter(capacity: 32)
        writer.writeStruct { writer in
            writer.write(1, Int32(words.count * 4))
            for member in Int16(2)...4 { writer.writeStruct(member) { $0.writeStruct(1) { _ in } } }
        }
        var output = ByteBuilder(capacity: words.count * 4 + 32)
        output.append(writer.finish())
        words.withUnsafeBytes { output.append($0) }
        return output.finish()
    }
}
