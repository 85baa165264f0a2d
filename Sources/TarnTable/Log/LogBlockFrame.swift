package import TarnBase

/// A log block as bytes: what ``LogReader`` takes apart (hudi-format §5.2).
///
/// The sizes of header and content stand in front, so a block is whole in memory before its first byte is written.
package struct LogBlockFrame: Sendable {
    /// In order; together the whole block.
    package let parts: [Bytes]

    /// - Parameter content: In order; one behind the other.
    package init(_ type: LogBlockType, _ header: LogBlockHeader, content: [Bytes] = []) {
        precondition(type != .corrupt, "corrupt blocks are found, never written")
        let contentSize = content.reduce(0) { $0 + $1.count }
        var map = ByteBuilder()
        header.write(to: &map)
        // version, type, header, content size, content, footer count, total
        let size = 4 + 4 + map.count + 8 + contentSize + 4 + 8
        var front = ByteBuilder(capacity: 22 + map.count + 8)
        front.append(utf8: "#HUDI#")
        front.append(bigEndian: Int64(size))
        front.append(bigEndian: Int32(1))
        front.append(bigEndian: type.rawValue)
        map.withUnsafeBytes { front.append($0) }
        front.append(bigEndian: Int64(contentSize))
        var back = ByteBuilder(capacity: 12)
        back.append(bigEndian: Int32(0))
        back.append(bigEndian: Int64(size + 6))
        parts = [front.finish()] + content + [back.finish()]
    }

    package var byteCount: Int64 { parts.reduce(0) { $0 + Int64($1.count) } }

    /// In one piece, for small blocks.
    package var bytes: Bytes {
        var all = ByteBuilder(capacity: Int(byteCount))
        for part in parts { all.append(part) }
        return all.finish()
    }
}
