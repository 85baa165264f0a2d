package import TarnBase

/// The entries of a `java.util.Properties` file, in file order (hudi-format §1.2).
///
/// Unknown keys are kept, so that a file which is read and written back loses nothing but its comments. A key that occurs
/// twice has its last value, at the place of its first.
package struct JavaProperties: Hashable, Sendable {
    package struct Entry: Hashable, Sendable {
        package let key: String
        package var value: String
    }

    package private(set) var entries: [Entry] = []
    private var positions: [String: Int] = [:]

    package init() {}

    package init(_ entries: [(String, String)]) {
        for (key, value) in entries { self[key] = value }
    }

    /// The value of `key`. Setting nil removes the entry; a new key goes to the end.
    package subscript(key: String) -> String? {
        get { positions[key].map { entries[$0].value } }
        set {
            switch (positions[key], newValue) {
            case (let position?, let value?): entries[position].value = value
            case (nil, let value?):
                positions[key] = entries.count
                entries.append(Entry(key: key, value: value))
            case (let position?, nil):
                entries.remove(at: position)
                positions = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.key, $0) })
            case (nil, nil): break
            }
        }
    }

    package var keys: [String] { entries.map(\.key) }

    package static func == (left: JavaProperties, right: JavaProperties) -> Bool { left.entries == right.entries }
    package func hash(into hasher: inout Hasher) { hasher.combine(entries) }
}

// MARK: - Reading

extension JavaProperties {
    /// Reads the text of a properties file: ISO-8859-1 with `\uXXXX`, `=`, `:` or blanks between key and value, lines
    /// continued by a backslash.
    ///
    /// - Throws: ``TableError`` `corrupt` at the byte of a `\u` without four hexadecimal digits; nothing else is illegal.
    package init(parsing text: Bytes) throws(TableError) {
        let lines = text.withUnsafeBytes { JavaProperties.logicalLines($0) }
        for line in lines {
            var units: [UInt16] = []
            var index = 0
            var key: String?
            var blanksSkipped = false
            while index < line.bytes.count {
                let byte = line.bytes[index]
                if key == nil, byte == 0x3D || byte == 0x3A || JavaProperties.isBlank(byte) {
                    key = String(decoding: units, as: UTF16.self)
                    units.removeAll()
                    while index < line.bytes.count, JavaProperties.isBlank(line.bytes[index]) { index += 1 }
                    if index < line.bytes.count, line.bytes[index] == 0x3D || line.bytes[index] == 0x3A { index += 1 }
                    while index < line.bytes.count, JavaProperties.isBlank(line.bytes[index]) { index += 1 }
                    blanksSkipped = true
                    continue
                }
                index += 1
                guard byte == UInt8(ascii: "\\") else {
                    units.append(UInt16(byte))
                    continue
                }
                // A backslash at the very end stands for nothing, as in Java.
                guard index < line.bytes.count else { break }
                let escaped = line.bytes[index]
                index += 1
                switch escaped {
                case UInt8(ascii: "t"): units.append(9)
                case UInt8(ascii: "n"): units.append(10)
                case UInt8(ascii: "f"): units.append(12)
                case UInt8(ascii: "r"): units.append(13)
                case UInt8(ascii: "u"):
                    let digits = String(decoding: line.bytes[index..<min(index + 4, line.bytes.count)], as: UTF8.self)
                    guard digits.utf8.count == 4, digits.utf8.allSatisfy({ $0 != 0x2B && $0 != 0x2D }), let unit = UInt16(digits, radix: 16)
                    else { throw TableError(.corrupt, "malformed \\u escape in a properties file", offset: Int64(line.offset)) }
                    units.append(unit)
                    index += 4
                default: units.append(UInt16(escaped))
                }
            }
            let rest = String(decoding: units, as: UTF16.self)
            if blanksSkipped, let key { self[key] = rest } else { self[rest] = "" }
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 9 || byte == 12 }

    /// Lines without comments, blank lines and leading blanks; continued ones joined. `offset` is where a line began.
    private static func logicalLines(_ text: UnsafeRawBufferPointer) -> [(bytes: [UInt8], offset: Int)] {
        var lines: [(bytes: [UInt8], offset: Int)] = []
        var current: [UInt8]?
        var currentStart = 0
        var index = 0
        while index < text.count {
            var start = index
            while index < text.count, text[index] != 10, text[index] != 13 { index += 1 }
            let end = index
            if index < text.count { index += text[index] == 13 && index + 1 < text.count && text[index + 1] == 10 ? 2 : 1 }
            while start < end, isBlank(text[start]) { start += 1 }
            if current == nil {
                guard start < end, text[start] != UInt8(ascii: "#"), text[start] != UInt8(ascii: "!") else { continue }
                currentStart = start
            }
            var backslashes = 0
            while backslashes < end - start, text[end - 1 - backslashes] == UInt8(ascii: "\\") { backslashes += 1 }
            let continues = backslashes % 2 == 1
            current = (current ?? []) + Array(text[start..<(continues ? end - 1 : end)])
            if !continues, let line = current {
                lines.append((line, currentStart))
                current = nil
            }
        }
        if let current { lines.append((current, currentStart)) }
        return lines
    }
}

// MARK: - Writing

extension JavaProperties {
    /// The text of a file as Java stores it: `#comment`, the date line of `now`, one entry a line.
    ///
    /// - Parameters:
    ///   - comment: One line, without `#`.
    ///   - now: Milliseconds since 1970 UTC.
    package func text(comment: String, now: Int64) -> Bytes {
        var text = ByteBuilder(capacity: 1024)
        text.append(utf8: "#\(comment)\n#\(CivilTime(epochMilliseconds: now).javaDateText)\n")
        for entry in entries {
            text.append(utf8: JavaProperties.escaped(entry.key, isKey: true))
            text.append(utf8: "=")
            text.append(utf8: JavaProperties.escaped(entry.value, isKey: false))
            text.append(utf8: "\n")
        }
        return text.finish()
    }

    /// `java.util.Properties.saveConvert`: in keys every blank is escaped, in values the leading one.
    private static func escaped(_ text: String, isKey: Bool) -> String {
        var result = ""
        for (position, unit) in text.utf16.enumerated() {
            switch unit {
            case 0x20: result += isKey || position == 0 ? "\\ " : " "
            case 9: result += "\\t"
            case 10: result += "\\n"
            case 12: result += "\\f"
            case 13: result += "\\r"
            case 0x5C, 0x3D, 0x3A, 0x23, 0x21: result += "\\" + String(UnicodeScalar(UInt8(unit)))
            case 0x21..<0x7F: result += String(UnicodeScalar(UInt8(unit)))
            default:
                let digits = String(unit, radix: 16, uppercase: true)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return result
    }
}
