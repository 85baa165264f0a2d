import TarnTable

/// The partition path of a row from the values of its partition columns (hudi-format §6.2).
struct PartitionText {
    private let fields: [String]
    private let hiveStyle: Bool
    private let urlEncoded: Bool

    init(_ properties: TableProperties) {
        fields = properties.partitionFields
        hiveStyle = properties.hiveStylePartitions
        urlEncoded = properties.urlEncodedPartitions
    }

    /// - Parameter values: Plain texts, one a partition column.
    /// - Returns: The path, or why there can be none.
    func path(of values: [String]) -> Result<PartitionPath, Refusal> {
        precondition(values.count == fields.count)
        var levels: [String] = []
        for (field, value) in zip(fields, values) {
            // Hudi keeps null and empty apart in the file, but not in the folder.
            let shown = value.isEmpty ? "__HIVE_DEFAULT_PARTITION__" : urlEncoded ? Self.escaped(value) : value
            if !urlEncoded && value.contains(":") {
                return .failure(Refusal("partition value '\(value)' holds ':', which Hadoop paths cannot; make the table with url-encoded partitions"))
            }
            if !urlEncoded && (value.contains("/") || value.contains("\\")) {
                return .failure(Refusal("partition value '\(value)' would make folders of its own; make the table with url-encoded partitions"))
            }
            levels.append(hiveStyle ? "\(field)=\(shown)" : shown)
        }
        let text = levels.joined(separator: "/")
        guard let path = PartitionPath(text), !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }),
            !levels.contains(where: { $0.utf8.count > 255 || $0.utf8.first == UInt8(ascii: ".") })
        else { return .failure(Refusal("partition value '\(values.joined(separator: ","))' cannot be the name of a folder")) }
        return .success(path)
    }

    struct Refusal: Error {
        let reason: String
        init(_ reason: String) { self.reason = reason }
    }

    /// As Hudi's `PartitionPathEncodeUtils`: control characters and these, upper-case hexadecimal.
    private static func escaped(_ value: String) -> String {
        var text: [UInt8] = []
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in value.utf8 {
            if byte < 0x20 || byte == 0x7F || reserved.contains(byte) {
                text += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            } else {
                text.append(byte)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static let reserved = Set("\"#%'*/:=?\\{[]^".utf8)
}
