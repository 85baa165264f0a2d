import TarnTable

/// Runs `body` and turns whatever it throws into a ``TableError``; cancellation passes.
package func tableErrors<Result>(_ body: () async throws -> Result) async throws -> Result {
    do {
        return try await body()
    } catch let error as CancellationError {
        throw error
    } catch {
        throw TableError(error)
    }
}
