import Glibc
import TarnBase

/// A file descriptor, closed when its owner goes away. Every call is repeated when a signal interrupts it.
struct OpenFile: ~Copyable, Sendable {
    let descriptor: Int32

    init(_ place: String, _ flags: Int32) throws(SystemError) {
        descriptor = try retried { open(place, flags | O_CLOEXEC, 0o666) }
    }

    deinit { close(descriptor) }

    func status() throws(SystemError) -> stat {
        var status = stat()
        try retried { fstat(descriptor, &status) }
        return status
    }

    /// Fills `buffer` from `offset` on; returns false if the file ends before.
    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Bool {
        var done = 0
        while done < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let count = try retried { pread(descriptor, rest.baseAddress, rest.count, off_t(offset) + done) }
            guard count > 0 else { return false }
            done += count
        }
        return true
    }

    /// Writes all of `bytes` at the file's end.
    func append(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
        var done = 0
        while done < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
            done += try retried { Glibc.write(descriptor, rest.baseAddress, rest.count) }
        }
    }

    /// Writes all of `bytes` from `offset` on.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(SystemError) {
        var done = 0
        while done < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
            done += try retried { pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset) + done) }
        }
    }

    func append(_ bytes: Bytes) throws(SystemError) {
        try bytes.withUnsafeBytes { bytes throws(SystemError) in try append(bytes) }
    }

    /// Returns when content and size are on the medium.
    func synchronize() throws(SystemError) {
        try retried { fsync(descriptor) }
    }
}

/// The result of a system call that reports failure by -1.
@discardableResult
func retried<Count: SignedInteger>(_ call: () -> Count) throws(SystemError) -> Count {
    while true {
        let result = call()
        if result >= 0 { return result }
        let error = SystemError.last
        guard error.number == EINTR else { throw error }
    }
}

/// The status of what lies at `place`, symbolic links followed.
func fileStatus(_ place: String) throws(SystemError) -> stat {
    var status = stat()
    try retried { stat(place, &status) }
    return status
}

extension stat {
    var isFolder: Bool { st_mode & S_IFMT == S_IFDIR }
    var isRegularFile: Bool { st_mode & S_IFMT == S_IFREG }
    var modifiedMilliseconds: Int64 { Int64(st_mtim.tv_sec) &* 1000 &+ Int64(st_mtim.tv_nsec / 1_000_000) }

    /// Inode, time of last change and size: a file is only ever replaced by another inode, and ``LocalStore`` sees to
    /// it that an inode used anew has another time.
    var version: ObjectVersion {
        ObjectVersion("\(st_ino)-\(st_mtim.tv_sec).\(st_mtim.tv_nsec)-\(st_size)")
    }

    func info(at path: ObjectPath) -> ObjectInfo {
        ObjectInfo(path: path, size: Int64(st_size), modifiedMilliseconds: modifiedMilliseconds, version: version)
    }
}
