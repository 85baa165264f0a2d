import TarnBase
import TarnStorage
package import TarnTable

/// The right to write a table, held: the store's own lock, or Hudi's storage lock where the store has none.
package struct WriterLock: Sendable {
    private let access: any ExclusiveAccess
    /// The table as its owner reaches it.
    package let table: TableHandle

    /// Takes the lock; while somebody else has it, tries again for as long as the table's settings say.
    ///
    /// - Throws: ``TableError`` `conflict` when somebody else has it, `notFound` when there is no table, `unsupported` when
    ///   the store keeps no conditions, so that writers could not exclude each other.
    package static func take(_ table: TableHandle) async throws -> WriterLock {
        let clock = table.runtime.clock
        let start = clock.monotonicNanoseconds()
        for attempt in 0... {
            do { return try await takeNow(table) } catch let error as StorageError where error.code == .locked {
                let waited = Int64((clock.monotonicNanoseconds() &- start) / 1_000_000)
                let left = table.lock.waitMilliseconds - waited
                guard left > 0 else { throw TableError(error) }
                // Random, so that writers that met once do not meet again; longer the longer it takes.
                let bound = min(100 << min(attempt, 4), left) + 1
                try await clock.sleep(milliseconds: 1 + Int64(table.runtime.random.next() % UInt64(bound)))
            } catch let error as StorageError where error.code == .notFound {
                throw TableError(.notFound, "there is no table here", at: table.path)
            } catch {
                throw TableError(error)
            }
        }
        preconditionFailure("the loop above ends by itself")
    }

    private static func takeNow(_ table: TableHandle) async throws -> WriterLock {
        if let own = try await table.store.exclusiveAccess(to: table.metaFolder) { return WriterLock(access: own, table: table) }
        let lock = try await StorageLock.take(table)
        let leased = TableHandle(store: LeasedStore(table.store, lock), path: table.path, runtime: table.runtime, lock: table.lock)
        return WriterLock(access: lock, table: leased)
    }

    /// Runs `body` while a lease, if that is what the lock is, is renewed beside it.
    package func holding<Result>(isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result) async throws -> Result {
        guard let lease = access as? StorageLock else { return try await body() }
        try await lease.hold()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await lease.keepRenewing() }
            defer { group.cancelAll() }
            return try await body()
        }
    }

    package func release() async { await access.release() }
}
