import TarnBase
import TarnStorage

extension Runtime {
    /// Runs `work`, and cancels it when it takes too long. An answer that came all the same counts.
    ///
    /// - Throws: What `work` throws; ``StorageError`` `outcomeUnknown` when it was cut short.
    func within<Result: Sendable>(
        milliseconds: Int64, at path: ObjectPath, _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await work() }
            group.addTask { [clock] in
                try await clock.sleep(milliseconds: milliseconds)
                return nil
            }
            defer { group.cancelAll() }
            if let first = try await group.next(), let result = first { return result }
            group.cancelAll()
            do {
                if let late = try await group.next(), let result = late { return result }
            } catch is CancellationError {
                try Task.checkCancellation()
            }
            throw StorageError(.outcomeUnknown, "no answer within \(milliseconds) ms; it may have been done", at: path)
        }
    }
}
