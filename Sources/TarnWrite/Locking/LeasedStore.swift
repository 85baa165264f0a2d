import TarnBase
import TarnStorage

/// A table's store in the hands of the owner of a lease: reads pass, what changes objects is done only while the lease lasts.
///
/// What is put if absent is what commits rest on (``ObjectStore/put(_:at:condition:)``): it is sent only if the lease outlasts
/// it, and cut short when it takes longer. So an instant is never completed by a writer that is not the owner any more.
final class LeasedStore: ObjectStore {
    private let base: any ObjectStore
    private let lock: StorageLock

    init(_ base: any ObjectStore, _ lock: StorageLock) {
        self.base = base
        self.lock = lock
    }

    func get(_ path: ObjectPath, ranges: [Range<Int64>]?) async throws -> [Bytes] { try await base.get(path, ranges: ranges) }

    func info(_ path: ObjectPath) async throws -> ObjectInfo {
        let info = try await base.info(path)
        lock.settle(path)
        return info
    }

    func list(_ folder: ObjectPath, startingAfter: ObjectPath?, recursive: Bool) async throws -> ObjectListing {
        try await base.list(folder, startingAfter: startingAfter, recursive: recursive)
    }

    @discardableResult
    func put(_ bytes: Bytes, at path: ObjectPath, condition: PutCondition) async throws -> ObjectVersion {
        guard condition == .ifAbsent else {
            try await lock.hold()
            return try await base.put(bytes, at: path, condition: condition)
        }
        do {
            let version = try await lock.sending(at: path) { [base] in try await base.put(bytes, at: path, condition: condition) }
            lock.settle(path)
            return version
        } catch let error as StorageError where error.code == .preconditionFailed {
            lock.settle(path)
            throw error
        }
    }

    func upload(at path: ObjectPath) async throws -> any PartWriter {
        try await lock.hold()
        return LeasedPartWriter(try await base.upload(at: path), lock)
    }

    func delete(_ paths: [ObjectPath]) async throws {
        try await lock.hold()
        try await base.delete(paths)
    }

    func exclusiveAccess(to folder: ObjectPath) async throws -> (any ExclusiveAccess)? { try await base.exclusiveAccess(to: folder) }
}

extension LeasedStore: PlacedStore, AddressedStore {
    func absolutePath(of path: ObjectPath) -> String? { base.fullPath(of: path) }
    func address(of path: ObjectPath) -> String { base.address(of: path) }
}

private final class LeasedPartWriter: PartWriter {
    private let base: any PartWriter
    private let lock: StorageLock

    init(_ base: any PartWriter, _ lock: StorageLock) {
        self.base = base
        self.lock = lock
    }

    func write(_ bytes: Bytes) async throws {
        try await lock.hold()
        try await base.write(bytes)
    }

    func finish() async throws -> ObjectInfo {
        try await lock.hold()
        return try await base.finish()
    }

    func abandon() async { await base.abandon() }
}
