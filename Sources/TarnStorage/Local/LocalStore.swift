public import TarnBase
import Glibc

/// Objects as files below a folder of a local disk.
///
/// What the contract of ``ObjectStore`` leaves open:
///
/// - **Durability** is the store's choice. ``Durability/full`` reports success when file, name and new folders are on
///   the medium; ``Durability/none`` leaves that to the operating system, for scratch tables and fair comparisons.
/// - Files appear under their name complete: written to a temporary file beside it, then linked or renamed. Temporary
///   files are in no listing; what a crash left is removed by ``sweepTemporaryFiles(in:recursive:olderThanMilliseconds:)``.
/// - Hadoop's checksum file `.<name>.crc` is deleted before its file is replaced or deleted, never written.
///   Those of other files are listed as the files they are.
/// - Folders come and go with their objects: a put makes those it needs, ``delete(_:)`` removes those that it empties.
/// - Symbolic links are followed, in listings once per way that does not lead back into itself. Replacing or deleting
///   replaces or deletes the link. What is neither file nor folder is not there.
///
/// Calls block their thread for the time of the disk access.
public struct LocalStore: ObjectStore {
    public enum Durability: Hashable, Sendable {
        /// Success means that the bytes, the name and the folders survive a power failure.
        case full
        /// Success means that every process of this machine sees it.
        case none
    }

    /// The absolute path of the root, without `/` at the end (empty for the file system's root).
    public let root: String
    public let durability: Durability
    let runtime: Runtime
    /// false makes ``put(_:at:condition:)`` go the way it goes on disks without hard links.
    let usesLinks: Bool

    /// The store of the files below `root`, which need not exist yet; the first put makes it.
    ///
    /// - Parameter root: A path, absolute or from the working directory; symbolic links in it are resolved now.
    /// - Throws: ``StorageError``: `unsupported` if `root` is not a folder, or `permissionDenied`.
    public init(root: String, durability: Durability = .full, runtime: Runtime = .system) throws {
        try self.init(root: root, durability: durability, runtime: runtime, usesLinks: true)
    }

    package init(root: String, durability: Durability, runtime: Runtime, usesLinks: Bool) throws {
        self.root = try LocalStore.resolved(root)
        self.durability = durability
        self.runtime = runtime
        self.usesLinks = usesLinks
    }

    /// The store whose root is the table at `location`: a path, or a `file:` address as Spark and Hive write it
    /// (`file:///lake/trips`, `file:/lake/trips`; taken literally, without percent decoding, as Hadoop does).
    ///
    /// - Throws: ``StorageError``: `unsupported` for an address of another kind, and as ``init(root:durability:runtime:)``.
    public init(location: String, durability: Durability = .full, runtime: Runtime = .system) throws {
        var path = location
        if path.hasPrefix("file://") {
            path.removeFirst("file://".count)
        } else if path.hasPrefix("file:") {
            path.removeFirst("file:".count)
        } else if let scheme = location.split(separator: "/", maxSplits: 1).first, location.contains("://"), scheme.hasSuffix(":") {
            throw StorageError(.unsupported, "'\(location)' is not on a local disk; stores of kind '\(scheme)' are not supported here")
        }
        try self.init(root: path, durability: durability, runtime: runtime)
    }

    private static func resolved(_ root: String) throws -> String {
        guard !root.isEmpty, !root.utf8.contains(0) else { throw StorageError(.unsupported, "the path of a store must not be empty") }
        if let real = realpath(root, nil) {
            defer { free(real) }
            let path = String(cString: real)
            guard let status = try? fileStatus(path), status.isFolder else {
                throw StorageError(.unsupported, "'\(root)' is a file, where the folder of a table is expected")
            }
            return path == "/" ? "" : path
        }
        let error = SystemError.last
        guard error.number == ENOENT else { throw StorageError(error, cannot: "open '\(root)'", at: .root) }
        var path = root
        if !path.hasPrefix("/") {
            guard let current = getcwd(nil, 0) else { throw StorageError(.last, cannot: "find the working directory", at: .root) }
            defer { free(current) }
            path = "\(String(cString: current))/\(path)"
        }
        while path.utf8.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }

    /// Where the object or folder `path` lies on the disk.
    func place(_ path: ObjectPath) -> String {
        path.isRoot ? (root.isEmpty ? "/" : root) : "\(root)/\(path.text)"
    }

    // MARK: Reading

    public func get(_ path: ObjectPath, ranges: [Range<Int64>]?) async throws -> [Bytes] {
        let file = try openFile(path)
        let size = Int64(try fileSize(of: file, at: path))
        return try (ranges ?? [0..<size]).map { range in
            guard range.lowerBound >= 0, range.upperBound <= size else {
                throw StorageError(.invalidRange, "bytes \(range.lowerBound)..<\(range.upperBound) asked for, it has \(size)", at: path)
            }
            do throws(SystemError) {
                return try Bytes(unsafeUninitializedCapacity: range.count) { buffer throws(SystemError) in
                    // -1 says that the file was cut after its size was taken; EIO never reports that.
                    guard try file.read(at: range.lowerBound, into: buffer) else { throw SystemError(number: 0) }
                    return buffer.count
                }
            } catch {
                guard error.number != 0 else { throw StorageError(.invalidRange, "it became shorter while it was read", at: path) }
                throw readingError(error, at: path)
            }
        }
    }

    private func openFile(_ path: ObjectPath) throws -> OpenFile {
        // O_NONBLOCK: opening a pipe must not wait for a writer.
        do { return try OpenFile(place(path), O_RDONLY | O_NONBLOCK) } catch { throw readingError(error, at: path) }
    }

    private func fileSize(of file: borrowing OpenFile, at path: ObjectPath) throws -> Int {
        do throws(SystemError) {
            let status = try file.status()
            guard status.isRegularFile else { throw SystemError(number: ENOENT) }
            return status.st_size
        } catch { throw readingError(error, at: path) }
    }

    public func info(_ path: ObjectPath) async throws -> ObjectInfo {
        do throws(SystemError) {
            let status = try fileStatus(place(path))
            guard status.isRegularFile else { throw SystemError(number: ENOENT) }
            return status.info(at: path)
        } catch { throw readingError(error, at: path) }
    }

    func readingError(_ error: SystemError, at path: ObjectPath) -> StorageError {
        StorageError(error.meansAbsent ? SystemError(number: ENOENT) : error, cannot: "read", at: path)
    }
}
