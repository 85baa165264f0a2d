import TarnBase
import TarnHTTP
import TarnStorage

/// Finds out, once for a store and a kind of condition, whether the store keeps conditions, also among requests that come at
/// once. Some accept the header, ignore it and would lose commits without a word. Cost: eight requests.
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

    /// Puts an object by several requests at once, of which one may succeed, and once more on a condition that does not hold.
    private func examine(_ header: String, of store: S3Store, at path: ObjectPath) async throws {
        let client = store.client
        var request = S3Request("PUT", store.key(path), body: Bytes("probe of conditional puts; may be deleted"))
        request.headers = [(S3Store.markHeader, "probe")]
        var condition = "*"
        if header == "if-match" {
            condition = store.matching(try client.entityTag(of: try await client.send(request, at: path), at: path).tag)
        }
        let winners = try await race((header, condition), at: path, of: store)
        guard winners <= 1 else { throw refusal("let \(winners) of \(Self.racers) writers in at once on '\(header)'") }
        if winners == 0 { _ = try await client.send(request, at: path) }
        let mark = try await client.send(S3Request("HEAD", store.key(path)), at: path).header(S3Store.markHeader)
        guard mark == "probe" else { throw refusal("forgets the metadata of objects") }
        request.headers.append((header, header == "if-none-match" ? "*" : store.matching(String(repeating: "0", count: 32))))
        try await requireRefusal(of: request, at: path, by: store, header)
    }

    private static let racers = 4

    /// - Returns: How many of the requests were answered as done.
    private func race(_ header: (name: String, value: String), at path: ObjectPath, of store: S3Store) async throws -> Int {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<Self.racers {
                var request = S3Request("PUT", store.key(path), body: Bytes("probe \(number) of conditional puts; may be deleted"))
                request.headers = [header, (S3Store.markHeader, "probe")]
                request.onceOnly = true
                group.addTask { [request] in
                    if case .response = try await store.client.attempt(request) { true } else { false }
                }
            }
            return try await group.reduce(into: 0) { if $1 { $0 += 1 } }
        }
    }

    private func requireRefusal(of request: S3Request, at path: ObjectPath, by store: S3Store, _ header: String) async throws {
        let client = store.client
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
