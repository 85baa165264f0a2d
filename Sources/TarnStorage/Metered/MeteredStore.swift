package import TarnBase

/// Counts what is asked of another store, and can end the program at a given request.
///
/// Counts by the costs that the contract of ``ObjectStore`` names, whether or not the store below has requests: a disk is
/// metered as the bucket that the table may one day lie in. Calls that fail count too.
package final class MeteredStore: ObjectStore {
    /// Beyond this size, an object is sent in parts.
    package static let partBytes: Int64 = 8 << 20

    let base: any ObjectStore
    private let counted = Locked(RequestCounts())
    private let sequence: RequestSequence

    package convenience init(_ base: any ObjectStore, crashingAt plan: CrashPlan? = nil) {
        self.init(base, sequence: RequestSequence(plan: plan))
    }

    private init(_ base: any ObjectStore, sequence: RequestSequence) {
        self.base = base
        self.sequence = sequence
    }

    /// What was asked through this store, without its scopes.
    package var counts: RequestCounts { counted.withLock { $0 } }

    /// The same store with counts of its own, starting at zero: for a part of the work that is reported apart. The requests
    /// of both are one sequence to the ``CrashPlan``.
    package func scoped() -> MeteredStore { MeteredStore(base, sequence: sequence) }

    package func get(_ path: ObjectPath, ranges: [Range<Int64>]?) async throws -> [Bytes] {
        try await metered(\.get, ranges?.count ?? 1) {
            let chunks = try await base.get(path, ranges: ranges)
            count { $0.bytesRead += chunks.reduce(0) { $0 + Int64($1.count) } }
            return chunks
        }
    }

    package func info(_ path: ObjectPath) async throws -> ObjectInfo {
        try await metered(\.head, 1) { try await base.info(path) }
    }

    package func list(_ folder: ObjectPath, startingAfter: ObjectPath?, recursive: Bool) async throws -> ObjectListing {
        try await metered(\.list, 1) { try await base.list(folder, startingAfter: startingAfter, recursive: recursive) }
    }

    @discardableResult
    package func put(_ bytes: Bytes, at path: ObjectPath, condition: PutCondition) async throws -> ObjectVersion {
        let parts = (Int64(bytes.count) + Self.partBytes - 1) / Self.partBytes
        return try await metered(\.put, parts > 1 ? Int(parts) + 2 : 1) {
            let version = try await base.put(bytes, at: path, condition: condition)
            count { $0.bytesWritten += Int64(bytes.count) }
            return version
        }
    }

    package func upload(at path: ObjectPath) async throws -> any PartWriter {
        MeteredPartWriter(try await base.upload(at: path), of: self)
    }

    package func delete(_ paths: [ObjectPath]) async throws {
        try await metered(\.delete, (paths.count + 999) / 1000) { try await base.delete(paths) }
    }

    package func exclusiveAccess(to folder: ObjectPath) async throws -> (any ExclusiveAccess)? {
        try await base.exclusiveAccess(to: folder)
    }

    fileprivate func count(_ change: (inout RequestCounts) -> Void) {
        counted.withLock { change(&$0) }
    }

    /// Counts `requests` of a kind and does them, dying on the way if the plan says so.
    fileprivate func metered<Result>(
        _ kind: WritableKeyPath<RequestCounts, Int>,
        _ requests: Int,
        _ work: () async throws -> Result
    ) async throws -> Result {
        count { $0[keyPath: kind] += requests }
        let numbers = sequence.take(requests)
        sequence.dieIfPlanned(.before, numbers)
        let result = try await work()
        sequence.dieIfPlanned(.after, numbers)
        return result
    }
}

extension MeteredStore: TidiableStore {
    package func removeTemporaryFiles(in folder: ObjectPath, recursive: Bool, olderThanMilliseconds age: Int64) async throws -> Int {
        try await base.sweepTemporaryFiles(in: folder, recursive: recursive, olderThanMilliseconds: age)
    }

    package func removeFoldersWithoutObjects(in folder: ObjectPath) async throws {
        try await base.removeEmptyFolders(in: folder)
    }
}

/// Numbers the requests of a store and all its scopes.
private final class RequestSequence: Sendable {
    private let plan: CrashPlan?
    private let taken = Locked(0)

    init(plan: CrashPlan?) { self.plan = plan }

    func take(_ requests: Int) -> Range<Int> {
        taken.withLock { taken in
            taken += requests
            return taken - requests + 1..<taken + 1
        }
    }

    func dieIfPlanned(_ moment: CrashPlan.Moment, _ numbers: Range<Int>) {
        guard let plan, plan.moment == moment, numbers.contains(plan.request) else { return }
        plan.crash()
    }
}

/// Counts an upload as an object store would bill it: one request if it stays within a part; otherwise the one that begins
/// it, one for each part as it fills, and the one that completes it.
// Sendable: the protocol gives a writer one owner, who calls one after the other.
private final class MeteredPartWriter: PartWriter, @unchecked Sendable {
    private let base: any PartWriter
    private let store: MeteredStore
    private var writtenBytes: Int64 = 0
    private var countedRequests: Int64 = 0

    init(_ base: any PartWriter, of store: MeteredStore) {
        self.base = base
        self.store = store
    }

    func write(_ bytes: Bytes) async throws {
        writtenBytes += Int64(bytes.count)
        let due = writtenBytes > MeteredStore.partBytes ? 1 + (writtenBytes - 1) / MeteredStore.partBytes : 0
        try await metered(upTo: due) { try await base.write(bytes) }
        store.count { $0.bytesWritten += Int64(bytes.count) }
    }

    func finish() async throws -> ObjectInfo {
        let parts = (writtenBytes + MeteredStore.partBytes - 1) / MeteredStore.partBytes
        return try await metered(upTo: parts > 1 ? parts + 2 : 1) { try await base.finish() }
    }

    func abandon() async { await base.abandon() }

    private func metered<Result>(upTo due: Int64, _ work: () async throws -> Result) async throws -> Result {
        let requests = due - countedRequests
        countedRequests = due
        return try await store.metered(\.put, Int(requests), work)
    }
}
