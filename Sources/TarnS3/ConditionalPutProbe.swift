import TarnBase
import TarnHTTP
import TarnStorage

/// Finds out, once for a store and a kind of condition, whether the store keeps conditions. Some accept the header, ignore it
/// and would lose commits without a word.
final class ConditionalPutProbe: Sendable {
    private let kept = Locked<Set<String>>([])

    /// - Parameter header: `if-none-match` or `if-match`.
    /// - Throws: ``StorageError`` `unsupported` if the store does not keep it.
    func require(_ header: String, of store: S3Store) async throws {
        guard !kept.withLock({ $0.contains(header) }) else { return }
        let path = ObjectPath.root.appending(".tarn-probe-\(store.client.runtime.random.uuid())")
        do { try await examine(header, of: store, at: path) } catch {
            await remove(path, from: store)
            throw error
        }
        await remove(path, from: store)
        kept.withLock { _ = $0.insert(header) }
    }

    /// Puts an object, and puts it again on a condition that does not hold.
    private func examine(_ header: String, of store: S3Store, at path: ObjectPath) async throws {
        let client = store.client
        var request = S3Request("PUT", store.key(path), body: Bytes("probe of conditional puts; may be deleted"))
        request.headers = [(S3Store.markHeader, "probe")]
        _ = try await client.send(request, at: path)
        let mark = try await client.send(S3Request("HEAD", store.key(path)), at: path).header(S3Store.markHeader)
        guard mark == "probe" else { throw refusal("forgets the metadata of objects") }
        request.headers = [(header, header == "if-none-match" ? "*" : store.matching(String(repeating: "0", count: 32)))]
        for attempt in 1... {
            let error: StorageError
            switch try await client.attempt(request) {
            case .response: throw refusal("ignores '\(header)'")
            case .refused(let answer) where answer.status == 412: return
            case .refused(let answer) where answer.status == 501: throw refusal("does not know '\(header)'")
            case .refused(let answer):
                error = client.error(answer, of: request, at: path)
                guard answer.isPassing else { throw error }
            case .failed(let failure):
                error = client.error(failure, at: path)
                guard S3Client.isPassing(failure) else { throw error }
            }
            guard attempt < client.configuration.attemptLimit else { throw error }
            try await client.pause(before: attempt + 1)
        }
    }

    private func refusal(_ what: String) -> StorageError {
        StorageError(
            .unsupported,
            "the store \(what), so that writers could overwrite each other's commits; it can be read but not written")
    }

    /// Leaves it there if that fails: it disturbs nobody.
    private func remove(_ path: ObjectPath, from store: S3Store) async {
        var request = S3Request("DELETE", store.key(path))
        request.outlivesCancellation = true
        _ = try? await store.client.attempt(request)
    }
}
