public import TarnBase

/// Objects under paths: a folder, a bucket, or memory. Knows no formats.
///
/// Five requirements and `delete`; everything convenient is an extension built from them. Every backend passes
/// `StoreConformance`. Calls may be made concurrently.
public protocol ObjectStore: Sendable {
    /// The bytes of the given ranges of an object, in the order asked for.
    ///
    /// - Parameter ranges: Each must lie inside the object. nil asks for the whole object, as one element.
    /// - Returns: Exactly as many elements as ranges, each exactly as long as its range.
    /// - Throws: ``StorageError`` `notFound`; `invalidRange` when the object is shorter than a range says.
    ///
    /// Cost: one request a range, or fewer where a store joins neighbours.
    func get(_ path: ObjectPath, ranges: [Range<Int64>]?) async throws -> [Bytes]

    /// Size, version and time of last change. Throws `notFound`. Cost: one request.
    func info(_ path: ObjectPath) async throws -> ObjectInfo

    /// One page of the objects below `folder`, sorted by path.
    ///
    /// - Parameters:
    ///   - startingAfter: Objects and folders up to and including this path are left out.
    ///   - recursive: true lists everything below. false lists what lies directly in `folder`, and names each folder in
    ///     it once, in ``ObjectListing/folders``.
    /// - Returns: At most 1,000 objects and folders together. A folder that does not exist gives an empty page.
    ///
    /// Cost: one request.
    func list(_ folder: ObjectPath, startingAfter: ObjectPath?, recursive: Bool) async throws -> ObjectListing

    /// Stores `bytes` at `path` if `condition` holds, all at once.
    ///
    /// Readers see the object before or the object after, never a part. Once this returns, every `get`, `info` and
    /// `list` that starts later sees the new object. At most one of any number of concurrent puts with `.ifAbsent` to
    /// the same path succeeds; the commit of an instant rests on this sentence.
    ///
    /// A put can end in three ways, and an implementation must not turn one into another:
    ///
    /// - it returns: the object is stored and durable;
    /// - it throws `preconditionFailed`, or any code but the next: nothing was stored by this call;
    /// - it throws `outcomeUnknown`: the request was sent and no answer came. **The object may be there.** Implementations
    ///   that retry report a refused retry as `outcomeUnknown`, not as `preconditionFailed`, unless they can
    ///   tell that the object present is not their own.
    ///
    /// For example, with nothing at `a`:
    ///
    ///     put(x, at: a, condition: .ifAbsent)            stores x
    ///     put(y, at: a, condition: .ifAbsent)            preconditionFailed, a is still x
    ///     put(y, at: a, condition: .ifMatching(v_of_x))  stores y
    ///     put(z, at: a, condition: .ifMatching(v_of_x))  preconditionFailed, a is still y
    ///
    /// Not promised: that parents exist as listable things, that times of last change are monotone, or that two puts of
    /// the same bytes yield the same version.
    ///
    /// Cost: one request; for bytes beyond the store's part size, one per part and two more.
    ///
    /// - Returns: The version now at `path`, for a later `.ifMatching`.
    /// - Throws: ``StorageError``, or `CancellationError`, after which the outcome is unknown too.
    @discardableResult
    func put(_ bytes: Bytes, at path: ObjectPath, condition: PutCondition) async throws -> ObjectVersion

    /// Begins a file that is written in parts and appears, whole, when it is finished.
    ///
    /// Replaces what is at `path`; data files have names of their own, so nothing is. A writer that is dropped without
    /// `finish` leaves nothing that readers see. Cost: a request for each started part of 8 MiB, and two more if there is
    /// more than one.
    func upload(at path: ObjectPath) async throws -> any PartWriter

    /// Deletes objects. One that does not exist counts as deleted. Cost: one request for each started 1,000 paths.
    ///
    /// Not atomic: after an error some may be gone.
    func delete(_ paths: [ObjectPath]) async throws

    /// Takes the lock of the table or folder `path` for this process, if nobody holds it, until it is released or the
    /// process dies. nil when the store has no such lock of its own, but keeps both conditions of ``put(_:at:condition:)``
    /// among any number of writers, so that a lock can be made of an object.
    ///
    /// - Throws: ``StorageError`` `locked` when somebody else holds it, never waiting; `unsupported` when writers cannot
    ///   exclude each other here at all.
    func exclusiveAccess(to folder: ObjectPath) async throws -> (any ExclusiveAccess)?
}

/// A lock held. Released at the latest when the value goes away.
public protocol ExclusiveAccess: Sendable {
    func release() async
}

/// The one who writes an object in parts; one owner, calls one after the other.
public protocol PartWriter: AnyObject, Sendable {
    /// Appends `bytes`. They may still be in memory when this returns.
    func write(_ bytes: Bytes) async throws
    /// Makes the object appear, durable, with everything written. Call once, last.
    func finish() async throws -> ObjectInfo
    /// Drops what was written.
    func abandon() async
}

/// What a put demands of what is there.
public enum PutCondition: Hashable, Sendable {
    case always
    case ifAbsent
    case ifMatching(ObjectVersion)
}

/// A store's mark for one content of one object (an entity tag, an inode with its time); opaque.
public struct ObjectVersion: Hashable, Sendable {
    public let tag: String
    public init(_ tag: String) { self.tag = tag }
}

public struct ObjectInfo: Hashable, Sendable {
    public let path: ObjectPath
    public let size: Int64
    /// Milliseconds since 1970 UTC, by the store's clock.
    public let modifiedMilliseconds: Int64
    /// nil in listings of stores that do not tell it there.
    public let version: ObjectVersion?

    public init(path: ObjectPath, size: Int64, modifiedMilliseconds: Int64, version: ObjectVersion? = nil) {
        self.path = path
        self.size = size
        self.modifiedMilliseconds = modifiedMilliseconds
        self.version = version
    }
}

/// A page of a listing.
public struct ObjectListing: Sendable {
    public var objects: [ObjectInfo]
    /// Folders directly in the listed one, when not recursive.
    public var folders: [ObjectPath]
    /// Where the next page starts after; nil on the last page.
    public var next: ObjectPath?

    public init(objects: [ObjectInfo] = [], folders: [ObjectPath] = [], next: ObjectPath? = nil) {
        self.objects = objects
        self.folders = folders
        self.next = next
    }
}

extension ObjectStore {
    /// A whole object, refused with `tooLarge` if it is longer than `limit`: what is read whole is small, and a hostile
    /// table must not decide how much memory that takes. Cost: two requests.
    public func get(_ path: ObjectPath, upTo limit: ByteCount = .mebibytes(256)) async throws -> Bytes {
        let size = try await info(path).size
        guard size <= limit.bytes else {
            throw StorageError(.tooLarge, "\(ByteCount(size)) where at most \(limit) are expected", at: path)
        }
        guard size > 0 else { return Bytes() }
        return try await get(path, ranges: [0..<size])[0]
    }

    /// The whole listing, page by page. Cost: a request for each started 1,000 entries.
    public func list(_ folder: ObjectPath, recursive: Bool) async throws -> ObjectListing {
        var all = try await list(folder, startingAfter: nil, recursive: recursive)
        while let next = all.next {
            let page = try await list(folder, startingAfter: next, recursive: recursive)
            all.objects += page.objects
            all.folders += page.folders
            all.next = page.next
        }
        return all
    }

    public func exists(_ path: ObjectPath) async throws -> Bool {
        do {
            _ = try await info(path)
            return true
        } catch let error as StorageError where error.code == .notFound {
            return false
        }
    }
}
