import TarnBase
import TarnTestSupport
import Testing

@Suite struct HashTests {
    @Test func `CRC32 gives the published check value, in one piece and in two`() {
        let bytes = Bytes("123456789")
        #expect(CRC32.checksum(of: bytes) == 0xCBF4_3926)
        #expect(CRC32.checksum(of: bytes[4..<9], after: CRC32.checksum(of: bytes[0..<4])) == 0xCBF4_3926)
        #expect(CRC32.checksum(of: Bytes()) == 0)
    }

    @Test func `CRC32 is what dividing bit by bit gives, for every length and however the input is cut`() {
        func divided(_ bytes: Bytes, after previous: UInt32) -> UInt32 {
            var register = ~previous
            bytes.withUnsafeBytes { bytes in
                for byte in bytes {
                    register ^= UInt32(byte)
                    for _ in 0..<8 { register = register >> 1 ^ (register & 1 == 1 ? 0xEDB8_8320 : 0) }
                }
            }
            return ~register
        }
        withSeed { random, seed in
            let bytes = Bytes((0..<120_000).map { _ in UInt8.random(in: 0...255, using: &random) })
            let counts = Array(0...300) + Array(1020...1030) + Array(16_380...16_390) + [99_999, 120_000]
            for count in counts {
                let (start, previous) = (Int.random(in: 0...(120_000 - count), using: &random), UInt32.random(in: 0...UInt32.max, using: &random))
                let input = bytes[start..<(start + count)]
                let expected = divided(input, after: previous)
                #expect(CRC32.checksum(of: input, after: previous) == expected, "\(count) bytes from \(start) on, TARN_SEED=\(seed)")
                let cut = Int.random(in: 0...count, using: &random)
                let front = CRC32.checksum(of: input[0..<cut], after: previous)
                #expect(CRC32.checksum(of: input[cut..<count], after: front) == expected, "\(count) bytes cut at \(cut), TARN_SEED=\(seed)")
            }
        }
    }

    @Test func `XXHash64 gives the published vectors however the input is cut`() {
        // xxHash's own sanity checks: a buffer made by the generator below, seeds 0 and PRIME32.
        var generator: UInt64 = 2_654_435_761
        let buffer = Bytes(
            (0..<222).map { _ in
                let byte = UInt8(truncatingIfNeeded: generator >> 56)
                generator &*= 11_400_714_785_074_694_797
                return byte
            })
        let prime: UInt64 = 2_654_435_761
        let vectors: [(count: Int, seed: UInt64, hash: UInt64)] = [
            (0, 0, 0xEF46_DB37_51D8_E999), (0, prime, 0xAC75_FDA2_929B_17EF),
            (1, 0, 0xE934_A84A_DB05_2768), (1, prime, 0x5014_6076_43A9_B4C3),
            (14, 0, 0x8282_DCC4_994E_35C8), (14, prime, 0xC3BD_6BF6_3DEB_6DF0),
            (222, 0, 0xB641_AE8C_B691_C174), (222, prime, 0x20CB_8AB7_AE10_C14A),
        ]
        for vector in vectors {
            let bytes = buffer[0..<vector.count]
            #expect(XXHash64.hash(bytes, seed: vector.seed) == vector.hash)
            for step in [1, 7, 31, 32, 33] {
                var state = XXHash64(seed: vector.seed)
                for start in stride(from: 0, to: bytes.count, by: step) {
                    bytes[start..<min(start + step, bytes.count)].withUnsafeBytes { state.update($0) }
                }
                #expect(state.finish() == vector.hash)
            }
        }
    }

    @Test func `KeyHash tells apart keys that differ in length, one bit or seed`() {
        let hash = KeyHash(seed: 7)
        var seen: Set<UInt64> = []
        var seenHigh: Set<UInt64> = []
        var expected = 0
        for count in 0...200 {
            for changed in -1..<count {
                var key = [UInt8](repeating: 0, count: count)
                if changed >= 0 { key[changed] = 1 }
                let (low, high) = Bytes(key).withUnsafeBytes { bytes in
                    bytes.baseAddress.map { hash.hash128($0, count: count) } ?? (0, 0)
                }
                seen.insert(low)
                seenHigh.insert(high)
                expected += 1
            }
        }
        #expect(seen.count == expected && seenHigh.count == expected)
        #expect(seen.isDisjoint(with: seenHigh))
        Bytes("key").withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            #expect(KeyHash(seed: 8).hash64(base, count: 3) != hash.hash64(base, count: 3))
            #expect(hash.hash128(base, count: 3).low == hash.hash64(base, count: 3))
        }
    }
}
