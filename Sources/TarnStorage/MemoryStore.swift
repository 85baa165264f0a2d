public import TarnBase

/// Objects in memory: for tests, examples and small scratch tables. Unlike a disk it has no folders of its own.
public final class MemoryStore: ObjectStore {
    private let runtime: Runtime
    private let hasLocks: Bool
    private let state = Locked(State())

    public convenience init(runtime: Runtime = .system) { self.init(runtime: runtime, hasLocks: true) }

    /// - Parameter hasLocks: false makes it a bucket, where writers need a lock made of an object.
    package init(runtime: Runtime, hasLocks: Bool) {
        self.runtime = runtime
        self.hasLocks = hasLocks
    }

    fileprivate struct Entry {
        let bytes: Bytes
        let info: ObjectInfo
    }

    fileprivate struct State {
        var entries: [ObjectPath: Entry] = [:]
        /// The keys of `entries`, sorted.
        var paths: [ObjectPath] = []
        var lastVersion = 0
        var locked: Set<ObjectPath> = []

        mutating func store(_ bytes: Bytes, at path: ObjectPath, now: Int64) -> ObjectInfo {
            lastVersion += 1
            let info = ObjectInfo(path: path, size: Int64(bytes.count), modifiedMilliseconds: now, version: ObjectVersion("\(lastVersion)"))
            // What is kept must not keep a larger buffer of the caller's alive.
            if entries.updateValue(Entry(bytes: bytes.compacted(), info: info), forKey: path) == nil {
                paths.insert(path, at: firstIndex { $0 < path })
            }
            return info
        }

        /// How many paths, all at the front, are `before`.
        func firstIndex(where before: (ObjectPath) -> Bool) -> Int {
            var low = 0, high = paths.count
            while low < high {
                let middle = (low + high) / 2
                if before(paths[middle]) { low = middle + 1 } else { high = middle }
            }
            return low
        }
    }

    public func get(_ path: ObjectPath, ranges: [Range<Int64>]?) async throws -> [Bytes] {
        let bytes = try entry(path).bytes
        return try (ranges ?? [0..<Int64(bytes.count)]).map { range in
            guard range.lowerBound >= 0, range.upperBound <= bytes.count else {
                throw StorageError(.invalidRange, "bytes \(range.lowerBound)..<\(range.upperBound) asked for, it has \(bytes.count)", at: path)
            }
            return bytes[Int(range.lowerBound)..<Int(range.upperBound)]
        }
    }

    public func info(_ path: ObjectPath) async throws -> ObjectInfo { try entry(path).info }

    private func entry(_ path: ObjectPath) throws -> Entry {
        guard let entry = state.withLock({ $0.entries[path] }) else { throw StorageError(.notFound, "no such object", at: path) }
        return entry
    }

    public func list(_ folder: ObjectPath, startingAfter: ObjectPath?, recursive: Bool) async throws -> ObjectListing {
        state.withLock { state in
            recursive ? state.everything(below: folder, after: startingAfter) : state.content(of: folder, after: startingAfter)
        }
    }

    @discardableResult
    public func put(_ bytes: Bytes, at path: ObjectPath, condition: PutCondition) async throws -> ObjectVersion {
        precondition(!path.isRoot, "the root is no object")
        let now = runtime.clock.nowMilliseconds()
        let info: ObjectInfo? = state.withLock { state in
            let present = state.entries[path]?.info.version
            let holds = switch condition {
            case .always: true
            case .ifAbsent: present == nil
            case .ifMatching(let version): present == version
            }
            return holds ? state.store(bytes, at: path, now: now) : nil
        }
        guard let version = info?.version else {
            throw StorageError(.preconditionFailed, condition == .ifAbsent ? "it exists" : "it was replaced or deleted in the meantime", at: path)
        }
        return version
    }

    public func upload(at path: ObjectPath) async throws -> any PartWriter {
        precondition(!path.isRoot, "the root is no object")
        return MemoryPartWriter { [self] bytes in
            let now = runtime.clock.nowMilliseconds()
            return state.withLock { $0.store(bytes, at: path, now: now) }
        }
    }

    public func delete(_ paths: [ObjectPath]) async throws {
        state.withLock { state in
            for path in paths where state.entries.removeValue(forKey: path) != nil {
                state.paths.remove(at: state.firstIndex { $0 < path })
            }
        }
    }

    /// A lock among the users of this store.
    public func exclusiveAccess(to folder: ObjectPath) async throws -> (any ExclusiveAccess)? {
        guard hasLocks else { return nil }
        guard state.withLock({ $0.locked.insert(folder).inserted }) else {
            throw StorageError(.locked, "another writer is at work", at: folder)
        }
        return MemoryLock { [state] in state.withLock { _ = $0.locked.remove(folder) } }
    }
}

fileprivate extension MemoryStore.State {
    private static let pageSize = 1000

    /// The first path not before anything below `folder`.
    private func start(of folder: ObjectPath) -> Int {
        folder.isRoot ? 0 : firstIndex { $0.text.utf8.lexicographicallyPrecedes("\(folder.text)/".utf8) }
    }

    func everything(below folder: ObjectPath, after bound: ObjectPath?) -> ObjectListing {
        var page = ObjectListing()
        let first = max(start(of: folder), bound.map { bound in firstIndex { !(bound < $0) } } ?? 0)
        for path in paths[first...] {
            guard path.relative(to: folder) != nil, let info = entries[path]?.info else { break }
            if page.objects.count == Self.pageSize {
                page.next = page.objects.last?.path
                break
            }
            page.objects.append(info)
        }
        return page
    }

    func content(of folder: ObjectPath, after bound: ObjectPath?) -> ObjectListing {
        var found: [(path: ObjectPath, info: ObjectInfo?)] = []
        var index = start(of: folder)
        while index < paths.count, let rest = paths[index].relative(to: folder) {
            if let slash = rest.firstIndex(of: "/") {
                let child = folder.appending(String(rest[..<slash]))
                found.append((child, nil))
                // "0" follows "/": the first path behind everything in the child.
                index = firstIndex { $0.text.utf8.lexicographicallyPrecedes("\(child.text)0".utf8) }
            } else {
                found.append((paths[index], entries[paths[index]]?.info))
                index += 1
            }
        }
        if let bound { found.removeAll { !(bound < $0.path) } }
        found.sort { $0.path < $1.path }
        var page = ObjectListing()
        if found.count > Self.pageSize { page.next = found[Self.pageSize - 1].path }
        for (path, info) in found.prefix(Self.pageSize) {
            if let info { page.objects.append(info) } else { page.folders.append(path) }
        }
        return page
    }
}

private final class MemoryPartWriter: PartWriter {
    private let parts = Locked<ByteBuilderBox?>(ByteBuilderBox())
    private let store: @Sendable (Bytes) -> ObjectInfo

    init(store: @escaping @Sendable (Bytes) -> ObjectInfo) { self.store = store }

    func write(_ bytes: Bytes) async throws {
        try parts.withLock { parts in
            guard let parts else { throw ended }
            parts.builder.append(bytes)
        }
    }

    func finish() async throws -> ObjectInfo {
        let bytes: Bytes? = parts.withLock { parts in
            defer { parts = nil }
            return parts?.builder.finish()
        }
        guard let bytes else { throw ended }
        return store(bytes)
    }

    func abandon() async { parts.withLock { $0 = nil } }

    private var ended: StorageError { StorageError(.unavailable, "the writer of this object was finished or abandoned before") }

    /// Makes the move-only builder fit behind a lock.
    private final class ByteBuilderBox {
        var builder = ByteBuilder()
    }
}

private final class MemoryLock: ExclusiveAccess {
    private let free: @Sendable () -> Void
    private let isHeld = Locked(true)

    init(free: @escaping @Sendable () -> Void) { self.free = free }

    func release() async { releaseNow() }

    private func releaseNow() {
        let held = isHeld.withLock { held in
            defer { held = false }
            return held
        }
        if held { free() }
    }

    deinit { releaseNow() }
}
