import Glibc
import TarnBase

/// Writes a data file of a ``LocalStore``: into a temporary file beside its place, renamed when finished.
// Sendable: the protocol gives a writer one owner, who calls one after the other.
final class LocalPartWriter: PartWriter, @unchecked Sendable {
    private let store: LocalStore
    private let path: ObjectPath
    private var temporary: TemporaryFile?
    private var buffer = ByteBuilder()
    private static let bufferBytes = 1 << 20
    /// From here on a copy costs more than a call of the system.
    private static let largeBytes = 64 << 10

    init(_ path: ObjectPath, in store: LocalStore) throws {
        precondition(!path.isRoot, "the root is no object")
        self.store = store
        self.path = path
        temporary = try TemporaryFile(for: path, in: store)
    }

    func write(_ bytes: Bytes) async throws {
        let isLarge = bytes.count >= Self.largeBytes
        if isLarge || buffer.count + bytes.count > Self.bufferBytes { try flush() }
        if isLarge {
            try bytes.withUnsafeBytes { try writeThrough($0) }
        } else {
            buffer.append(bytes)
        }
    }

    func finish() async throws -> ObjectInfo {
        try flush()
        guard let temporary = temporary.take() else { throw ended }
        do {
            if store.durability == .full { try temporary.file.synchronize() }
            let info = try temporary.file.status().info(at: path)
            store.deleteChecksum(of: path)
            try retried { rename(temporary.place, store.place(path)) }
            try store.synchronizeFolder(of: path)
            return info
        } catch let error as SystemError { throw StorageError(error, cannot: "write", at: path) }
    }

    func abandon() async {
        temporary = nil
        buffer = ByteBuilder()
    }

    private func flush() throws {
        try buffer.withUnsafeBytes { try writeThrough($0) }
        buffer.removeAll()
    }

    /// A writer that failed once has lost bytes: it must never finish.
    private func writeThrough(_ bytes: UnsafeRawBufferPointer) throws {
        guard let temporary = temporary.take() else { throw ended }
        do { try temporary.file.append(bytes) } catch { throw StorageError(error, cannot: "write", at: path) }
        self.temporary = consume temporary
    }

    private var ended: StorageError {
        StorageError(.unavailable, "the writer of this file was finished or abandoned, or has failed before", at: path)
    }
}

extension LocalStore {
    public func upload(at path: ObjectPath) async throws -> any PartWriter {
        try LocalPartWriter(path, in: self)
    }
}
