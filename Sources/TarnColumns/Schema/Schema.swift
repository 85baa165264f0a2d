/// The columns of a table or batch, in order. Names are unique, case and all.
public struct Schema: Hashable, Sendable {
    public let fields: [Field]

    /// - Precondition: no name occurs twice. Schemas that come from outside are checked where they are parsed.
    public init(_ fields: [Field]) {
        precondition(Set(fields.map(\.name)).count == fields.count, "a schema names a column twice")
        self.fields = fields
    }

    /// The same for one who has found the names to be distinct (as strings, in whatever Unicode form): they are not compared.
    package init(distinct fields: [Field]) { self.fields = fields }

    public var names: [String] { fields.map(\.name) }

    /// The position of the column of this name.
    public func index(of name: String) -> Int? { fields.firstIndex { $0.name == name } }

    public subscript(name: String) -> Field? { index(of: name).map { fields[$0] } }

    /// The named columns, in the order asked for; nil if one does not exist.
    public func selecting(_ names: [String]) -> Schema? {
        var selected: [Field] = []
        for name in names {
            guard let field = self[name] else { return nil }
            selected.append(field)
        }
        return Schema(selected)
    }
}

extension Schema: ExpressibleByArrayLiteral {
    public init(arrayLiteral fields: Field...) { self.init(fields) }
}

extension Schema: CustomStringConvertible {
    public var description: String { fields.map(\.description).joined(separator: "\n") }
}
