extension JSON: CustomStringConvertible {
    /// On one line, without blanks.
    public var description: String {
        var text = ""
        print(into: &text, indent: nil)
        return text
    }

    /// As Jackson prints it, and Hudi's commit files look: two blanks a level, `"name" : value`, arrays on one line.
    public var prettyText: String {
        var text = ""
        print(into: &text, indent: 0)
        return text
    }

    private func print(into text: inout String, indent: Int?) {
        switch self {
        case .null: text += "null"
        case .bool(let flag): text += flag ? "true" : "false"
        case .number(let digits): text += digits
        case .string(let string): JSON.quote(string, into: &text)
        case .array(let elements):
            text += indent != nil && !elements.isEmpty ? "[ " : "["
            for (index, element) in elements.enumerated() {
                if index > 0 { text += indent != nil ? ", " : "," }
                element.print(into: &text, indent: indent)
            }
            text += indent != nil && !elements.isEmpty ? " ]" : "]"
        case .object(let members):
            text += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { text += "," }
                if let indent { text += "\n" + String(repeating: "  ", count: indent + 1) }
                JSON.quote(member.name, into: &text)
                text += indent != nil ? " : " : ":"
                member.value.print(into: &text, indent: indent.map { $0 + 1 })
            }
            if let indent, !members.isEmpty { text += "\n" + String(repeating: "  ", count: indent) }
            text += "}"
        }
    }

    private static func quote(_ string: String, into text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{0}"..<"\u{20}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
