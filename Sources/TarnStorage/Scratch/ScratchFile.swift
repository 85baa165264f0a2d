package import TarnBase
import Glibc

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

    init(_ file: consuming OpenFile, in space: ScratchSpace, bufferBytes: Int) {
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
        do { try file.write(bytes, at: state.flushedBytes) } catch {
            // What fitted on the disk is given back.
            ftruncate(file.descriptor, off_t(state.flushedBytes))
            throw error
        }
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
