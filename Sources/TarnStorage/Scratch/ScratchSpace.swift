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

    fileprivate func grew(by bytes: Int64) {
        used.withLock { $0 = ($0.now + bytes, $0.written + max(0, bytes)) }
    }

    fileprivate func failure(_ error: SystemError) -> StorageError {
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

/// A nameless file: appended to, then read by ranges. Gone when its last owner lets go.
///
/// One owner appends; any number may read at the same time.
package final class ScratchFile: Sendable {
    private let file: OpenFile
    private let space: ScratchSpace
    private let bufferBytes: Int
    private let state = Locked(State())

    private final class Buffer { var bytes = ByteBuilder() }
    private struct State {
        /// What is in the file.
        var flushedBytes: Int64 = 0
        /// What comes behind it.
        let buffer = Buffer()
    }

    fileprivate init(_ file: consuming OpenFile, in space: ScratchSpace, bufferBytes: Int) {
        self.file = file
        self.space = space
        self.bufferBytes = bufferBytes
    }

    deinit { space.grew(by: -state.withLock { $0.flushedBytes }) }

    /// Everything appended.
    package var size: Int64 { state.withLock { $0.flushedBytes + Int64($0.buffer.bytes.count) } }

    /// Appends `bytes` and returns where they begin.
    /// - Throws: ``StorageError`` `unavailable` when the disk is full, naming the folder and the remedy.
    @discardableResult
    package func append(_ bytes: UnsafeRawBufferPointer) throws(StorageError) -> Int64 {
        try changing { state throws(SystemError) in
            let start = state.flushedBytes + Int64(state.buffer.bytes.count)
            if state.buffer.bytes.count + bytes.count > bufferBytes { try flush(&state) }
            if bytes.count > bufferBytes { try write(bytes, &state) } else { state.buffer.bytes.append(bytes) }
            return start
        }
    }

    @discardableResult
    package func append(_ bytes: Bytes) throws(StorageError) -> Int64 {
        try bytes.withUnsafeBytes { bytes throws(StorageError) in try append(bytes) }
    }

    /// Writes out what is buffered and gives the buffer's memory back: once a file is complete.
    package func flush() throws(StorageError) {
        try changing { state throws(SystemError) in
            try flush(&state)
            state.buffer.bytes = ByteBuilder()
        }
    }

    /// Empties the file for new use.
    package func removeAll() throws(StorageError) {
        try changing { state throws(SystemError) in
            state.buffer.bytes.removeAll()
            try retried { ftruncate(file.descriptor, 0) }
            try retried { lseek(file.descriptor, 0, SEEK_SET) }
            space.grew(by: -state.flushedBytes)
            state.flushedBytes = 0
        }
    }

    /// - Precondition: `range` lies inside ``size``.
    package func read(_ range: Range<Int64>) throws(StorageError) -> Bytes {
        try Bytes(unsafeUninitializedCapacity: range.count) { buffer throws(StorageError) in
            try read(at: range.lowerBound, into: buffer)
            return buffer.count
        }
    }

    /// Fills `buffer` from `offset` on.
    /// - Precondition: That many bytes were appended behind `offset`.
    package func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(StorageError) {
        try writeOut(upTo: offset + Int64(buffer.count))
        do throws(SystemError) {
            guard try file.read(at: offset, into: buffer) else { throw SystemError(number: 0) }
        } catch { throw space.failure(error) }
    }

    /// Fills `buffer` with the given ranges one after another; neighbours in file and list are read at once.
    /// - Precondition: Each lies inside ``size``; `buffer` is as long as all together.
    package func read(_ ranges: [Range<Int64>], into buffer: UnsafeMutableRawBufferPointer) throws(StorageError) {
        var filled = 0
        var index = 0
        while index < ranges.count {
            let start = ranges[index].lowerBound
            var end = ranges[index].upperBound
            index += 1
            while index < ranges.count, ranges[index].lowerBound == end {
                end = ranges[index].upperBound
                index += 1
            }
            let count = Int(end - start)
            precondition(filled + count <= buffer.count, "the buffer is too short for the ranges")
            try read(at: start, into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<filled + count]))
            filled += count
        }
    }

    private func writeOut(upTo end: Int64) throws(StorageError) {
        try changing { state throws(SystemError) in
            precondition(end <= state.flushedBytes + Int64(state.buffer.bytes.count), "read past the end of a scratch file")
            if end > state.flushedBytes { try flush(&state) }
        }
    }

    private func flush(_ state: inout State) throws(SystemError) {
        guard !state.buffer.bytes.isEmpty else { return }
        let buffer = state.buffer
        try buffer.bytes.withUnsafeBytes { bytes throws(SystemError) in try write(bytes, &state) }
        buffer.bytes.removeAll()
    }

    private func write(_ bytes: UnsafeRawBufferPointer, _ state: inout State) throws(SystemError) {
        try file.append(bytes)
        state.flushedBytes += Int64(bytes.count)
        space.grew(by: Int64(bytes.count))
    }

    private func changing<Result: Sendable>(
        _ body: (inout State) throws(SystemError) -> Result
    ) throws(StorageError) -> Result {
        let outcome: Swift.Result<Result, SystemError> = state.withLock { state in
            do throws(SystemError) { return .success(try body(&state)) } catch { return .failure(error) }
        }
        do { return try outcome.get() } catch { throw space.failure(error) }
    }
}
