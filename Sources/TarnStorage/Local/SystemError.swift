import Glibc

/// Why the operating system refused a call.
struct SystemError: Error, Hashable {
    let number: Int32

    /// Of the call that has just failed on this thread.
    static var last: SystemError { SystemError(number: errno) }

    init(number: Int32) { self.number = number }

    /// No file lies there, whatever the reason.
    var meansAbsent: Bool { [ENOENT, ENOTDIR, ENAMETOOLONG].contains(number) }
}

extension StorageError {
    /// - Parameter action: What could not be done, after "cannot": `read`, `write`.
    init(_ error: SystemError, cannot action: String, at path: ObjectPath) {
        let (code, reason): (Code, String) = switch error.number {
        case ENOENT: (.notFound, "no such file")
        case EACCES, EPERM: (.permissionDenied, "permission denied; check the owner and mode of the file and its folders")
        case EROFS: (.permissionDenied, "the file system is read-only")
        case ENOSPC, EDQUOT: (.unavailable, "the disk is full; free space and repeat")
        case EMFILE, ENFILE: (.unavailable, "too many open files; raise the limit (ulimit -n) and repeat")
        case EIO: (.unavailable, "the disk reports an input/output error")
        case EEXIST: (.preconditionFailed, "it exists")
        case ENAMETOOLONG: (.unsupported, "the name is too long for this file system")
        case ENOTDIR: (.unsupported, "a file stands where a folder is needed")
        case EISDIR, ENOTEMPTY: (.unsupported, "a folder of this name stands there")
        case ELOOP: (.unsupported, "its symbolic links lead in a circle")
        default: (.unavailable, String(cString: strerror(error.number)))
        }
        self.init(code, "cannot \(action): \(reason)", at: path)
    }
}
