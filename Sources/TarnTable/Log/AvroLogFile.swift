package import TarnAvro
package import TarnBase

/// Reads log files whose blocks hold Avro records: archives of the timeline, and change logs (hudi-format §5.2, §5.3).
///
///     "#HUDI#" | size Int64 | format version Int32 | block type Int32 | headers | content length Int64 | content | footers | size Int64
///     content: version Int32 | count Int32 | for each record its length Int32 and its Avro binary
package enum AvroLogFile {
    package enum BlockType: Int32, Sendable {
        case avroData = 3
        case changeData = 6
    }

    /// - Throws: ``TableError`` `corrupt` with the offset, or what decoding a schema or record threw.
    package static func forEachRecord(of file: Bytes, types: Set<BlockType>, _ body: (AvroValue) throws -> Void) throws {
        var cursor = BlockCursor(file)
        while !cursor.isAtEnd {
            let start = Int64(cursor.offset)
            let (type, schemaText, content) = try cursor.block()
            guard let known = BlockType(rawValue: type), types.contains(known) else { throw TableError(.corrupt, "a block of type \(type) in such a file", offset: start) }
            let codec = AvroCodec(try AvroSchema(parsing: schemaText))
            var records = BlockCursor(content)
            let version = try records.int32()
            guard (1...3).contains(version) else { throw TableError(.corrupt, "content of version \(version)", offset: start) }
            for _ in 0..<max(0, try records.int32()) { try body(try codec.decode(try records.bytes(Int(try records.int32())))) }
            guard records.isAtEnd else { throw TableError(.corrupt, "something follows the last record of a block", offset: start) }
        }
    }
}

private struct BlockCursor {
    private let file: Bytes
    private(set) var offset = 0

    init(_ file: Bytes) { self.file = file }

    var isAtEnd: Bool { offset == file.count }

    mutating func bytes(_ count: Int) throws(TableError) -> Bytes {
        guard count >= 0, count <= file.count - offset else { throw TableError(.corrupt, "the file ends early", offset: Int64(offset)) }
        defer { offset += count }
        return file[offset..<(offset + count)]
    }

    mutating func int32() throws(TableError) -> Int32 {
        try bytes(4).withUnsafeBytes { Int32(bigEndian: $0.loadUnaligned(as: Int32.self)) }
    }

    private mutating func int64() throws(TableError) -> Int64 {
        try bytes(8).withUnsafeBytes { Int64(bigEndian: $0.loadUnaligned(as: Int64.self)) }
    }

    /// The block's type, the schema in its headers, and its content.
    mutating func block() throws(TableError) -> (type: Int32, schema: String, content: Bytes) {
        let start = offset
        guard try bytes(6).array == Array("#HUDI#".utf8) else { throw TableError(.corrupt, "no block begins here", offset: Int64(start)) }
        let size = try int64()
        let version = try int32()
        guard version == 1 else { throw TableError(.corrupt, "a block of format version \(version)", offset: Int64(start)) }
        let type = try int32()
        let schema = try headers()[2] ?? ""
        let length = try int64()
        guard let count = Int(exactly: length) else { throw TableError(.corrupt, "a block of \(length) bytes", offset: Int64(start)) }
        let content = try bytes(count)
        _ = try headers()
        let total = try int64()
        guard size == Int64(offset - start - 14), total == Int64(offset - start - 8) else {
            throw TableError(.corrupt, "a block whose sizes contradict its length", offset: Int64(start))
        }
        return (type, schema, content)
    }

    private mutating func headers() throws(TableError) -> [Int32: String] {
        var headers: [Int32: String] = [:]
        for _ in 0..<max(0, try int32()) {
            let key = try int32()
            let value = try bytes(Int(try int32()))
            headers[key] = value.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        }
        return headers
    }
}
