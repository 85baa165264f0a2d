package import TarnBase
package import TarnStorage

/// How a request fails.
package enum Fault: Hashable, Sendable, CaseIterable {
    /// Not done, and said so; later requests work.
    case refused
    /// Done, but the reply is lost; later requests work.
    case lostReply
    /// Not done, and nothing is from then on: what is left is what a process that died there leaves.
    case outage
    /// Done, the reply lost, and nothing is done from then on.
    case outageAfter
}

/// A store whose n-th request fails.
///
///     let store = FaultyStore(base, failing: .lostReply, atRequest: 3)     // the fourth
package final class FaultyStore: ObjectStore {
    private let intercepted: InterceptedStore
    private let taken: Locked<Int>

    package init(_ base: any ObjectStore, failing fault: Fault, atRequest request: Int) {
        let taken = Locked(0)
        self.taken = taken
        intercepted = InterceptedStore(base) { call in
            let number = taken.withLock { taken in
                defer { taken += 1 }
                return taken
            }
            let isOut = number > request && (fault == .outage || fault == .outageAfter)
            if isOut || number == request && (fault == .refused || fault == .outage) {
                throw StorageError(.unavailable, "request \(number) is refused by the test: \(call)")
            }
            guard number == request else { return nil }
            return {
                throw StorageError(call.changesObjects ? .outcomeUnknown : .unavailable, "the reply to request \(number) is lost by the test: \(call)")
            }
        }
    }

    /// How many requests came, the failed ones included.
    package var requests: Int { taken.withLock { $0 } }

    package func get(_ path: ObjectPath, ranges: [Range<Int64>]?) async throws -> [Bytes] { try await intercepted.get(path, ranges: ranges) }
    package func info(_ path: ObjectPath) async throws -> ObjectInfo { try await intercepted.info(path) }
    package func list(_ folder: ObjectPath, startingAfter: ObjectPath?, recursive: Bool) async throws -> ObjectListing {
        try await intercepted.list(folder, startingAfter: startingAfter, recursive: recursive)
    }
    @discardableResult
    package func put(_ bytes: Bytes, at path: ObjectPath, condition: PutCondition) async throws -> ObjectVersion {
        try await intercepted.put(bytes, at: path, condition: condition)
    }
    package func upload(at path: ObjectPath) async throws -> any PartWriter { try await intercepted.upload(at: path) }
    package func delete(_ paths: [ObjectPath]) async throws { try await intercepted.delete(paths) }
    package func exclusiveAccess(to folder: ObjectPath) async throws -> (any ExclusiveAccess)? {
        try await intercepted.exclusiveAccess(to: folder)
    }
}

/// How many requests `work` makes: the range over which crash tests loop.
package func countingRequests(of base: any ObjectStore, _ work: (any ObjectStore) async throws -> Void) async throws -> Int {
    let store = FaultyStore(base, failing: .refused, atRequest: .max)
    try await work(store)
    return store.requests
}
