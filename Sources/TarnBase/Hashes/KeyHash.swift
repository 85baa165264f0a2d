/// Fast seeded hashes of raw bytes for tables in memory, after wyhash: 16 bytes a multiplication, the halves of the product
/// folded together.
///
/// For memory only: the values may change with any version of Tarn, so they are never stored and choose no bucket, file
/// or order that lasts. All secrets derive from the seed, so who does not know the seed cannot prepare collisions.
///
/// The 128-bit form is two such hashes under unrelated secrets; for n different keys the chance that any two agree is
/// about n² / 2¹²⁹.
@frozen
package struct KeyHash: Sendable {
    @usableFromInline let low: Secrets
    @usableFromInline let high: Secrets

    @frozen @usableFromInline
    struct Secrets: Sendable {
        @usableFromInline let start: UInt64
        @usableFromInline let first: UInt64
        @usableFromInline let second: UInt64
        @usableFromInline let third: UInt64

        init(_ state: inout UInt64) {
            start = Secrets.next(&state)
            // Odd, so that no secret is zero.
            first = Secrets.next(&state) | 1
            second = Secrets.next(&state) | 1
            third = Secrets.next(&state) | 1
        }

        /// SplitMix64.
        private static func next(_ state: inout UInt64) -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var word = state
            word = (word ^ (word &>> 30)) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ (word &>> 27)) &* 0x94D0_49BB_1331_11EB
            return word ^ (word &>> 31)
        }
    }

    package init(seed: UInt64) {
        var state = seed
        low = Secrets(&state)
        high = Secrets(&state)
    }

    /// The 64-bit hash of the `count` bytes at `bytes`. Reads nothing else.
    @inlinable
    package func hash64(_ bytes: UnsafeRawPointer, count: Int) -> UInt64 {
        KeyHash.hash(bytes, count, low)
    }

    /// The 128-bit hash of the `count` bytes at `bytes`; its low half is the 64-bit one.
    @inlinable
    package func hash128(_ bytes: UnsafeRawPointer, count: Int) -> (low: UInt64, high: UInt64) {
        (KeyHash.hash(bytes, count, low), KeyHash.hash(bytes, count, high))
    }

    /// The hash of a value that fits a word.
    @inlinable
    package func hash64(_ word: UInt64) -> UInt64 {
        KeyHash.fold(KeyHash.fold(word ^ low.first, low.start) ^ low.third, low.second)
    }

    @inlinable @inline(__always)
    static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }

    @inlinable @inline(__always)
    static func hash(_ bytes: UnsafeRawPointer, _ count: Int, _ secrets: Secrets) -> UInt64 {
        var state = secrets.start
        let a: UInt64
        let b: UInt64
        if count <= 16 {
            if count >= 4 {
                // Two overlapping pairs of words cover 4...16 bytes.
                let step = (count &>> 3) &<< 2
                a = word4(bytes) &<< 32 | word4(bytes + step)
                b = word4(bytes + (count &- 4)) &<< 32 | word4(bytes + (count &- 4 &- step))
            } else if count > 0 {
                let first = UInt64(bytes.load(as: UInt8.self))
                let middle = UInt64(bytes.load(fromByteOffset: count &>> 1, as: UInt8.self))
                let last = UInt64(bytes.load(fromByteOffset: count &- 1, as: UInt8.self))
                a = first &<< 16 | middle &<< 8 | last
                b = 0
            } else {
                a = 0
                b = 0
            }
        } else {
            var next = bytes
            var left = count
            if left > 48 {
                var state1 = state
                var state2 = state
                repeat {
                    state = fold(word8(next) ^ secrets.first, word8(next + 8) ^ state)
                    state1 = fold(word8(next + 16) ^ secrets.second, word8(next + 24) ^ state1)
                    state2 = fold(word8(next + 32) ^ secrets.third, word8(next + 40) ^ state2)
                    next += 48
                    left &-= 48
                } while left > 48
                state ^= state1 ^ state2
            }
            while left > 16 {
                state = fold(word8(next) ^ secrets.first, word8(next + 8) ^ state)
                next += 16
                left &-= 16
            }
            a = word8(next + (left &- 16))
            b = word8(next + (left &- 8))
        }
        let product = (a ^ secrets.first).multipliedFullWidth(by: b ^ state)
        return fold(
            product.low ^ secrets.third ^ UInt64(truncatingIfNeeded: count), product.high ^ secrets.second)
    }

    @inlinable @inline(__always)
    static func word8(_ bytes: UnsafeRawPointer) -> UInt64 { bytes.loadUnaligned(as: UInt64.self) }

    @inlinable @inline(__always)
    static func word4(_ bytes: UnsafeRawPointer) -> UInt64 { UInt64(bytes.loadUnaligned(as: UInt32.self)) }
}
