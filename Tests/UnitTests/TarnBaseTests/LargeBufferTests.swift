import TarnBase
import TarnTestSupport
import Testing

/// Memory of large buffers serves again; nobody must notice.
@Suite struct LargeBufferTests {
    @Test func `large buffers that come and go never share memory while both are there`() {
        withSeed { random, seed in
            var held: [(bytes: Bytes, mark: UInt8)] = []
            for round in 0..<400 {
                let count = [1000, 65_535, 65_536, 70_000, 262_080, 1 << 20, (1 << 20) + 77, 5 << 20, 9 << 20][Int.random(in: 0..<9, using: &random)]
                let mark = UInt8(truncatingIfNeeded: round)
                held.append((Bytes(unsafeUninitializedCapacity: count) { target in
                    target.initializeMemory(as: UInt8.self, repeating: mark)
                    return count
                }, mark))
                while held.count > 8 { held.remove(at: Int.random(in: 0..<held.count, using: &random)) }
                for (bytes, mark) in held {
                    let slack = bytes.unsafePointer.load(fromByteOffset: bytes.count + Bytes.slack - 1, as: UInt8.self)
                    #expect(bytes[0] == mark && bytes[bytes.count / 2] == mark && bytes[bytes.count - 1] == mark && slack == 0, "TARN_SEED=\(seed)")
                }
            }
        }
    }

    @Test func `tasks that make and drop large buffers side by side find their own bytes in them`() async {
        await withTaskGroup(of: Bool.self) { group in
            for task in 0..<8 {
                group.addTask {
                    var isRight = true
                    for round in 0..<200 {
                        let mark = UInt8(truncatingIfNeeded: task * 31 + round)
                        let count = 100_000 + round % 3 * 40_000
                        let bytes = Bytes(unsafeUninitializedCapacity: count) { target in
                            target.initializeMemory(as: UInt8.self, repeating: mark)
                            return count
                        }
                        isRight = isRight && bytes.withUnsafeBytes { $0.allSatisfy { $0 == mark } }
                    }
                    return isRight
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }
}
