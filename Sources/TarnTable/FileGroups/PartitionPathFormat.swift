/// How a table turns the texts of its partition columns into paths (hudi-format §6.2).
package struct PartitionPathFormat: Hashable, Sendable {
    /// Column names, one a level.
    package let fields: [String]
    /// `column=value` instead of `value`.
    package let hiveStyle: Bool
    /// Whether characters that paths and Hive cannot hold are written as `%XX`.
    package let urlEncoded: Bool

    /// What stands for null and the empty text.
    package static let defaultValue = "__HIVE_DEFAULT_PARTITION__"
    /// No file system we know holds a longer name.
    package static let maximumSegmentBytes = 255

    package init(fields: [String], hiveStyle: Bool = false, urlEncoded: Bool = false) {
        self.fields = fields
        self.hiveStyle = hiveStyle
        self.urlEncoded = urlEncoded
    }

    package init(_ properties: TableProperties) {
        self.init(
            fields: properties.partitionFields, hiveStyle: properties.hiveStylePartitions, urlEncoded: properties.urlEncodedPartitions)
    }

    /// The path of the partition with these values, one a field; nil for null.
    ///
    /// - Throws: ``TableError`` `invalid`, saying why, for what has no safe path: `.`, `..`, a value with `/` or `:` that is
    ///   not encoded (extra folders; Hadoop cannot open it), `.hoodie`, more than 255 bytes.
    package func path(for values: [String?]) throws(TableError) -> PartitionPath {
        precondition(values.count == fields.count, "a partition value for each field")
        var segments: [String] = []
        for (field, value) in zip(fields, values) {
            let text = value.flatMap { $0.isEmpty ? nil : $0 } ?? Self.defaultValue
            if !urlEncoded, let mark = text.utf8.first(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: ":") || $0 == 0 }) {
                throw TableError(
                    .invalid, "partition value of \(field) holds '\(UnicodeScalar(mark))', which a path cannot hold unless the table encodes partition values: \(text)")
            }
            let encoded = urlEncoded ? Self.escaped(text) : text
            let segment = hiveStyle ? "\(field)=\(encoded)" : encoded
            guard segment.utf8.count <= Self.maximumSegmentBytes else {
                throw TableError(.invalid, "partition value of \(field) makes a folder name of more than \(Self.maximumSegmentBytes) bytes: \(text)")
            }
            segments.append(segment)
        }
        let joined = segments.joined(separator: "/")
        guard let path = PartitionPath(joined) else {
            throw TableError(.invalid, "partition values make no legal path: \(joined)")
        }
        return path
    }

    /// The texts that a path was made of, one a field, nil for the default partition; nil if the path has another number of
    /// levels (a value held `/`).
    package func values(of path: PartitionPath) -> [String?]? {
        if fields.isEmpty { return path == .root ? [] : nil }
        let segments = path.text.split(separator: "/", omittingEmptySubsequences: false)
        guard segments.count == fields.count else { return nil }
        return zip(fields, segments).map { field, segment in
            let text = hiveStyle && segment.hasPrefix("\(field)=") ? segment.dropFirst(field.count + 1) : segment
            return text == Self.defaultValue ? nil : urlEncoded ? Self.unescaped(text) : String(text)
        }
    }

    /// Escapes control characters and `" # % ' * / : = ? \ { [ ] ^` as Hive does.
    package static func escaped(_ text: String) -> String {
        var bytes: [UInt8] = []
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in text.utf8 {
            if byte < 0x20 || byte == 0x7F || special.contains(byte) {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Undoes ``escaped(_:)``; a `%` without two hexadecimal digits stands for itself.
    package static func unescaped(_ text: some StringProtocol) -> String {
        func digit(_ byte: UInt8) -> UInt8? {
            switch byte {
            case 0x30...0x39: byte - 0x30
            case 0x41...0x46: byte - 0x41 + 10
            case 0x61...0x66: byte - 0x61 + 10
            default: nil
            }
        }
        let source = Array(text.utf8)
        var bytes: [UInt8] = []
        var index = 0
        while index < source.count {
            if source[index] == UInt8(ascii: "%"), index + 2 < source.count, let high = digit(source[index + 1]), let low = digit(source[index + 2]) {
                bytes.append(high << 4 | low)
                index += 3
            } else {
                bytes.append(source[index])
                index += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let special = Set("\"#%'*/:=?\\{[]^".utf8)
}
