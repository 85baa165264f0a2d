package import TarnBase

/// A clock that stands until somebody moves it; sleeping moves it.
package final class SimulatedClock: WallClock {
    private let milliseconds: Locked<Int64>
    private let start: Int64

    /// - Parameter milliseconds: Since 1970 UTC; the default is 2026-01-10T08:00:00Z.
    package init(startingAt milliseconds: Int64 = 1_768_032_000_000) {
        start = milliseconds
        self.milliseconds = Locked(milliseconds)
    }

    package func nowMilliseconds() -> Int64 { milliseconds.withLock { $0 } }
    package func monotonicNanoseconds() -> UInt64 { UInt64(max(0, nowMilliseconds() - start)) * 1_000_000 }
    package func advance(milliseconds by: Int64) { milliseconds.withLock { $0 += by } }

    package func sleep(milliseconds: Int64) async throws {
        try Task.checkCancellation()
        advance(milliseconds: max(0, milliseconds))
        await Task.yield()
    }
}

/// Random numbers from a seed.
package final class SeededRandom: RandomSource {
    private let generator: Locked<SplitMix64>

    package init(seed: UInt64) { generator = Locked(SplitMix64(seed: seed)) }
    package func next() -> UInt64 { generator.withLock { $0.next() } }
}

extension Runtime {
    /// A world in which nothing happens by itself.
    package static func simulated(clock: SimulatedClock = SimulatedClock(), seed: UInt64 = testSeed) -> Runtime {
        Runtime(clock: clock, random: SeededRandom(seed: seed))
    }
}
