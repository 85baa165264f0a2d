import TarnBase

/// Log files made byte by byte (hudi-format §5.2, §5.3), by no code of the product.
enum LogBytes {
    static let magic = Array("#HUDI#".utf8)

    static func int32(_ value: Int32) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }
    static func int64(_ value: Int64) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }

    // MARK: Blocks

    static func block(_ type: Int32, _ header: [(Int32, String)], _ content: [UInt8] = [], version: Int32 = 1, footer: [(Int32, String)] = []) -> [UInt8] {
        var body = int32(version) + int32(type) + map(header)
        body += int64(Int64(content.count)) + content + map(footer)
        return magic + int64(Int64(body.count + 8)) + body + int64(Int64(body.count + 14))
    }

    private static func map(_ entries: [(Int32, String)]) -> [UInt8] {
        var bytes = int32(Int32(entries.count))
        for (key, text) in entries { bytes += int32(key) + int32(Int32(text.utf8.count)) + Array(text.utf8) }
        return bytes
    }

    /// The form of Spark's 105-byte file.
    static func rollback(of target: String, at instant: String) -> [UInt8] { block(0, [(0, instant), (3, "0"), (1, target)]) }

    static func rows(at instant: String, _ rows: [Row], columns: Columns = .value, compacted: String? = nil) -> [UInt8] {
        block(3, [(0, instant), (2, columns.schema)] + (compacted.map { [(Int32(4), $0)] } ?? []), content(rows.map { columns.record($0) }))
    }

    static func content(_ records: [[UInt8]], version: Int32 = 3) -> [UInt8] {
        int32(version) + int32(Int32(records.count)) + records.flatMap { int32(Int32($0.count)) + $0 }
    }

    /// - Parameter deletes: Keys, each with its ordering value as the branch and its bytes; `04 00` is the int 0.
    static func deletes(at instant: String, _ deletes: [(key: String, ordering: [UInt8])], compacted: String? = nil, schema: String = "{}") -> [UInt8] {
        var payload = deletes.isEmpty ? [] : long(Int64(deletes.count))
        for (key, ordering) in deletes { payload += long(1) + text(key) + long(1) + text("") + ordering }
        payload += long(0)
        return block(1, [(0, instant), (2, schema)] + (compacted.map { [(Int32(4), $0)] } ?? []), int32(3) + int32(Int32(payload.count)) + payload)
    }

    static let noOrdering: [UInt8] = [4, 0]
    static func longOrdering(_ value: Int64) -> [UInt8] { long(3) + long(value) }

    // MARK: Records

    struct Row {
        var key: String?
        var ts: Int64?
        var value = ""
        var isDeleted: Bool?

        init(_ key: String?, _ ts: Int64?, _ value: String, isDeleted: Bool? = nil) {
            self.key = key
            self.ts = ts
            self.value = value
            self.isDeleted = isDeleted
        }
    }

    /// What a record has besides its key.
    enum Columns: CaseIterable {
        /// `ts` long and `value`.
        case value
        /// Also `_hoodie_is_deleted`.
        case deleteMark
        /// `ts` an int, and no value: the schema of an older commit.
        case older

        var schema: String {
            let fields =
                switch self {
                case .value: [("_hoodie_record_key", "string"), ("ts", "long"), ("value", "string")]
                case .deleteMark: [("_hoodie_record_key", "string"), ("ts", "long"), ("value", "string"), ("_hoodie_is_deleted", "boolean")]
                case .older: [("_hoodie_record_key", "string"), ("ts", "int")]
                }
            return "{\"type\":\"record\",\"name\":\"r\",\"fields\":["
                + fields.map { "{\"name\":\"\($0.0)\",\"type\":[\"null\",\"\($0.1)\"],\"default\":null}" }.joined(separator: ",") + "]}"
        }

        func record(_ row: Row) -> [UInt8] {
            let key = row.key.map { long(1) + text($0) } ?? long(0)
            let ts = row.ts.map { long(1) + long($0) } ?? long(0)
            let value = long(1) + text(row.value)
            switch self {
            case .value: return key + ts + value
            case .deleteMark: return key + ts + value + (row.isDeleted.map { long(1) + [$0 ? 1 : 0] } ?? long(0))
            case .older: return key + ts
            }
        }
    }

    /// Avro's zigzag number.
    static func long(_ value: Int64) -> [UInt8] {
        var rest = UInt64(bitPattern: (value << 1) ^ (value >> 63))
        var bytes: [UInt8] = []
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    static func text(_ text: String) -> [UInt8] { long(Int64(text.utf8.count)) + Array(text.utf8) }
}
