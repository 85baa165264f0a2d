package import TarnBase
package import TarnStorage

/// One call on a store that would be a request to a server. Numbered from 0 by the stores below.
package enum StoreCall: Hashable, Sendable {
    case get(ObjectPath, [Range<Int64>]?)
    case info(ObjectPath)
    case list(ObjectPath)
    case put(ObjectPath, PutCondition)
    /// Begins an upload; nothing is visible after it.
    case upload(ObjectPath)
    case write(ObjectPath, count: Int)
    case finish(ObjectPath)
    case delete([ObjectPath])

    package var changesObjects: Bool {
        switch self {
        case .get, .info, .list: false
        default: true
        }
    }
}

/// A store around another, which sees every call.
package struct InterceptedStore: ObjectStore {
    package let base: any ObjectStore
    /// Told of a call before it is done; by throwing it prevents it. What it returns is run after the call was done.
    package let intercept: @Sendable (StoreCall) async throws -> (@Sendable () throws -> Void)?

    package init(
        _ base: any ObjectStore,
        intercept: @escaping @Sendable (StoreCall) async throws -> (@Sendable () throws -> Void)?
    ) {
        self.base = base
        self.intercept = intercept
    }

    fileprivate func intercepting<Result>(_ call: StoreCall, _ work: () async throws -> Result) async throws -> Result {
        let after = try await intercept(call)
        let result = try await work()
        try after?()
        return result
    }

    package func get(_ path: ObjectPath, ranges: [Range<Int64>]?) async throws -> [Bytes] {
        try await intercepting(.get(path, ranges)) { try await base.get(path, ranges: ranges) }
    }

    package func info(_ path: ObjectPath) async throws -> ObjectInfo {
        try await intercepting(.info(path)) { try await base.info(path) }
    }

    package func list(_ folder: ObjectPath, startingAfter: ObjectPath?, recursive: Bool) async throws -> ObjectListing {
        try await intercepting(.list(folder)) { try await base.list(folder, startingAfter: startingAfter, recursive: recursive) }
    }

    @discardableResult
    package func put(_ bytes: Bytes, at path: ObjectPath, condition: PutCondition) async throws -> ObjectVersion {
        try await intercepting(.put(path, condition)) { try await base.put(bytes, at: path, condition: condition) }
    }

    package func upload(at path: ObjectPath) async throws -> any PartWriter {
        try await intercepting(.upload(path)) { InterceptedPartWriter(try await base.upload(at: path), at: path, of: self) }
    }

    package func delete(_ paths: [ObjectPath]) async throws {
        try await intercepting(.delete(paths)) { try await base.delete(paths) }
    }

    package func exclusiveAccess(to folder: ObjectPath) async throws -> (any ExclusiveAccess)? {
        try await base.exclusiveAccess(to: folder)
    }
}

private final class InterceptedPartWriter: PartWriter {
    private let base: any PartWriter
    private let path: ObjectPath
    private let store: InterceptedStore

    init(_ base: any PartWriter, at path: ObjectPath, of store: InterceptedStore) {
        self.base = base
        self.path = path
        self.store = store
    }

    func write(_ bytes: Bytes) async throws {
        try await store.intercepting(.write(path, count: bytes.count)) { try await base.write(bytes) }
    }

    func finish() async throws -> ObjectInfo {
        try await store.intercepting(.finish(path)) { try await base.finish() }
    }

    func abandon() async { await base.abandon() }
}
