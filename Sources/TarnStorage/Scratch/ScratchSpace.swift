package import TarnBase
import CGlibcExtra
import Glibc

/// A folder for what does not fit into memory. Its files have no names, so the operating system frees them with the
/// process, however that ends.
package final class ScratchSpace: Sendable {
    /// Where the files lie.
    package let folder: String
    private let runtime: Runtime
    private let used = Locked<(now: Int64, written: Int64)>((0, 0))

    /// - Parameter folder: An existing folder on a disk with room; nil takes `$TMPDIR`, else `/tmp`. Not looked at before the
    ///   first file is made: most work never spills.
    package init(folder: String? = nil, runtime: Runtime = .system) {
        let named = folder ?? getenv("TMPDIR").map { String(cString: $0) } ?? ""
        self.folder = named.isEmpty ? "/tmp" : named
        self.runtime = runtime
    }

    /// What the files hold now.
    package var usedBytes: Int64 { used.withLock { $0.now } }
    /// What was ever written: the measure of spilling.
    package var writtenBytes: Int64 { used.withLock { $0.written } }

    /// A new, empty file.
    ///
    /// - Parameter bufferBytes: How much of what is appended is kept back for larger writes, in memory that the caller counts.
    /// - Throws: ``StorageError`` `unavailable` or `permissionDenied`, naming the folder and the remedy.
    package func makeFile(bufferBytes: Int = 256 << 10) throws(StorageError) -> ScratchFile {
        precondition(bufferBytes >= 0)
        do {
            return ScratchFile(try openNameless(), in: self, bufferBytes: bufferBytes)
        } catch { throw failure(error) }
    }

    private func openNameless() throws(SystemError) -> OpenFile {
        do {
            return try OpenFile(folder, O_RDWR | tarn_O_TMPFILE)
        } catch where [EOPNOTSUPP, EISDIR, EINVAL].contains(error.number) {
            // File systems without nameless files: a name for a moment.
            let place = "\(folder)/tarn-\(String(runtime.random.next(), radix: 16)).spill"
            let file = try OpenFile(place, O_RDWR | O_CREAT | O_EXCL)
            unlink(place)
            return file
        }
    }

    func grew(by bytes: Int64) {
        used.withLock { $0 = ($0.now + bytes, $0.written + max(0, bytes)) }
    }

    func failure(_ error: SystemError) -> StorageError {
        let reason = switch error.number {
        case ENOENT, ENOTDIR: "there is no such folder"
        case ENOSPC, EDQUOT: "its disk is full"
        case 0: "the file ends early"
        default: String(cString: strerror(error.number))
        }
        let code: StorageError.Code = [EACCES, EPERM, EROFS].contains(error.number) ? .permissionDenied : .unavailable
        return StorageError(code, "cannot spill to '\(folder)': \(reason); name a folder with more room (--spill-dir or TMPDIR), or allow more memory")
    }
}
