import TarnBase

/// The map in front of a block's content: texts by ordinal, in any order (hudi-format §5.2).
package struct LogBlockHeader: Hashable, Sendable {
    package enum Key: UInt32, Sendable {
        case instantTime = 0
        case targetInstantTime = 1
        case schema = 2
        case commandBlockType = 3
        case compactedBlockTimes = 4
        case recordPositions = 5
        case blockIdentifier = 6
        case isPartial = 7
        case baseFileInstantOfPositions = 8
    }

    private let texts: [UInt32: String]

    package init(_ texts: [Key: String]) {
        self.texts = Dictionary(uniqueKeysWithValues: texts.map { ($0.key.rawValue, $0.value) })
    }

    package subscript(key: Key) -> String? { texts[key.rawValue] }

    /// What a block of rows or deletes has: its instant, and the schema of its commit with meta fields.
    package static func data(_ instant: InstantTime, schema: String) -> LogBlockHeader {
        LogBlockHeader([.instantTime: instant.description, .schema: schema])
    }

    /// What a rollback block has: what `target` wrote into the slice before it counts no more.
    package static func rollback(of target: InstantTime, under instant: InstantTime) -> LogBlockHeader {
        LogBlockHeader([.instantTime: instant.description, .commandBlockType: "0", .targetInstantTime: target.description])
    }

    /// Appends the map. Java's order is that of its hashes, another in every run; ours is always the same.
    func write(to bytes: inout ByteBuilder) {
        bytes.append(bigEndian: UInt32(texts.count))
        for key in Self.order where texts[key] != nil {
            let text = texts[key] ?? ""
            bytes.append(bigEndian: key)
            bytes.append(bigEndian: UInt32(text.utf8.count))
            bytes.append(utf8: text)
        }
    }

    /// Ordinals as they are written.
    private static let order: [UInt32] = [0, 3, 1, 2, 4, 5, 6, 7, 8]

    /// Enough for any schema, and what a hostile header may cost.
    static let maximumByteCount = 16 << 20

    /// Reads a map from `bytes` at `offset` and moves `offset` behind it; nil if they hold none.
    ///
    /// Values that are not UTF-8 (none is written) are left out.
    init?(reading bytes: Bytes, at offset: inout Int) {
        var reader = BigEndianReader(bytes, at: offset)
        guard let count = reader.int32(), count >= 0, count <= 64 else { return nil }
        var texts: [UInt32: String] = [:]
        for _ in 0..<count {
            guard let key = reader.int32(), let length = reader.int32(), let value = reader.take(Int(length)) else { return nil }
            texts[UInt32(bitPattern: key)] = value.utf8Text
        }
        self.texts = texts
        offset = reader.offset
    }
}

/// Reads the big-endian numbers of Hudi's own structures, never beyond the end.
struct BigEndianReader {
    let bytes: Bytes
    private(set) var offset: Int

    init(_ bytes: Bytes, at offset: Int = 0) {
        self.bytes = bytes
        self.offset = offset
    }

    var left: Int { bytes.count - offset }

    mutating func take(_ count: Int) -> Bytes? {
        guard count >= 0, count <= left else { return nil }
        defer { offset += count }
        return bytes[offset..<(offset + count)]
    }

    mutating func int32() -> Int32? {
        take(4).map { part in part.withUnsafeBytes { Int32(bigEndian: $0.loadUnaligned(as: Int32.self)) } }
    }

    mutating func int64() -> Int64? {
        take(8).map { part in part.withUnsafeBytes { Int64(bigEndian: $0.loadUnaligned(as: Int64.self)) } }
    }
}
