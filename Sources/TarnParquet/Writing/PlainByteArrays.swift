import TarnBase

/// Byte arrays in PLAIN form, one after the other: each behind its length (UInt32). Valid while the buffer is.
struct PlainByteArrays {
    let bytes: UnsafeRawBufferPointer
    /// How many values.
    let count: Int

    /// At most `limit` of them.
    func first(_ limit: Int) -> PlainByteArrays {
        guard count > limit, let base = bytes.baseAddress else { return self }
        var next = base
        for _ in 0..<limit { next += 4 &+ Int(next.loadUnaligned(as: UInt32.self)) }
        return PlainByteArrays(bytes: UnsafeRawBufferPointer(start: base, count: next - base), count: limit)
    }

    func encode(as encoding: Encoding, appendingTo output: inout ByteBuilder) {
        switch encoding {
        case .deltaLengthByteArray: DeltaByteArrayEncoding.encodeLengths(plain: bytes, count: count, appendingTo: &output)
        case .deltaByteArray: DeltaByteArrayEncoding.encodePrefixes(plain: bytes, count: count, appendingTo: &output)
        default: output.append(bytes)
        }
    }

    /// The hashes of a bloom filter.
    func hash(into hashes: Scratch<UInt64>) {
        guard var next = bytes.baseAddress else { return }
        let target = hashes.reserve(count)
        for index in 0..<count {
            let length = Int(next.loadUnaligned(as: UInt32.self))
            target[index] = SplitBlockBloomFilter.hash(UnsafeRawBufferPointer(start: next + 4, count: length))
            next += 4 &+ length
        }
        hashes.count += count
    }
}
