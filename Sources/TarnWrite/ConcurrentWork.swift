/// Does `count` pieces of work, at most `limit` at a time, and takes their results in order; results that come early wait.
///
/// The first error ends the rest.
func concurrently<Result: Sendable>(
    _ count: Int, atMost limit: Int, _ work: @escaping @Sendable (Int) async throws -> Result, take: (Int, Result) throws -> Void
) async throws {
    try await withThrowingTaskGroup(of: (Int, Result).self) { tasks in
        var started = 0
        func start() {
            guard started < count else { return }
            let piece = started
            started += 1
            tasks.addTask { (piece, try await work(piece)) }
        }
        for _ in 0..<max(1, limit) { start() }
        var early: [Int: Result] = [:]
        var next = 0
        while let (piece, result) = try await tasks.next() {
            start()
            early[piece] = result
            while let result = early.removeValue(forKey: next) {
                try take(next, result)
                next += 1
            }
        }
    }
}
