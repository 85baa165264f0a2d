import TarnBase
import TarnStorage

/// A growing run of bytes that moves to a scratch file when it outgrows its share of memory.
///
/// Appended to, then read at random. In memory up to `memoryLimit`; once beyond, everything is in the file except a last
/// chunk. One owner; not for concurrent use.
final class SpilledBytes {
    private static let chunkByteCount = 1 << 20

    private let memoryLimit: Int
    private let scratch: ScratchSpace
    private var file: ScratchFile?
    /// Bytes in the file: always whole chunks.
    private var fileByteCount: Int64 = 0
    /// What is not in the file, in chunks of equal size; only the last may be partly filled.
    private var chunks: [UnsafeMutableRawPointer] = []
    private(set) var count: Int64 = 0

    init(memoryLimit: Int, scratch: ScratchSpace) {
        self.memoryLimit = memoryLimit
        self.scratch = scratch
    }

    deinit { for chunk in chunks { chunk.deallocate() } }

    var isSpilled: Bool { file != nil }
    var spilledByteCount: Int64 { fileByteCount }
    var memoryByteCount: Int { chunks.count * Self.chunkByteCount }

    /// - Returns: The offset of the first of these bytes.
    @discardableResult
    func append(_ bytes: UnsafeRawBufferPointer) throws -> Int64 {
        let offset = count
        var rest = bytes
        while !rest.isEmpty {
            let used = Int((count - fileByteCount) % Int64(Self.chunkByteCount))
            if used == 0 { try addChunk() }
            let part = min(rest.count, Self.chunkByteCount - used)
            guard let chunk = chunks.last, let source = rest.baseAddress else { break }
            (chunk + used).copyMemory(from: source, byteCount: part)
            count += Int64(part)
            rest = UnsafeRawBufferPointer(rebasing: rest[part...])
        }
        return offset
    }

    /// Copies the bytes of `range` to `target`, which has room for them.
    func copy(_ range: Range<Int64>, to target: UnsafeMutableRawPointer) throws {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        var target = target
        var offset = range.lowerBound
        if offset < fileByteCount, let file {
            let part = Int(min(range.upperBound, fileByteCount) - offset)
            try file.read(at: offset, into: UnsafeMutableRawBufferPointer(start: target, count: part))
            target += part
            offset += Int64(part)
        }
        while offset < range.upperBound {
            let place = Int(offset - fileByteCount)
            let start = place % Self.chunkByteCount
            let part = min(Int(range.upperBound - offset), Self.chunkByteCount - start)
            target.copyMemory(from: chunks[place / Self.chunkByteCount] + start, byteCount: part)
            target += part
            offset += Int64(part)
        }
    }

    private func addChunk() throws {
        let full = (chunks.count + 1) * Self.chunkByteCount > memoryLimit && !chunks.isEmpty
        if full || (file != nil && !chunks.isEmpty) {
            let file = try self.file ?? scratch.makeFile(bufferBytes: 0)
            self.file = file
            for chunk in chunks {
                try file.append(UnsafeRawBufferPointer(start: chunk, count: Self.chunkByteCount))
                fileByteCount += Int64(Self.chunkByteCount)
            }
            for chunk in chunks.dropFirst() { chunk.deallocate() }
            chunks.removeLast(chunks.count - 1)
        } else {
            chunks.append(.allocate(byteCount: Self.chunkByteCount, alignment: 64))
        }
    }
}
