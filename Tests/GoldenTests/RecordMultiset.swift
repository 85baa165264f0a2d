import TarnBase

/// Records in no order, in a form in which two spellings of one value are equal: numbers by value, timestamps as instants,
/// decimals without trailing zeros, objects by the names of their members. As `check.py` of the shared folder compares.
struct RecordMultiset: Equatable {
    private var counts: [JSON: Int] = [:]
    private(set) var count = 0

    /// - Parameter columns: Members of the records to leave out.
    init(ndjson: Bytes, without columns: Set<String> = []) throws {
        for line in ndjson.array.split(separator: UInt8(ascii: "\n")) where !line.isEmpty {
            var record = try JSON(parsing: Bytes(Array(line)))
            if !columns.isEmpty { record = .object((record.objectValue ?? []).filter { !columns.contains($0.name) }) }
            counts[Self.normal(record), default: 0] += 1
            count += 1
        }
    }

    /// One record that the other lacks.
    func first(missingIn other: RecordMultiset) -> JSON? {
        counts.first { $0.value > other.counts[$0.key, default: 0] }?.key
    }

    private static func normal(_ value: JSON) -> JSON {
        switch value {
        case .null, .bool: value
        case .number(let digits): number(digits)
        case .string(let text): .string(timestamp(text) ?? decimal(text))
        case .array(let elements): .array(elements.map(normal))
        case .object(let members): .object(members.sorted { $0.name < $1.name }.map { .init($0.name, normal($0.value)) })
        }
    }

    /// Whole numbers that a double does not hold are compared digit by digit.
    private static func number(_ digits: String) -> JSON {
        if let whole = Int64(digits), whole.magnitude >= 1 << 53 { return .number(digits) }
        return .number(Double(digits).map { "\($0)" } ?? digits)
    }

    /// `2026-01-02T03:04:05.600000Z` and its other spellings in UTC; nil for any other text.
    private static func timestamp(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        func isDigit(_ place: Int) -> Bool { place < bytes.count && (0x30...0x39).contains(bytes[place]) }
        guard bytes.count >= 17, [0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15].allSatisfy(isDigit), bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: " "), bytes[13] == UInt8(ascii: ":")
        else { return nil }
        let end = ["Z", "+00:00", "+0000"].first { text.hasSuffix($0) }.map { text.utf8.count - $0.utf8.count }
        guard let end else { return nil }
        let parts = text.prefix(end).split(separator: ".", maxSplits: 1)
        let fraction = parts.count == 2 ? parts[1].reversed().drop { $0 == "0" }.reversed().map(String.init).joined() : ""
        return "\(parts[0].replacing(" ", with: "T")).\(fraction)"
    }

    /// A decimal without trailing zeros; any other text as it is.
    private static func decimal(_ text: String) -> String {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let digits = parts.first.map { $0.hasPrefix("-") ? $0.dropFirst() : $0 } ?? ""
        guard parts.count == 2, !digits.isEmpty, !parts[1].isEmpty, (digits + parts[1]).allSatisfy({ $0.isASCII && $0.isNumber }) else { return text }
        var trimmed = text[...]
        while trimmed.hasSuffix("0") { trimmed.removeLast() }
        return trimmed.hasSuffix(".") ? String(trimmed.dropLast()) : String(trimmed)
    }
}
