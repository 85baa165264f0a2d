import TarnBase

extension Column {
    /// The rows of a text column that hold the empty text.
    package func rowsOfEmptyText() -> [Int] {
        guard let source = FlatValues(self) else { return [] }
        defer { withExtendedLifetime(self) {} }
        return (0..<count).filter { source.load($0, as: View.self).length == 0 && !isNull($0) }
    }
}
