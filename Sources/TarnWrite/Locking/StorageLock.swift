import TarnBase
package import TarnStorage
package import TarnTable

/// Hudi's storage-based lock, held: one small object, taken, renewed and given back by conditional puts, so that Spark's
/// writers and ours exclude each other (SPEC.md, "Locks").
///
/// Each content of the object is another (owner and time), so its versions form a chain of which only the owner knows the
/// end. Whoever puts on that version had the lock all the time: a lease that ran out while nobody took it is renewed like any.
package actor StorageLock: ExclusiveAccess {
    private let store: any ObjectStore
    private let path: ObjectPath
    private let propertiesPath: ObjectPath
    private let runtime: Runtime
    private let settings: WriterLockSettings
    private let owner: String
    private let turns = Turns()

    private var lease: Lease?

    private struct Lease {
        var version: ObjectVersion
        var validUntil: Int64
        /// By the clock that never jumps; counted from before the request that put this content.
        var startNanoseconds: UInt64
        /// A request was sent whose answer is not known: what is there must be read before the next put.
        var isUncertain = false
    }

    /// Objects put if absent of which nobody knows whether they still will be: the lease runs out by itself
    /// (`lock.unknown-keeps-lease`). One that is there cannot be put any more.
    private nonisolated let unsettled = Locked<Set<ObjectPath>>([])

    private init(_ table: TableHandle) {
        store = table.store
        path = table.metaFolder.appending(StorageLockFile.name)
        propertiesPath = table.propertiesPath
        runtime = table.runtime
        settings = table.lock
        owner = table.runtime.random.uuid()
    }

    /// Takes the lock, if nobody holds it.
    ///
    /// - Throws: ``StorageError`` `locked`, naming the owner, or what the store throws; ``TableError`` `corrupt`.
    ///
    /// Cost: two or three requests.
    package static func take(_ table: TableHandle) async throws -> StorageLock {
        let lock = StorageLock(table)
        try await lock.take()
        return lock
    }

    private func take() async throws {
        let found = try await read()
        if found == nil, try await !store.exists(propertiesPath) {
            // Without a table the lock would be all there is.
            throw StorageError(.notFound, "no such object", at: propertiesPath)
        }
        if let found, !found.file.isFree(nowMilliseconds: now, clockSkewMilliseconds: settings.clockSkewMilliseconds) {
            throw heldByAnother(found.file)
        }
        let start = runtime.clock.monotonicNanoseconds()
        do { try await put(isExpired: false, over: found?.version) } catch let error as StorageError {
            guard [.preconditionFailed, .outcomeUnknown].contains(error.code) else { throw error }
            let present = try await read()
            guard let present, present.file.owner == owner else {
                // On what is another's by now, a put of ours that is still under way cannot succeed any more.
                let isTaken = error.code == .preconditionFailed || present != nil && present?.version != found?.version
                throw isTaken
                    ? StorageError(.locked, "another writer took the lock at the same time", at: path)
                    : StorageError(.unavailable, "the store did not say whether the lock was taken: \(error.message)", at: path)
            }
            lease = Lease(version: present.version, validUntil: present.file.validUntil, startNanoseconds: start)
        }
    }

    // MARK: Holding it

    private var now: Int64 { runtime.clock.nowMilliseconds() }

    /// For how long nobody else can have the lock, by the stricter of the two clocks.
    private var remainingMilliseconds: Int64 {
        guard let lease else { return 0 }
        let elapsed = Int64((runtime.clock.monotonicNanoseconds() &- lease.startNanoseconds) / 1_000_000)
        return min(settings.leaseMilliseconds - elapsed, lease.validUntil - now) - settings.clockSkewMilliseconds
    }

    /// Whether this writer may count on being the only one.
    package var isHeld: Bool { remainingMilliseconds > 0 }

    private var millisecondsUntilDue: Int64 {
        remainingMilliseconds - (settings.leaseMilliseconds - settings.clockSkewMilliseconds - settings.renewalMilliseconds)
    }

    /// Renews the lease when it is time to, and makes sure that it lasts for `milliseconds` from now.
    ///
    /// - Throws: ``StorageError`` `locked` when somebody else has the lock, or what kept it from being renewed.
    package func hold(forMilliseconds milliseconds: Int64 = 1) async throws {
        if remainingMilliseconds >= milliseconds, millisecondsUntilDue > 0 { return }
        try await turns.taking {
            if remainingMilliseconds >= milliseconds, millisecondsUntilDue > 0 { return }
            do { try await replace(isExpired: false) } catch {
                // A renewal that failed is no harm yet while the lease lasts.
                if remainingMilliseconds >= milliseconds { return }
                guard let error = error as? StorageError, error.code == .outcomeUnknown else { throw error }
                // What is unknown is the lock; nothing was done to the table.
                throw StorageError(.unavailable, "the lock cannot be renewed: \(error.message)", at: path)
            }
        }
        guard remainingMilliseconds >= milliseconds else { throw lost }
    }

    /// Sends a put that counts: only while the lease outlasts it, and no longer (`lock.completed-within-lease`).
    package func sending<Result: Sendable>(at path: ObjectPath, _ put: @escaping @Sendable () async throws -> Result) async throws -> Result {
        try await hold(forMilliseconds: settings.putMilliseconds)
        do {
            return try await runtime.within(milliseconds: settings.putMilliseconds, at: path, put)
        } catch let error as StorageError where error.code != .outcomeUnknown {
            throw error
        } catch {
            unsettled.withLock { _ = $0.insert(path) }
            throw error
        }
    }

    /// The object at `path` was seen: no earlier put if absent will be done any more.
    nonisolated func settle(_ path: ObjectPath) { unsettled.withLock { _ = $0.remove(path) } }

    /// Renews the lease when it is time to, until the task is cancelled or the lock is lost.
    package func keepRenewing() async {
        var pause = max(0, millisecondsUntilDue)
        while let last = lease?.startNanoseconds {
            do {
                if pause > 0 { try await runtime.clock.sleep(milliseconds: pause) }
                try await hold()
            } catch is CancellationError {
                return
            } catch {}
            // After a failure soon: there is little left.
            let isRenewed = lease?.startNanoseconds != last || millisecondsUntilDue > 0
            pause = isRenewed ? max(0, millisecondsUntilDue) : max(1, settings.leaseMilliseconds / 20)
        }
    }

    /// Gives the lock back. What cannot be told apart from lost is left to run out.
    package func release() async {
        guard unsettled.withLock({ $0.isEmpty }) else { return }
        try? await turns.taking {
            if lease != nil { try await replace(isExpired: true) }
            lease = nil
        }
    }

    // MARK: The object

    /// Puts the next content over our last one.
    private func replace(isExpired: Bool) async throws {
        for _ in 0..<2 {
            guard var current = lease else { throw lost }
            if current.isUncertain {
                guard let found = try await read(), found.file.owner == owner, !found.file.isExpired else {
                    lease = nil
                    throw lost
                }
                // Its time may be later than what we knew, which only others need to.
                current.version = found.version
                current.isUncertain = false
                lease = current
            }
            do {
                return try await put(isExpired: isExpired, over: current.version)
            } catch {
                lease?.isUncertain = true
                guard (error as? StorageError)?.code == .preconditionFailed else { throw error }
            }
        }
        throw lost
    }

    private func put(isExpired: Bool, over version: ObjectVersion?) async throws {
        let start = runtime.clock.monotonicNanoseconds()
        let validUntil = isExpired ? lease?.validUntil ?? now : now + settings.leaseMilliseconds
        let content = StorageLockFile(isExpired: isExpired, validUntil: validUntil, owner: owner).encoded
        let stored = try await runtime.within(milliseconds: settings.lockRequestMilliseconds, at: path) { [store, path] in
            try await store.put(content, at: path, condition: version.map { .ifMatching($0) } ?? .ifAbsent)
        }
        lease = Lease(version: stored, validUntil: validUntil, startNanoseconds: start)
    }

    /// What is there, with a version it had at most a moment before: a put on it fails if it changed in between.
    private func read() async throws -> (file: StorageLockFile, version: ObjectVersion)? {
        do {
            let info = try await store.info(path)
            guard let version = info.version, info.size <= StorageLockFile.limit.bytes else {
                throw TableError(.corrupt, "this is no lock; when no writer is at work, delete it", at: path)
            }
            let bytes = info.size > 0 ? try await store.get(path, ranges: [0..<info.size])[0] : Bytes()
            do { return (try StorageLockFile(parsing: bytes, at: path), version) } catch {
                // Replaced by a longer one between the two requests, it was cut off.
                guard try await store.info(path).version == version else { throw changing }
                throw error
            }
        } catch let error as StorageError where error.code == .notFound {
            return nil
        } catch let error as StorageError where error.code == .invalidRange {
            throw changing
        }
    }

    // MARK: Errors

    private var changing: StorageError { StorageError(.locked, "another writer changed the lock at the same time", at: path) }

    private func heldByAnother(_ file: StorageLockFile) -> StorageError {
        let seconds = max(0, file.validUntil - now) / 1000 + 1
        return StorageError(.locked, "another writer (\(file.owner)) is at work; its lock ends when it finishes, or in \(seconds) s if it died", at: path)
    }

    private var lost: StorageError {
        StorageError(.locked, "this writer lost its lock to another: nothing was committed; run the write again", at: path)
    }
}
