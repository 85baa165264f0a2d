package import TarnBase
package import TarnStorage

/// Keeps the calls made on another store, in order.
package final class RecordingStore: ObjectStore {
    private let intercepted: InterceptedStore
    private let recorded: Locked<[StoreCall]>

    package init(_ base: any ObjectStore) {
        let recorded = Locked<[StoreCall]>([])
        self.recorded = recorded
        intercepted = InterceptedStore(base) { call in
            recorded.withLock { $0.append(call) }
            return nil
        }
    }

    package var calls: [StoreCall] { recorded.withLock { $0 } }
    package func removeAllCalls() { recorded.withLock { $0.removeAll() } }

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
