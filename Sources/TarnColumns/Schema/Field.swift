/// A column's name, type, and whether it may hold nulls.
public struct Field: Hashable, Sendable {
    public var name: String
    public var type: DataType
    public var isNullable: Bool

    public init(_ name: String, _ type: DataType, nullable: Bool = true) {
        self.name = name
        self.type = type
        isNullable = nullable
    }
}

extension Field: CustomStringConvertible {
    public var description: String { "\(name): \(type)\(isNullable ? "" : " not null")" }
}
