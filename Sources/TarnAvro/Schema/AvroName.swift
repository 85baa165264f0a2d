/// The name of a record, enum or fixed: its own and the namespace it lives in.
package struct AvroName: Hashable, Sendable {
    package let name: String
    /// Dotted; empty for none.
    package let namespace: String

    package init(_ name: String, namespace: String) {
        self.name = name
        self.namespace = namespace
    }

    package var fullName: String { namespace.isEmpty ? name : namespace + "." + name }

    /// The name a schema gives: a dotted name is a full one, any other lies in `namespace`.
    init(_ text: String, defaultNamespace namespace: String) {
        if let dot = text.lastIndex(of: ".") {
            self.init(String(text[text.index(after: dot)...]), namespace: String(text[..<dot]))
        } else {
            self.init(text, namespace: namespace)
        }
    }

    /// How the name is written where `enclosing` is the namespace in force.
    func text(inside enclosing: String) -> String { namespace == enclosing ? name : fullName }

    /// Why the name is not legal, part by part; nil if it is.
    var fault: String? {
        let parts = namespace.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        for part in (namespace.isEmpty ? [] : parts) + [name] where !AvroName.isLegal(part) {
            return "\"\(part)\" is not a legal Avro name (a letter or _, then letters, digits and _)"
        }
        return nil
    }

    /// Whether Java's parser takes the name. It takes letters of every script; the specification only ASCII, which is
    /// what ``ColumnFinding`` asks of new tables.
    static func isLegal(_ name: String) -> Bool {
        let scalars = name.unicodeScalars
        guard let first = scalars.first, isLetter(first) else { return false }
        return scalars.dropFirst().allSatisfy { isLetter($0) || $0.properties.generalCategory == .decimalNumber }
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        default: scalar == "_"
        }
    }
}
