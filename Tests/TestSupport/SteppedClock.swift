package import TarnBase

/// A clock that stands until somebody moves it; who sleeps waits for that. For what runs beside something else.
package final class SteppedClock: WallClock {
    private struct Sleeper {
        let number: Int
        let until: Int64
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now: Int64
        var sleepers: [Sleeper] = []
        var cancelled: Set<Int> = []
        var lastNumber = 0
    }

    private let state: Locked<State>
    private let start: Int64

    /// - Parameter milliseconds: Since 1970 UTC; the default is 2026-01-10T08:00:00Z.
    package init(startingAt milliseconds: Int64 = 1_768_032_000_000) {
        start = milliseconds
        state = Locked(State(now: milliseconds))
    }

    package func nowMilliseconds() -> Int64 { state.withLock { $0.now } }
    package func monotonicNanoseconds() -> UInt64 { UInt64(nowMilliseconds() - start) * 1_000_000 }
    package var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    /// Moves the clock, and wakes those whose time has come.
    package func advance(milliseconds by: Int64) {
        let due = state.withLock { state in
            state.now += by
            let due = state.sleepers.filter { $0.until <= state.now }
            state.sleepers.removeAll { $0.until <= state.now }
            return due.map(\.continuation)
        }
        due.forEach { $0.resume() }
    }

    package func sleep(milliseconds: Int64) async throws {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isCancelled = state.withLock { state in
                    if state.cancelled.remove(number) != nil { return true }
                    state.sleepers.append(Sleeper(number: number, until: state.now + max(1, milliseconds), continuation: continuation))
                    return false
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            let sleeper = state.withLock { state -> CheckedContinuation<Void, any Error>? in
                guard let index = state.sleepers.firstIndex(where: { $0.number == number }) else {
                    state.cancelled.insert(number)
                    return nil
                }
                return state.sleepers.remove(at: index).continuation
            }
            sleeper?.resume(throwing: CancellationError())
        }
    }
}

/// A clock that is wrong by a fixed amount, as another machine's is.
package struct SkewedClock: WallClock {
    package let base: any WallClock
    package let aheadMilliseconds: Int64

    package init(_ base: any WallClock, aheadMilliseconds: Int64) {
        self.base = base
        self.aheadMilliseconds = aheadMilliseconds
    }

    package func nowMilliseconds() -> Int64 { base.nowMilliseconds() + aheadMilliseconds }
    package func monotonicNanoseconds() -> UInt64 { base.monotonicNanoseconds() }
    package func sleep(milliseconds: Int64) async throws { try await base.sleep(milliseconds: milliseconds) }
}

/// Lets other tasks run until `condition` holds; false if it does not come to that.
package func eventually(_ condition: () async -> Bool) async -> Bool {
    for _ in 0..<100_000 {
        if await condition() { return true }
        await Task.yield()
    }
    return false
}
