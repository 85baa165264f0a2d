import TarnBase
import TarnColumns
import TarnParquet
import TarnTestSupport
import Testing

struct DecoderTests {
    private func decode(_ bytes: [UInt8], bitWidth: Int, count: Int) throws(ParquetError) -> [UInt32] {
        var decoder = RunLengthDecoder(Bytes(bytes), bitWidth: bitWidth)
        var values = [UInt32](repeating: 0, count: count)
        try values.withUnsafeMutableBufferPointer { (buffer) throws(ParquetError) in
            if let base = buffer.baseAddress { try decoder.decode(count: count, into: base) }
        }
        return values
    }

    @Test func `the specification's run of width 3 is 0 to 7`() throws {
        #expect(try decode([0x03, 0x88, 0xC6, 0xFA], bitWidth: 3, count: 8) == [0, 1, 2, 3, 4, 5, 6, 7])
        #expect(try decode([0x08, 0x05, 0x03, 0x88, 0xC6, 0xFA], bitWidth: 3, count: 6) == [5, 5, 5, 5, 0, 1])
        #expect(try decode([], bitWidth: 0, count: 3) == [0, 0, 0])
    }

    @Test func `broken runs are told by kind`() {
        func kind(_ bytes: [UInt8], _ bitWidth: Int, _ count: Int) -> ParquetError.Kind? {
            do { _ = try decode(bytes, bitWidth: bitWidth, count: count) } catch { return error.kind }
            return nil
        }
        #expect(kind([], 1, 1) == .truncated)
        #expect(kind([0x00, 0x01], 1, 1) == .malformed, "a run of no values")
        #expect(kind([0x02], 9, 1) == .truncated)
        #expect(kind([0x02, 0x09], 3, 1) == .malformed, "a value of 4 bits")
        #expect(kind([0x03, 0x88], 3, 8) == .truncated)
        #expect(kind([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], 3, 8) == .malformed)
    }

    @Test func `every width unpacks, from any value on`() throws {
        try withSeed { random, seed in
            for width in 1...32 {
                let limit = UInt32(truncatingIfNeeded: (UInt64(1) << UInt64(width)) - 1)
                let values = (0..<64).map { _ in UInt32.random(in: 0...limit, using: &random) }
                var packed = [UInt8](repeating: 0, count: 8 * width)
                for (index, value) in values.enumerated() {
                    for bit in 0..<width where value >> UInt32(bit) & 1 == 1 {
                        packed[(index * width + bit) / 8] |= 1 << UInt8((index * width + bit) % 8)
                    }
                }
                var decoder = RunLengthDecoder(Bytes([0x11] + packed), bitWidth: width)
                var result: [UInt32] = []
                while result.count < 64 {
                    let count = min(64 - result.count, Int.random(in: 1...21, using: &random))
                    var part = [UInt32](repeating: 0, count: count)
                    try part.withUnsafeMutableBufferPointer { (buffer) throws(ParquetError) in
                        if let base = buffer.baseAddress { try decoder.decode(count: count, into: base) }
                    }
                    result += part
                }
                #expect(result == values, "width \(width), TARN_SEED=\(seed)")
            }
        }
    }

    @Test func `definition levels of one bit become a bitmap, wherever runs and pages begin`() throws {
        try withSeed { random, seed in
            for _ in 0..<200 {
                var bytes: [UInt8] = []
                var expected: [Bool] = []
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    if Bool.random(using: &random) {
                        let length = Int.random(in: 1...60, using: &random)
                        let bit = Bool.random(using: &random)
                        bytes += [UInt8(length << 1), bit ? 1 : 0]
                        expected += Array(repeating: bit, count: length)
                    } else {
                        let groups = Int.random(in: 1...20, using: &random)
                        bytes.append(UInt8(groups << 1 | 1))
                        for _ in 0..<groups {
                            let byte = UInt8.random(in: 0...255, using: &random)
                            bytes.append(byte)
                            for bit in 0..<8 { expected.append(byte >> UInt8(bit) & 1 == 1) }
                        }
                    }
                }
                var decoder = RunLengthDecoder(Bytes(bytes), bitWidth: 1)
                var ones = 0
                let bits = try Bytes(unsafeUninitializedCapacity: expected.count / 8 + 16) { (buffer) throws(ParquetError) -> Int in
                    var position = 0
                    while position < expected.count, let base = buffer.baseAddress {
                        let count = min(expected.count - position, Int.random(in: 1...90, using: &random))
                        ones += try decoder.decodeBits(count: count, into: base, at: position)
                        position += count
                    }
                    return (expected.count + 7) / 8
                }
                let bitmap = Bitmap(bits, count: expected.count)
                #expect((0..<expected.count).map { bitmap[$0] } == expected, "TARN_SEED=\(seed)")
                #expect(ones == expected.filter { $0 }.count, "TARN_SEED=\(seed)")
            }
        }
    }

    @Test func `values spread to the slots that have one, and null slots are zero`() {
        withSeed { random, seed in
            for count in [0, 1, 63, 64, 65, 200] {
                let valid = (0..<count).map { _ in Int.random(in: 0...9, using: &random) > 2 }
                let validity = Bitmap(valid)
                let dense = Array(UInt64(1)...UInt64(valid.filter { $0 }.count + 1))
                var slots = [UInt64](repeating: 99, count: count)
                slots.withUnsafeMutableBufferPointer { slots in
                    guard let base = slots.baseAddress else { return }
                    dense.withUnsafeBufferPointer { dense in
                        guard let dense = dense.baseAddress else { return }
                        Spread.spread(dense, validity: validity.bytes.unsafePointer, count: count, into: base)
                    }
                }
                var next: UInt64 = 0
                #expect(slots == valid.map { $0 ? { next += 1; return next }() : 0 }, "TARN_SEED=\(seed)")
            }
        }
    }

    @Test func `UTF-8 is what String says it is`() {
        let samples: [[UInt8]] = [
            [], [0x61], Array("żółw 🐢 żółw, longer than thirty-two bytes of it".utf8), [0xC0, 0x80], [0xC2], [0xC2, 0x80], [0xE0, 0x9F, 0x80],
            [0xE0, 0xA0, 0x80], [0xED, 0xA0, 0x80], [0xED, 0x9F, 0xBF], [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x90, 0x80, 0x80],
            [0xF4, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0x80], [0xFF], [0xE2, 0x82], [0xE2, 0x28, 0xA1],
        ]
        for sample in samples {
            for prefix in [0, 7, 31, 40] {
                let bytes = Bytes(Array(repeating: 0x61, count: prefix) + sample)
                #expect(UTF8Validation.isValid(bytes.unsafePointer, bytes.count) == (bytes.utf8Text != nil), "\(sample)")
            }
        }
        withSeed { random, seed in
            for _ in 0..<5000 {
                let sample = (0..<Int.random(in: 1...6, using: &random)).map { _ in
                    [0x61, 0x80, 0xBF, 0x9F, 0xA0, 0xC2, 0xE0, 0xED, 0xEF, 0xF0, 0xF4][Int.random(in: 0...10, using: &random)] as UInt8
                }
                let bytes = Bytes(sample)
                #expect(UTF8Validation.isValid(bytes.unsafePointer, bytes.count) == (bytes.utf8Text != nil), "TARN_SEED=\(seed)")
            }
        }
    }
}
