import TarnBase
package import TarnStorage

/// Walks the blocks of a log file, in order (hudi-format §5.2).
///
///     block := "#HUDI#" size:8 version:4 type:4 header contentSize:8 content footer total:8
///
/// `size` counts what follows it, `total` everything before it. A log file is a concatenation of blocks; one of 0 bytes is
/// an empty log.
///
/// What does not hold up as a block (cut short by the end, a `total` that disagrees, no magic behind it) is passed over up
/// to the next magic, as Java does: a writer died there, and its instant was never completed.
///
/// Memory: one window, and a header of at most 16 MiB. Cost: a request for each started window and each block larger than
/// what is left of it; contents that lie in the window come along.
package struct LogReader {
    private static let magic = Array("#HUDI#".utf8)
    /// size, version, type, header count, content size, footer count, total.
    private static let minimumSize: Int64 = 4 + 4 + 4 + 8 + 4 + 8

    private let path: ObjectPath
    private let size: Int64
    private var window: ObjectWindow
    private var offset: Int64 = 0
    /// Where in the file bytes that are no block were passed over.
    package private(set) var corruptRanges: [Range<Int64>] = []

    package init(_ file: LogFile, in table: TableHandle, windowBytes: Int = 1 << 20) {
        self.init(path: file.path(in: table), size: file.size, store: table.store, windowBytes: windowBytes)
    }

    package init(path: ObjectPath, size: Int64, store: any ObjectStore, windowBytes: Int = 1 << 20) {
        self.path = path
        self.size = size
        window = ObjectWindow(path, size: size, store: store, byteCount: windowBytes)
    }

    /// The next sound block; nil at the end.
    ///
    /// - Throws: ``TableError``: `corrupt` for a block whose frame is whole and whose header is not, `unsupported` for a log
    ///   format or block type that is not known.
    package mutating func next() async throws -> LogBlock? {
        do {
            while offset < size {
                if let block = try await block() { return block }
                let corrupt = offset
                offset = try await nextMagic(after: offset)
                corruptRanges.append(corrupt..<offset)
            }
            return nil
        } catch let error as CancellationError {
            throw error
        } catch {
            throw TableError(error, at: path)
        }
    }

    /// The block at `offset`, which moves behind it; nil if there is none.
    private mutating func block() async throws -> LogBlock? {
        let start = offset
        guard size - start >= 6 + 8 + Self.minimumSize else { return nil }
        var front = BigEndianReader(try await window.bytes(start..<(start + 22)))
        guard front.take(6)?.array == Self.magic, let blockSize = front.int64(), blockSize >= Self.minimumSize,
            blockSize <= size - start - 14, let version = front.int32(), let typeNumber = front.int32()
        else { return nil }
        let end = start + 14 + blockSize
        let parts = try await parts(from: start + 22, to: end - 8)
        guard try await isFrameEnd(end, blockSize) else { return nil }
        offset = end
        guard version == 1 else { throw TableError(.unsupported, "log format version \(version)", at: path, offset: start) }
        guard let type = LogBlockType(rawValue: UInt32(bitPattern: typeNumber)), type != .corrupt else {
            throw TableError(.unsupported, "a log block of type \(typeNumber)", at: path, offset: start)
        }
        guard let parts else { throw TableError(.corrupt, "a log block whose header does not add up", at: path, offset: start) }
        return try LogBlock(
            type: type, header: parts.header, path: path, offset: start, content: parts.content, contentBytes: parts.contentBytes)
    }

    private struct Parts {
        let header: LogBlockHeader
        let content: Range<Int64>
        let contentBytes: Bytes?
    }

    /// Header and content between two places in the file; nil if they do not fit between them.
    private mutating func parts(from start: Int64, to end: Int64) async throws -> Parts? {
        var byteCount = min(end - start, 64 << 10)
        while true {
            let bytes = try await window.bytes(start..<(start + byteCount))
            var length = 0
            if let header = LogBlockHeader(reading: bytes, at: &length) {
                var reader = BigEndianReader(bytes, at: length)
                if let contentSize = reader.int64() {
                    let first = start + Int64(reader.offset)
                    // A footer of at least four bytes follows.
                    guard contentSize >= 0, contentSize <= end - first - 4 else { return nil }
                    let content = first..<(first + contentSize)
                    return Parts(header: header, content: content, contentBytes: window.heldBytes(content))
                }
            }
            guard byteCount < end - start, byteCount < LogBlockHeader.maximumByteCount else { return nil }
            byteCount = min(end - start, byteCount * 16)
        }
    }

    /// Whether a block of this size ends here: its total agrees, and the file ends or a magic follows.
    private mutating func isFrameEnd(_ end: Int64, _ blockSize: Int64) async throws -> Bool {
        var tail = BigEndianReader(try await window.bytes((end - 8)..<min(size, end + 6)))
        guard let total = tail.int64(), total == blockSize + 6 else { return false }
        return end == size || tail.take(6)?.array == Self.magic
    }

    /// Where the next magic stands; the end if there is none.
    private mutating func nextMagic(after start: Int64) async throws -> Int64 {
        var place = start + 1
        while size - place >= Int64(Self.magic.count) {
            let bytes = try await window.bytes(place..<min(size, place + (64 << 10)))
            let found = bytes.withUnsafeBytes { bytes in
                (0...(bytes.count - Self.magic.count)).first { at in Self.magic.indices.allSatisfy { bytes[at + $0] == Self.magic[$0] } }
            }
            if let found { return place + Int64(found) }
            place += Int64(bytes.count - Self.magic.count + 1)
        }
        return size
    }
}
