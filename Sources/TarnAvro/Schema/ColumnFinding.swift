package import TarnColumns

/// Why a column cannot be in a Hudi table that Spark, Hive, Glue and Trino are to read (format §3.4).
package struct ColumnFinding: Hashable, Sendable, CustomStringConvertible {
    /// The column, with the structs, lists and maps it lies in: `address.street`, `tags.element`.
    package let path: String
    package let message: String

    package var description: String { path.isEmpty ? message : "\(path): \(message)" }
}

extension ColumnFinding {
    /// Everything that is wrong with the columns of a new table, without the meta fields; empty if they are legal.
    package static func all(in schema: Schema) -> [ColumnFinding] {
        var findings: [ColumnFinding] = []
        if schema.fields.isEmpty { findings.append(ColumnFinding(path: "", message: "a table needs at least one column")) }
        for field in schema.fields where HudiNames.isMetaField(field.name) {
            findings.append(ColumnFinding(path: field.name, message: "names that begin with _hoodie_ are reserved by Hudi"))
        }
        if let field = schema["_hoodie_is_deleted"], field.type != .boolean {
            findings.append(ColumnFinding(path: field.name, message: "marks deletes for Hudi and must be boolean, not \(field.type)"))
        }
        members(schema.fields, path: "", depth: 1, into: &findings)
        return findings
    }

    private static func members(_ fields: [Field], path: String, depth: Int, into findings: inout [ColumnFinding]) {
        var spellings: [String: String] = [:]
        for field in fields {
            let path = path.joined(field.name)
            if let fault = fault(of: field.name) { findings.append(ColumnFinding(path: path, message: fault)) }
            let folded = field.name.lowercased()
            if let other = spellings.updateValue(field.name, forKey: folded) {
                let fault = other == field.name ? "occurs twice" : "differs from \(other) in case only, and Hive and Glue lower-case names"
                findings.append(ColumnFinding(path: path, message: fault))
            }
            type(field.type, path: path, depth: depth, into: &findings)
        }
    }

    private static func fault(of name: String) -> String? {
        let bytes = Array(name.utf8)
        func isLetter(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
        }
        func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        guard let first = bytes.first else { return "a column needs a name" }
        if bytes.count > 255 { return "\(bytes.count) characters; Glue takes at most 255" }
        if !isLetter(first) || !bytes.allSatisfy({ isLetter($0) || isDigit($0) }) {
            return "not a legal name (an ASCII letter or _, then letters, digits and _)"
        }
        return nil
    }

    private static func type(_ type: DataType, path: String, depth: Int, into findings: inout [ColumnFinding]) {
        func report(_ message: String) { findings.append(ColumnFinding(path: path, message: message)) }
        guard depth < AvroSchema.maximumDepth / 2 else { return report("nested deeper than \(AvroSchema.maximumDepth / 2)") }
        switch type {
        case .decimal(let precision, let scale):
            if !(1...38).contains(precision) { report("a decimal of \(precision) digits; 1 to 38 are possible") }
            if scale < 0 || scale > precision { report("a decimal with \(scale) of \(precision) digits after the point") }
        case .timestamp(.nanoseconds): report("nanoseconds, which Hive and Spark do not read; use microseconds")
        case .time: report("a time of day, which Spark does not read; use an int64 or a string")
        case .list(let element): self.type(element.type, path: path.joined("element"), depth: depth + 1, into: &findings)
        case .map(let key, let value):
            if key.type != .string { report("a map with keys of type \(key.type); they must be strings") }
            self.type(value.type, path: path.joined("value"), depth: depth + 1, into: &findings)
        case .struct(let fields):
            if fields.isEmpty { report("a struct without members") }
            members(fields, path: path, depth: depth + 1, into: &findings)
        default: break
        }
    }
}
