/// Everything that is not deterministic, handed in through the front: a program uses ``system``, a test its own.
///
/// Settings are values elsewhere (`WriteOptions`); these are components.
public struct Runtime: Sendable {
    public var clock: any WallClock
    public var random: any RandomSource

    public init(clock: any WallClock, random: any RandomSource) {
        self.clock = clock
        self.random = random
    }

    /// The machine's clock and randomness.
    public static let system = Runtime(clock: SystemClock(), random: SystemRandom())
}

/// Tells the time. Second implementation: the simulated clock of tests.
public protocol WallClock: Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    func nowMilliseconds() -> Int64
    /// Nanoseconds from an arbitrary start, never falling: for durations.
    func monotonicNanoseconds() -> UInt64
    /// Suspends for about `milliseconds`.
    func sleep(milliseconds: Int64) async throws
}

/// Gives random numbers. Second implementation: seeded, in tests.
public protocol RandomSource: Sendable {
    func next() -> UInt64
}

extension RandomSource {
    /// A random UUID (version 4) in its 36-character lower-case form.
    public func uuid() -> String {
        let high = (next() & ~0xF000) | 0x4000
        let low = (next() & ~(3 << 62)) | (2 << 62)
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for (word, breaks) in [(high, [4, 6]), (low, [0, 2])] {
            for byte in 0..<8 {
                if breaks.contains(byte) { text.append(UInt8(ascii: "-")) }
                let value = Int(truncatingIfNeeded: word >> UInt64(56 - byte * 8)) & 0xFF
                text.append(digits[value >> 4])
                text.append(digits[value & 15])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
