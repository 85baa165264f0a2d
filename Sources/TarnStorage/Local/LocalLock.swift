import CGlibcExtra
import Glibc
import TarnBase

extension LocalStore {
    /// `flock(2)` on a descriptor of the folder itself: the kernel frees it when its holder ends, however it ends, and no
    /// lock file is left (architecture 1.8, step 0). Excludes holders of other descriptors, also in this process.
    ///
    /// - Throws: ``StorageError``: `locked`; `notFound` when there is no such folder.
    public func exclusiveAccess(to folder: ObjectPath) async throws -> (any ExclusiveAccess)? {
        do {
            // Not inherited by programs that this one starts: they would keep the lock.
            let file = try OpenFile(place(folder), O_RDONLY | O_DIRECTORY)
            let descriptor = file.descriptor
            try retried { flock(descriptor, LOCK_EX | LOCK_NB) }
            return LocalLock(file)
        } catch {
            if error.number == EWOULDBLOCK {
                throw StorageError(.locked, "another writer is at work; its lock ends when it finishes or dies", at: folder)
            }
            throw StorageError(error.meansAbsent ? SystemError(number: ENOENT) : error, cannot: "lock", at: folder)
        }
    }
}

/// A descriptor that holds the lock until it is closed.
// Sendable: `file` is only ever emptied, inside the mutex.
private final class LocalLock: ExclusiveAccess, @unchecked Sendable {
    private let mutex = Locked(())
    private var file: OpenFile?

    init(_ file: consuming OpenFile) { self.file = consume file }

    func release() async { mutex.withLock { _ in file = nil } }
}
