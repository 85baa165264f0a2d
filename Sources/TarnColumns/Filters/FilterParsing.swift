extension Filter {
    /// Reads `column op literal`, the form of `tarn query --where` (cli.md).
    ///
    /// `op` is one of `= != < <= > >=`, `in` and `not-in` with a list (`a, b` or `(a, b)`), `is-null`, `not-null`. A column name
    /// with blanks or operators in it goes in double quotes. A literal is the rest of the text, or in single or double
    /// quotes (a quote inside is written twice); its type is the column's.
    ///
    /// Throws `syntax` with what is expected.
    package init(parsing text: String) throws(ColumnError) {
        var parser = FilterParser(text)
        self = try parser.filter()
    }

    /// All of these filters joined by AND; nil for none.
    package static func all(_ filters: [Filter]) -> Filter? {
        filters.dropFirst().reduce(filters.first) { joined, next in joined.map { $0 && next } }
    }
}

private struct FilterParser {
    private let text: String
    private var rest: Substring

    init(_ text: String) {
        self.text = text
        rest = text[...]
    }

    mutating func filter() throws(ColumnError) -> Filter {
        let column = try columnName()
        skipBlanks()
        switch try operation() {
        case "=", "==": return .equal(column, try literal())
        case "!=", "<>": return .notEqual(column, try literal())
        case "<": return .less(column, try literal())
        case "<=": return .lessOrEqual(column, try literal())
        case ">": return .greater(column, try literal())
        case ">=": return .greaterOrEqual(column, try literal())
        case "in": return .isIn(column, try literals())
        case "not-in": return !.isIn(column, try literals())
        case "is-null":
            try end()
            return .isNull(column)
        case "not-null", "is-not-null":
            try end()
            return .isNotNull(column)
        case let other:
            throw failure("unknown operator '\(other)'; use = != < <= > >= in not-in is-null not-null")
        }
    }

    private mutating func columnName() throws(ColumnError) -> String {
        skipBlanks()
        let name = rest.first == "\"" ? try quoted() : take { !$0.isWhitespace && !"=!<>".contains($0) }
        guard !name.isEmpty else { throw failure("a column name is expected first") }
        return name
    }

    private mutating func operation() throws(ColumnError) -> String {
        let symbols = take { "=!<>".contains($0) }
        if !symbols.isEmpty { return symbols }
        let word = take { !$0.isWhitespace && $0 != "(" && $0 != "'" && $0 != "\"" }
        guard !word.isEmpty else { throw failure("an operator is expected after the column; use = != < <= > >= in not-in is-null not-null") }
        return word.lowercased()
    }

    /// The rest of the text, without quotes around it.
    private mutating func literal() throws(ColumnError) -> Filter.Literal {
        skipBlanks()
        if rest.first == "'" || rest.first == "\"" {
            let value = try quoted()
            try end()
            return .text(value)
        }
        while rest.last?.isWhitespace ?? false { rest.removeLast() }
        guard !rest.isEmpty else { throw failure("a literal is expected after the operator") }
        guard rest.lowercased() != "null" else { throw failure("nothing equals null; use is-null or not-null") }
        return .text(String(rest))
    }

    private mutating func literals() throws(ColumnError) -> [Filter.Literal] {
        skipBlanks()
        let isBracketed = rest.first == "("
        if isBracketed { rest.removeFirst() }
        var values: [Filter.Literal] = []
        repeat {
            skipBlanks()
            if rest.first == "'" || rest.first == "\"" {
                values.append(.text(try quoted()))
            } else {
                var value = take { $0 != "," && !(isBracketed && $0 == ")") }
                while value.last?.isWhitespace ?? false { value.removeLast() }
                guard !value.isEmpty else { throw failure("a literal is expected in the list") }
                values.append(.text(value))
            }
            skipBlanks()
        } while takeOne(",")
        if isBracketed, !takeOne(")") { throw failure("')' is expected at the end of the list") }
        try end()
        return values
    }

    private mutating func quoted() throws(ColumnError) -> String {
        let quote = rest.removeFirst()
        var value = ""
        while let character = rest.popFirst() {
            if character != quote {
                value.append(character)
            } else if rest.first == quote {
                value.append(rest.removeFirst())
            } else {
                return value
            }
        }
        throw failure("a closing \(quote) is missing")
    }

    private mutating func end() throws(ColumnError) {
        skipBlanks()
        guard rest.isEmpty else { throw failure("'\(rest)' follows the end of the filter") }
    }

    private mutating func take(while isWanted: (Character) -> Bool) -> String {
        let taken = rest.prefix(while: isWanted)
        rest = rest[taken.endIndex...]
        return String(taken)
    }

    private mutating func takeOne(_ character: Character) -> Bool {
        guard rest.first == character else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func skipBlanks() { rest = rest.drop(while: \.isWhitespace) }

    private func failure(_ message: String) -> ColumnError { ColumnError(.syntax, "filter '\(text)': \(message)") }
}
