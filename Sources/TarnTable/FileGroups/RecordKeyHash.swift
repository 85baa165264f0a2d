import Glibc

/// `value % divisor` for 32-bit numbers by two multiplications (Lemire, Kaser, Kurz 2019).
struct FastRemainder: Sendable {
    private let divisor: UInt64
    private let reciprocal: UInt64

    init(by divisor: UInt32) {
        precondition(divisor > 0)
        self.divisor = UInt64(divisor)
        reciprocal = UInt64.max / UInt64(divisor) &+ 1
    }

    @inline(__always)
    func callAsFunction(_ value: UInt32) -> Int {
        // For the divisor 1 the reciprocal wraps to 0 and so does the remainder.
        Int(truncatingIfNeeded: (reciprocal &* UInt64(value)).multipliedFullWidth(by: divisor).high)
    }
}

/// Hadoop's MurmurHash of record keys, chained as Hudi's bloom filters use it (hudi-format §4.5): hash i is seeded with hash
/// i - 1. Only the seed changes between hashes, so a key's groups are mixed once and kept here.
struct KeyHashScratch {
    private static let m: UInt32 = 0x5bd1_e995

    /// The mixed groups of up to four keys, interleaved: group g of key k at `4 * g + k`.
    private var groups: [UInt32] = []

    /// Mixes the whole groups of `key` into lane `lane`; returns the tail's contribution.
    @inline(__always)
    private static func mix(_ key: UnsafeRawBufferPointer, _ lane: Int, _ lanes: Int, into groups: UnsafeMutablePointer<UInt32>) -> UInt32 {
        let groupCount = key.count >> 2
        for group in 0..<groupCount {
            var k = UInt32(littleEndian: key.loadUnaligned(fromByteOffset: group &* 4, as: UInt32.self)) &* m
            k ^= k &>> 24
            groups[group &* lanes &+ lane] = k &* m
        }
        // Bytes of the tail are sign-extended, and indexed from the end of the key.
        var tail: UInt32 = 0
        func extended(_ fromEnd: Int) -> UInt32 { UInt32(bitPattern: Int32(Int8(bitPattern: key[key.count &- fromEnd]))) }
        let rest = key.count & 3
        if rest >= 3 { tail ^= extended(3) &<< 16 }
        if rest >= 2 { tail ^= extended(2) &<< 8 }
        if rest >= 1 { tail ^= extended(1) }
        return tail
    }

    @inline(__always)
    private static func finish(_ hash: UInt32, _ tail: UInt32, _ hasTail: Bool) -> UInt32 {
        var h = hash
        if hasTail { h = (h ^ tail) &* m }
        h ^= h &>> 13
        h = h &* m
        return h ^ (h &>> 15)
    }

    /// The bit of a hash: Java's `abs(hash % bits)`.
    @inline(__always)
    private static func position(_ hash: UInt32, _ divisor: FastRemainder) -> Int { divisor(Int32(bitPattern: hash).magnitude) }

    @inline(__always)
    private static func set(_ position: Int, _ bits: UnsafeMutablePointer<UInt8>) {
        bits[position &>> 3] |= 1 &<< UInt8(truncatingIfNeeded: position & 7)
    }

    private mutating func reserve(_ count: Int) {
        if groups.count < count { groups = [UInt32](repeating: 0, count: max(count, 64)) }
    }

    mutating func insert(_ key: UnsafeRawBufferPointer, hashCount: Int, divisor: FastRemainder, bits: UnsafeMutablePointer<UInt8>) {
        _ = chain(key, hashCount: hashCount, divisor: divisor) { position in
            Self.set(position, bits)
            return true
        }
    }

    mutating func find(_ key: UnsafeRawBufferPointer, hashCount: Int, divisor: FastRemainder, bits: UnsafePointer<UInt8>) -> Bool {
        chain(key, hashCount: hashCount, divisor: divisor) { position in
            bits[position &>> 3] & (1 &<< UInt8(truncatingIfNeeded: position & 7)) != 0
        }
    }

    /// Goes through the positions of a key until `body` is false.
    @inline(__always)
    private mutating func chain(_ key: UnsafeRawBufferPointer, hashCount: Int, divisor: FastRemainder, _ body: (Int) -> Bool) -> Bool {
        let groupCount = key.count >> 2
        reserve(groupCount)
        let length = UInt32(truncatingIfNeeded: key.count)
        let hasTail = key.count & 3 != 0
        return groups.withUnsafeMutableBufferPointer { groups in
            let tail = Self.mix(key, 0, 1, into: groups.baseAddress!)
            var hash: UInt32 = 0
            for _ in 0..<hashCount {
                hash ^= length
                for group in 0..<groupCount { hash = hash &* Self.m ^ groups[group] }
                hash = Self.finish(hash, tail, hasTail)
                guard body(Self.position(hash, divisor)) else { return false }
            }
            return true
        }
    }

    /// Adds four keys of one length.
    mutating func insertFour(
        _ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer, _ c: UnsafeRawBufferPointer, _ d: UnsafeRawBufferPointer,
        hashCount: Int, divisor: FastRemainder, bits: UnsafeMutablePointer<UInt8>
    ) {
        let groupCount = a.count >> 2
        reserve(groupCount &* 4)
        let length = UInt32(truncatingIfNeeded: a.count)
        let hasTail = a.count & 3 != 0
        let m = Self.m
        groups.withUnsafeMutableBufferPointer { buffer in
            let groups = buffer.baseAddress!
            let ta = Self.mix(a, 0, 4, into: groups)
            let tb = Self.mix(b, 1, 4, into: groups)
            let tc = Self.mix(c, 2, 4, into: groups)
            let td = Self.mix(d, 3, 4, into: groups)
            var (ha, hb, hc, hd): (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
            for _ in 0..<hashCount {
                ha ^= length
                hb ^= length
                hc ^= length
                hd ^= length
                var group = UnsafePointer(groups)
                for _ in 0..<groupCount {
                    ha = ha &* m ^ group[0]
                    hb = hb &* m ^ group[1]
                    hc = hc &* m ^ group[2]
                    hd = hd &* m ^ group[3]
                    group += 4
                }
                ha = Self.finish(ha, ta, hasTail)
                hb = Self.finish(hb, tb, hasTail)
                hc = Self.finish(hc, tc, hasTail)
                hd = Self.finish(hd, td, hasTail)
                Self.set(Self.position(ha, divisor), bits)
                Self.set(Self.position(hb, divisor), bits)
                Self.set(Self.position(hc, divisor), bits)
                Self.set(Self.position(hd, divisor), bits)
            }
        }
    }
}

let logarithmOf2 = 0.6931471805599453
func naturalLogarithm(_ value: Double) -> Double { log(value) }
