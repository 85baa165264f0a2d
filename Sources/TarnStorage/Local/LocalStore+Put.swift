public import TarnBase
import CGlibcExtra
import Glibc

extension LocalStore {
    @discardableResult
    public func put(_ bytes: Bytes, at path: ObjectPath, condition: PutCondition) async throws -> ObjectVersion {
        precondition(!path.isRoot, "the root is no object")
        if condition == .ifAbsent {
            try refuseIfPresent(path)
            // A file without content is never seen half-written, so it needs no temporary name.
            if bytes.isEmpty { return try createEmpty(path) }
        }
        let version = try write(bytes, at: path, condition)
        try synchronizeFolder(of: path)
        return version
    }

    /// All of a put but the folder's fsync, which comes when the temporary name is gone.
    private func write(_ bytes: Bytes, at path: ObjectPath, _ condition: PutCondition) throws -> ObjectVersion {
        let temporary = try TemporaryFile(for: path, in: self)
        let status: stat
        do {
            try temporary.file.append(bytes)
            if condition != .ifAbsent { try makeTimeUnique(temporary.file) }
            if durability == .full { try temporary.file.synchronize() }
            status = try temporary.file.status()
        } catch { throw StorageError(error, cannot: "write", at: path) }
        switch condition {
        case .ifAbsent: try link(temporary, status, to: path)
        case .always: try replace(path, by: temporary, expecting: nil)
        case .ifMatching(let version): try replace(path, by: temporary, expecting: version)
        }
        return status.version
    }

    // MARK: If absent

    private func refuseIfPresent(_ path: ObjectPath) throws {
        guard let status = try? fileStatus(place(path)) else { return }
        guard !status.isFolder else { throw StorageError(SystemError(number: EISDIR), cannot: "write", at: path) }
        throw StorageError(.preconditionFailed, "it exists", at: path)
    }

    private func createEmpty(_ path: ObjectPath) throws -> ObjectVersion {
        deleteChecksum(of: path)
        let status: stat
        do {
            status = try inMadeFolder(of: path) { () throws(SystemError) in
                try OpenFile(place(path), O_WRONLY | O_CREAT | O_EXCL).status()
            }
        } catch { throw StorageError(error, cannot: "create", at: path) }
        try synchronizeFolder(of: path)
        return status.version
    }

    /// Gives the temporary file its final name, which must be free. link(2) is atomic and refuses to replace.
    private func link(_ temporary: borrowing TemporaryFile, _ status: stat, to path: ObjectPath) throws {
        deleteChecksum(of: path)
        do throws(SystemError) {
            guard usesLinks else { throw SystemError(number: EPERM) }
            try retried { Glibc.link(temporary.place, place(path)) }
            return
        } catch where [EPERM, EOPNOTSUPP, ENOSYS, EMLINK, EXDEV].contains(error.number) {
            try renameWithoutReplacing(temporary, to: path)
        } catch {
            // Over a network a link that was made can be reported as refused, when the first reply was lost.
            if error.number == EEXIST, let there = try? fileStatus(place(path)), there.st_ino == status.st_ino, there.st_dev == status.st_dev {
                return
            }
            throw StorageError(error, cannot: "create", at: path)
        }
    }

    private func renameWithoutReplacing(_ temporary: borrowing TemporaryFile, to path: ObjectPath) throws {
        do {
            try retried { tarn_rename_no_replace(temporary.place, place(path)) }
        } catch where error.number == EINVAL || error.number == ENOSYS {
            throw StorageError(.unsupported, "this file system has neither link(2) nor renameat2(2), so that a commit would not be safe", at: path)
        } catch { throw StorageError(error, cannot: "create", at: path) }
    }

    // MARK: Replacing

    /// Renames over what is at `path`, after comparing its version.
    ///
    /// No system call compares and replaces, so replacing puts exclude each other by a lock on the file they replace;
    /// once a waiting one gets the lock, it looks whether that file is still the one at `path`.
    private func replace(_ path: ObjectPath, by temporary: borrowing TemporaryFile, expecting version: ObjectVersion?) throws {
        do {
            while try !replaceIfStillThere(path, by: temporary, expecting: version) {}
        } catch let error as SystemError {
            if version == nil, error.number == ENOENT, (try? rename(temporary, to: path)) != nil { return }
            guard version == nil || !error.meansAbsent else { throw StorageError(.preconditionFailed, "it is not there any more", at: path) }
            throw StorageError(error, cannot: "replace", at: path)
        }
    }

    /// Returns false if the file was replaced while this waited for its lock.
    private func replaceIfStillThere(
        _ path: ObjectPath,
        by temporary: borrowing TemporaryFile,
        expecting version: ObjectVersion?
    ) throws -> Bool {
        if version == nil, access(place(path), R_OK) != 0 {
            // Absent, or not ours to read: nothing to compare with, nothing to lock.
            try rename(temporary, to: path)
            return true
        }
        let current = try OpenFile(place(path), O_RDONLY | O_NONBLOCK)
        let descriptor = current.descriptor
        try retried { flock(descriptor, LOCK_EX) }
        let status = try current.status()
        guard let there = try? fileStatus(place(path)), there.st_ino == status.st_ino, there.st_dev == status.st_dev else { return false }
        guard version == nil || status.version == version else {
            throw StorageError(.preconditionFailed, "it was replaced in the meantime", at: path)
        }
        try rename(temporary, to: path)
        return true
    }

    private func rename(_ temporary: borrowing TemporaryFile, to path: ObjectPath) throws {
        deleteChecksum(of: path)
        try retried { () -> Int32 in Glibc.rename(temporary.place, place(path)) }
    }

    /// Fills the digits of the time of last change that the kernel's clock leaves coarse (a tick is milliseconds long), so
    /// that two contents on one reused inode never have one version.
    private func makeTimeUnique(_ file: borrowing OpenFile) throws(SystemError) {
        let changed = try file.status().st_mtim
        let noise = Int(runtime.random.next() % 1_000_000)
        let times = [
            timespec(tv_sec: 0, tv_nsec: tarn_UTIME_OMIT),
            timespec(tv_sec: changed.tv_sec, tv_nsec: changed.tv_nsec / 1_000_000 * 1_000_000 + noise),
        ]
        let descriptor = file.descriptor
        try retried { futimens(descriptor, times) }
    }
}
