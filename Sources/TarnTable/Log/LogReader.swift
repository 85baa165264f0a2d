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
/// Memory: one window, and a header and a footer of at most 16 MiB. Cost: a request for each started window and each block
/// larger than what is left of it; contents that lie in the window come along.
package struct LogReader {
    private static let magic = Array("#HUDI#".utf8)
    /// size, version, type, header count, content size, footer count, total.
    private static let minimumSize: Int64 = 4 + 4 + 4 + 8 + 4 + 8
    /// A crash leaves one such place. Each may cost two windows, so that bytes made to look like magics must not go on.
    private static let maximumCorruptRanges = 1000

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
    /// - Throws: ``TableError``: `corrupt` for a block whose frame is whole and whose header or footer is not, and for a log
    ///   with more than 1,000 places that are no block; `unsupported` for a log format or block type that is not known.
    package mutating func next() async throws -> LogBlock? {
        do {
            while offset < size {
                if let block = try await block() { return block }
                let corrupt = offset
                offset = try await nextMagic(after: offset)
                corruptRanges.append(corrupt..<offset)
                guard corruptRanges.count <= Self.maximumCorruptRanges else {
                    throw TableError(.corrupt, "more than \(Self.maximumCorruptRanges) places that are no log block", at: path, offset: corrupt)
                }
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
        guard let footer = try await footer(from: parts?.content.upperBound ?? (end - 8), to: end, blockSize) else { return nil }
        offset = end
        guard version == 1 else { throw TableError(.unsupported, "log format version \(version)", at: path, offset: start) }
        guard let type = LogBlockType(rawValue: UInt32(bitPattern: typeNumber)), type != .corrupt else {
            throw TableError(.unsupported, "a log block of type \(typeNumber)", at: path, offset: start)
        }
        guard let parts else { throw TableError(.corrupt, "a log block whose header does not add up", at: path, offset: start) }
        guard footer == .whole else { throw TableError(.corrupt, "a log block whose footer does not fit", at: path, offset: start) }
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
                    return Parts(header: header, content: content, contentBytes: window.heldCopy(content))
                }
            }
            guard byteCount < end - start, byteCount < LogBlockHeader.maximumByteCount else { return nil }
            byteCount = min(end - start, byteCount * 16)
        }
    }

    private enum Footer {
        case whole, damaged
    }

    /// The map behind the content; nil if no block of this size ends here: its total does not agree, or what follows is
    /// no block.
    private mutating func footer(from start: Int64, to end: Int64, _ blockSize: Int64) async throws -> Footer? {
        let isSmall = end - 8 - start <= Int64(LogBlockHeader.maximumByteCount)
        let first = isSmall ? start : end - 8
        let bytes = try await window.bytes(first..<min(size, end + 11))
        var tail = BigEndianReader(bytes, at: Int(end - 8 - first))
        guard let total = tail.int64(), total == blockSize + 6, Self.beginsBlock(bytes[tail.offset..<bytes.count]) else { return nil }
        var length = 0
        guard isSmall, LogBlockHeader(reading: bytes[0..<Int(end - 8 - first)], at: &length) != nil, first + Int64(length) == end - 8 else { return .damaged }
        return .whole
    }

    /// Whether what follows a block may: nothing, a magic, or the start of one that a crash cut short, at the end of the file
    /// or before what the next writer appended. (Java loses the block in front of the latter.)
    private static func beginsBlock(_ bytes: Bytes) -> Bool {
        if bytes.count < magic.count { return true }
        let follows = bytes.array
        return (0..<magic.count).contains { cut in follows.starts(with: magic[..<cut] + magic) }
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
