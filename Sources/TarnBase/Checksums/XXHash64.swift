/// XXH64 as published (github.com/Cyan4973/xxHash, *xxhash_spec*): the hash of zstd frames and of Parquet's bloom filters.
///
/// Streaming: `update` any number of times, then `finish()`; the pieces' borders do not matter.
package struct XXHash64: Sendable {
    private static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
    private static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
    private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
    private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
    private static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

    private let seed: UInt64
    private var lanes: SIMD4<UInt64>
    /// Bytes of an unfinished stripe of 32.
    private var pending = SIMD32<UInt8>()
    private var pendingCount = 0
    private var totalCount: UInt64 = 0

    package init(seed: UInt64 = 0) {
        self.seed = seed
        lanes = SIMD4(
            seed &+ Self.prime1 &+ Self.prime2, seed &+ Self.prime2, seed, seed &- Self.prime1)
    }

    package static func hash(_ bytes: UnsafeRawBufferPointer, seed: UInt64 = 0) -> UInt64 {
        var state = XXHash64(seed: seed)
        state.update(bytes)
        return state.finish()
    }

    package static func hash(_ bytes: Bytes, seed: UInt64 = 0) -> UInt64 {
        bytes.withUnsafeBytes { hash($0, seed: seed) }
    }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard var next = bytes.baseAddress else { return }
        var left = bytes.count
        totalCount &+= UInt64(left)
        if pendingCount > 0 {
            let taken = min(32 - pendingCount, left)
            withUnsafeMutableBytes(of: &pending) { $0.baseAddress.map { ($0 + pendingCount).copyMemory(from: next, byteCount: taken) } }
            pendingCount += taken
            next += taken
            left -= taken
            if pendingCount < 32 { return }
            withUnsafeBytes(of: pending) { stripe in stripe.baseAddress.map { consume($0) } }
            pendingCount = 0
        }
        while left >= 32 {
            consume(next)
            next += 32
            left -= 32
        }
        if left > 0 {
            withUnsafeMutableBytes(of: &pending) { $0.baseAddress?.copyMemory(from: next, byteCount: left) }
            pendingCount = left
        }
    }

    /// The hash of everything so far.
    package func finish() -> UInt64 {
        var hash = totalCount >= 32 ? converged() : seed &+ Self.prime5
        hash &+= totalCount
        withUnsafeBytes(of: pending) { tail in
            var offset = 0
            while offset + 8 <= pendingCount {
                hash ^= Self.round(0, tail.loadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian)
                hash = rotate(hash, 27) &* Self.prime1 &+ Self.prime4
                offset += 8
            }
            if offset + 4 <= pendingCount {
                hash ^= UInt64(tail.loadUnaligned(fromByteOffset: offset, as: UInt32.self).littleEndian) &* Self.prime1
                hash = rotate(hash, 23) &* Self.prime2 &+ Self.prime3
                offset += 4
            }
            while offset < pendingCount {
                hash ^= UInt64(tail[offset]) &* Self.prime5
                hash = rotate(hash, 11) &* Self.prime1
                offset += 1
            }
        }
        hash = (hash ^ (hash &>> 33)) &* Self.prime2
        hash = (hash ^ (hash &>> 29)) &* Self.prime3
        return hash ^ (hash &>> 32)
    }

    private mutating func consume(_ stripe: UnsafeRawPointer) {
        for lane in 0..<4 {
            let word = stripe.loadUnaligned(fromByteOffset: lane &* 8, as: UInt64.self).littleEndian
            lanes[lane] = Self.round(lanes[lane], word)
        }
    }

    private func converged() -> UInt64 {
        var hash = rotate(lanes[0], 1) &+ rotate(lanes[1], 7) &+ rotate(lanes[2], 12) &+ rotate(lanes[3], 18)
        for lane in 0..<4 { hash = (hash ^ Self.round(0, lanes[lane])) &* Self.prime1 &+ Self.prime4 }
        return hash
    }

    private static func round(_ lane: UInt64, _ word: UInt64) -> UInt64 {
        rotate(lane &+ word &* prime2, 31) &* prime1
    }
}

private func rotate(_ value: UInt64, _ count: UInt64) -> UInt64 {
    (value &<< count) | (value &>> (64 &- count))
}
