import TarnBase

/// An element of the small XML documents S3 answers with: its children, or its text.
///
/// Strict where it matters and small: no document types (so no entities of the sender's own), no namespaces; attributes,
/// comments and instructions are skipped. Depth and number of elements are bounded.
struct XMLNode {
    let name: String
    private(set) var text = ""
    private(set) var children: [XMLNode] = []

    /// nil for what is no such document.
    static func parse(_ bytes: Bytes) -> XMLNode? {
        bytes.withUnsafeBytes { bytes in
            var parser = XMLParser(bytes)
            return parser.document()
        }
    }

    subscript(name: String) -> XMLNode? { children.first { $0.name == name } }
    func all(_ name: String) -> [XMLNode] { children.filter { $0.name == name } }

    /// The text of a child.
    func value(_ name: String) -> String? { self[name]?.text }

    fileprivate init(name: String) { self.name = name }

    fileprivate mutating func add(_ child: XMLNode) { children.append(child) }
    fileprivate mutating func set(text: String) { self.text = text }
}

private struct XMLParser {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    private var elementsLeft = 100_000
    private static let depthLimit = 16

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func document() -> XMLNode? {
        guard skipMisc(), let root = element(depth: 0), skipMisc(), position == bytes.count else { return nil }
        return root
    }

    private func starts(with text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard position + count <= bytes.count else { return false }
        return (0..<count).allSatisfy { bytes[position + $0] == text.utf8Start[$0] }
    }

    /// Moves behind the next `text`; false if there is none.
    private mutating func skip(past text: StaticString) -> Bool {
        while position < bytes.count {
            if starts(with: text) {
                position += text.utf8CodeUnitCount
                return true
            }
            position += 1
        }
        return false
    }

    /// Blanks, comments and instructions between elements. S3 sends blanks before a slow answer.
    private mutating func skipMisc() -> Bool {
        while position < bytes.count {
            if Self.isBlank(bytes[position]) || bytes[position] >= 0xBB && position < 3 {
                position += 1
            } else if starts(with: "<?") {
                guard skip(past: "?>") else { return false }
            } else if starts(with: "<!--") {
                guard skip(past: "-->") else { return false }
            } else {
                break
            }
        }
        return true
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private mutating func name() -> String? {
        let start = position
        while position < bytes.count, !Self.isBlank(bytes[position]),
            ![UInt8(ascii: ">"), UInt8(ascii: "/"), UInt8(ascii: "<")].contains(bytes[position])
        {
            position += 1
        }
        return position == start ? nil : String(validating: bytes[start..<position], as: UTF8.self)
    }

    private mutating func element(depth: Int) -> XMLNode? {
        elementsLeft -= 1
        guard depth < Self.depthLimit, elementsLeft > 0, starts(with: "<"), !starts(with: "<!") else { return nil }
        position += 1
        guard let name = name(), let isEmpty = skipAttributes() else { return nil }
        var node = XMLNode(name: name)
        if isEmpty { return node }
        var text: [UInt8] = []
        while position < bytes.count {
            if starts(with: "</") {
                position += 2
                guard self.name() == name, skipAttributes() == false else { return nil }
                guard let text = String(validating: text, as: UTF8.self) else { return nil }
                node.set(text: text)
                return node
            }
            if starts(with: "<![CDATA[") {
                position += 9
                let start = position
                guard skip(past: "]]>") else { return nil }
                text += bytes[start..<position - 3]
            } else if starts(with: "<!--") {
                guard skip(past: "-->") else { return nil }
            } else if bytes[position] == UInt8(ascii: "<") {
                guard let child = element(depth: depth + 1) else { return nil }
                node.add(child)
            } else if bytes[position] == UInt8(ascii: "&") {
                guard let character = reference() else { return nil }
                text += character
            } else {
                text.append(bytes[position])
                position += 1
            }
        }
        return nil
    }

    /// Moves behind the `>`; true if the element ends there too, nil if there is no end.
    private mutating func skipAttributes() -> Bool? {
        var quote: UInt8?
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: ">") {
                return bytes[position - 2] == UInt8(ascii: "/")
            } else if byte == UInt8(ascii: "<") {
                return nil
            }
        }
        return nil
    }

    private mutating func reference() -> [UInt8]? {
        let start = position + 1
        guard skip(past: ";"), position - start <= 12 else { return nil }
        let name = String(decoding: bytes[start..<position - 1], as: UTF8.self)
        switch name {
        case "amp": return [UInt8(ascii: "&")]
        case "lt": return [UInt8(ascii: "<")]
        case "gt": return [UInt8(ascii: ">")]
        case "quot": return [UInt8(ascii: "\"")]
        case "apos": return [UInt8(ascii: "'")]
        default:
            let isHexadecimal = name.hasPrefix("#x")
            guard name.hasPrefix("#"), let code = UInt32(name.dropFirst(isHexadecimal ? 2 : 1), radix: isHexadecimal ? 16 : 10),
                let scalar = Unicode.Scalar(code)
            else { return nil }
            return Array(String(Character(scalar)).utf8)
        }
    }
}

extension XMLNode {
    /// `text` as content of an element; nil if XML 1.0 cannot carry it.
    static func escaped(_ text: String) -> String? {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "\t", "\n", "\r": escaped += "&#\(scalar.value);"
            case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": return nil
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
