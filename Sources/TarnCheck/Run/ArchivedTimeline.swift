import TarnAvro
import TarnBase
import TarnTable

/// What the archive of a timeline tells a check (hudi-format §9.6): log blocks of Avro records, one a timeline file.
struct ArchivedTimeline {
    private(set) var completed: Set<InstantTime> = []
    /// Names of files that archived cleans removed.
    private(set) var cleanedNames: Set<String> = []

    static func isArchiveFile(_ name: String) -> Bool { LogFileName(name)?.isArchive ?? name.hasPrefix(".commits_.archive.") }

    /// Adds the records of one archive file.
    ///
    /// - Throws: ``TableFault`` `corrupt` with the offset, or what decoding the records threw.
    mutating func add(_ file: Bytes) throws {
        var cursor = BlockCursor(file)
        while !cursor.isAtEnd {
            let (schemaText, content) = try cursor.block()
            var codec: AvroCodec?
            var block = BlockCursor(content)
            guard content.count >= 8 else { throw TableFault(.corrupt, "an archive block of \(content.count) bytes") }
            _ = try block.int32()
            let count = try block.int32()
            for _ in 0..<max(0, count) {
                let record = try block.bytes(Int(try block.int32()))
                let schema = try codec ?? AvroCodec(AvroSchema(parsing: schemaText))
                codec = schema
                add(try schema.decode(record))
            }
        }
    }

    private mutating func add(_ record: AvroValue) {
        let state = record["actionState"]?.stringValue
        guard state == nil || state == "COMPLETED", let time = record["commitTime"]?.stringValue.flatMap({ InstantTime($0) }) else { return }
        if let action = record["actionType"]?.stringValue.flatMap(Action.init(rawValue:)), action.writesData { completed.insert(time) }
        for partition in record["hoodieCleanMetadata"]?["partitionMetadata"]?.mapValue ?? [] {
            for list in ["deletePathPatterns", "successDeleteFiles", "failedDeleteFiles"] {
                for name in partition.value[list]?.arrayValue?.compactMap(\.stringValue) ?? [] { cleanedNames.insert(TableFacts.lastName(name)) }
            }
        }
    }
}

/// Walks through the framing of log blocks (hudi-format §5.2); archives have no other blocks than Avro data.
private struct BlockCursor {
    private let file: Bytes
    private var offset = 0

    init(_ file: Bytes) { self.file = file }

    var isAtEnd: Bool { offset == file.count }

    mutating func bytes(_ count: Int) throws(TableFault) -> Bytes {
        guard count >= 0, count <= file.count - offset else { throw TableFault(.corrupt, "an archive file ends early", offset: Int64(offset)) }
        defer { offset += count }
        return file[offset..<(offset + count)]
    }

    mutating func int32() throws(TableFault) -> Int32 {
        try bytes(4).withUnsafeBytes { Int32(bigEndian: $0.loadUnaligned(as: Int32.self)) }
    }

    mutating func int64() throws(TableFault) -> Int64 {
        try bytes(8).withUnsafeBytes { Int64(bigEndian: $0.loadUnaligned(as: Int64.self)) }
    }

    /// The schema in the header, and the content.
    mutating func block() throws(TableFault) -> (schema: String, content: Bytes) {
        let start = offset
        guard try bytes(6).array == Array("#HUDI#".utf8) else { throw TableFault(.corrupt, "no block begins here", offset: Int64(start)) }
        _ = try int64()
        let version = try int32()
        let type = try int32()
        guard version == 1, type == 3 else { throw TableFault(.corrupt, "an archive block of type \(type), version \(version)", offset: Int64(start)) }
        let schema = try headers()[2] ?? ""
        let length = try int64()
        guard let count = Int(exactly: length) else { throw TableFault(.corrupt, "a block of \(length) bytes", offset: Int64(start)) }
        let content = try bytes(count)
        _ = try headers()
        _ = try int64()
        return (schema, content)
    }

    private mutating func headers() throws(TableFault) -> [Int32: String] {
        var headers: [Int32: String] = [:]
        for _ in 0..<max(0, try int32()) {
            let key = try int32()
            let value = try bytes(Int(try int32()))
            headers[key] = value.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        }
        return headers
    }
}
