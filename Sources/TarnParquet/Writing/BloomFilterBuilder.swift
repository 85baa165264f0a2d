import Glibc
import TarnBase

/// Makes the bloom filter of a chunk whose values are all known.
enum BloomFilterBuilder {
    /// - Parameter hashes: Of the values, each any number of times; not empty.
    static func filter(of hashes: UnsafeBufferPointer<UInt64>, _ options: BloomFilterOptions) -> SplitBlockBloomFilter {
        let wanted = SplitBlockBloomFilter.blockCount(values: distinctCount(hashes), falsePositiveRate: options.falsePositiveRate)
        let limit = min(options.byteLimit, SplitBlockBloomFilter.maximumByteCount) / SplitBlockBloomFilter.bytesPerBlock
        var blocks = wanted
        while blocks > limit { blocks /= 2 }
        var filter = SplitBlockBloomFilter(blockCount: blocks)
        for hash in hashes { filter.insert(hash: hash) }
        return filter
    }

    /// How many different hashes there are, within a percent or so: linear counting in eight bits a value.
    private static func distinctCount(_ hashes: UnsafeBufferPointer<UInt64>) -> Int {
        let wordBits = max(0, Int.bitWidth - (hashes.count / 8).leadingZeroBitCount)
        var words = [UInt64](repeating: 0, count: 1 << wordBits)
        let shift = UInt64(64 - wordBits - 6)
        for hash in hashes {
            let bit = hash &>> shift
            words[Int(truncatingIfNeeded: bit &>> 6)] |= 1 &<< (bit & 63)
        }
        let empty = words.reduce(0) { $0 + (64 - $1.nonzeroBitCount) }
        let bits = Double(words.count * 64)
        return min(hashes.count, Int((-bits * log(Double(max(1, empty)) / bits)).rounded(.up)))
    }
}
