import TarnBase
import TarnHTTP
import TarnStorage

extension S3Client {
    /// Sends a request of which a second copy might do something else, again and again until it is known what became of it.
    ///
    /// An answer that leaves that open is resolved by looking for what the request makes. If it is not there, the same request
    /// is sent again: the caller sees to it that a late copy does no harm.
    ///
    /// - Parameters:
    ///   - result: What a success brings; a failure if it is none after all, and may have been done.
    ///   - refusal: The error for a refusal that has a meaning of its own; nil for others.
    ///   - made: Looks for what the request makes, after an error that leaves open whether it did; nil if it is not there.
    /// - Throws: ``StorageError``: `outcomeUnknown` if one of the copies may have been acted on; what the closures throw.
    func sendOnce<Made>(
        _ request: S3Request, at path: ObjectPath,
        result: (HTTPResponse) async throws -> Result<Made, StorageError>,
        refusal: (S3ErrorResponse) -> StorageError? = { _ in nil },
        made: (StorageError) async throws -> Made?
    ) async throws -> Made {
        precondition(request.onceOnly)
        var mayBeDone = false
        var attempt = 0
        while true {
            attempt += 1
            let error: StorageError
            var isPassing = true
            switch try await self.attempt(request) {
            case .response(let response):
                switch try await result(response) {
                case .success(let made): return made
                case .failure(let failure): (error, mayBeDone) = (failure, true)
                }
            case .refused(let answer):
                error = refusal(answer) ?? self.error(answer, of: request, at: path)
                mayBeDone = mayBeDone || !answer.isRefusal
                isPassing = answer.isPassing
            case .failed(let failure):
                error = self.error(failure, at: path)
                mayBeDone = mayBeDone || failure.mayHaveBeenSent
                isPassing = Self.isPassing(failure)
            }
            // After an open answer a refusal may be for what was done by then.
            guard mayBeDone || isPassing else { throw error }
            if mayBeDone, let made = try await made(error) { return made }
            guard attempt < configuration.attemptLimit else { throw mayBeDone ? unknown(error) : error }
            try await pause(before: attempt + 1)
        }
    }
}
