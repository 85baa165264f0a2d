import TarnBase
import TarnColumns

/// What the levels of a stretch of a leaf column say. One byte a level: the schema's depth is limited far below 256.
enum LevelDecoding {
    /// Decodes `count` levels; each must be at most `maximum`.
    static func decode(
        _ decoder: inout RunLengthDecoder, count: Int, maximum: Int, into target: UnsafeMutablePointer<UInt8>
    ) throws(ParquetError) {
        try decoder.decode(count: count, into: target)
        var highest: UInt8 = 0
        for index in 0..<count { highest = max(highest, target[index]) }
        guard Int(highest) <= maximum else { throw .malformed("level \(highest), of at most \(maximum)") }
    }

    /// How many levels are at least `threshold`.
    static func count(_ levels: UnsafePointer<UInt8>, _ count: Int, atLeast threshold: Int) -> Int {
        let threshold = UInt8(truncatingIfNeeded: threshold)
        var sum = 0
        for index in 0..<count { sum &+= levels[index] >= threshold ? 1 : 0 }
        return sum
    }

    /// One bit a level: whether it is at least `threshold`.
    static func bitmap(_ levels: UnsafePointer<UInt8>, _ count: Int, atLeast threshold: Int) -> Bitmap {
        let threshold = UInt8(truncatingIfNeeded: threshold)
        let byteCount = (count + 7) / 8
        let bytes = Bytes(unsafeUninitializedCapacity: byteCount) { target in
            for byte in 0..<byteCount {
                var bits: UInt8 = 0
                for bit in 0..<min(8, count &- byte &* 8) {
                    bits |= (levels[byte &* 8 &+ bit] >= threshold ? 1 : 0) &<< UInt8(truncatingIfNeeded: bit)
                }
                target[byte] = bits
            }
            return byteCount
        }
        return Bitmap(bytes, count: count)
    }
}

extension RunLengthDecoder {
    /// Writes the next `count` levels, each at most `maximum`.
    mutating func decodeLevels(_ target: UnsafeMutablePointer<UInt8>, count: Int, maximum: Int) throws(ParquetError) {
        try LevelDecoding.decode(&self, count: count, maximum: maximum, into: target)
    }
}
