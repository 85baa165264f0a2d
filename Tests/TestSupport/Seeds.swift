import Glibc
import Testing

/// Runs `body` with seeded randomness. The seed is `TARN_SEED` if that is set, and is shown when the test fails by throwing;
/// `#expect` inside should carry `seed` in its comment, or be wrapped with ``withEvery(_:in:_:)``.
///
///     try withSeed { random, seed in #expect(roundTrip(&random), "TARN_SEED=\(seed)") }
package func withSeed(_ body: (inout SplitMix64, UInt64) throws -> Void) rethrows {
    let seed = testSeed
    var random = SplitMix64(seed: seed)
    do { try body(&random, seed) } catch {
        Issue.record("replay with TARN_SEED=\(seed)")
        throw error
    }
}

/// The suspending form of ``withSeed(_:)``.
package func withSeed(_ body: (inout SplitMix64, UInt64) async throws -> Void) async rethrows {
    let seed = testSeed
    var random = SplitMix64(seed: seed)
    do { try await body(&random, seed) } catch {
        Issue.record("replay with TARN_SEED=\(seed)")
        throw error
    }
}

/// The seed of this run of the tests: `TARN_SEED`, or one that differs from run to run. Printed once.
package let testSeed: UInt64 = {
    let named = getenv("TARN_SEED").flatMap { UInt64(String(cString: $0)) }
    let seed = named ?? UInt64.random(in: 1...999_999)
    print("TARN_SEED=\(seed)")
    return seed
}()
