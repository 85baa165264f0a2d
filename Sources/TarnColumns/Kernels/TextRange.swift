package import TarnBase

extension Column {
    /// The rows of a column in the order of its texts' bytes that hold texts from `least` to `greatest`, both included; empty
    /// at some place if there are none.
    ///
    /// - Precondition: a string or binary column without nulls, sorted as ``sortOrder()`` has it.
    package func rowsOfText(from least: Bytes, through greatest: Bytes) -> Range<Int> {
        guard let source = FlatValues(self), nullCount == 0 else { preconditionFailure("no texts, or nulls among them") }
        defer { withExtendedLifetime(self) {} }
        let start = least.withUnsafeBytes { least in firstRow { RowOrder.compare(source.text($0), least) >= 0 } }
        let end = greatest.withUnsafeBytes { greatest in firstRow { RowOrder.compare(source.text($0), greatest) > 0 } }
        return start..<max(start, end)
    }

    /// By bisection: the first row that `holds`, which it must for all behind it.
    @inline(__always)
    private func firstRow(_ holds: (Int) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if holds(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// Whether a text sorts differently by its UTF-16 units (as in Java) than by its bytes, beside some other text: whether
    /// it has a character from U+E000 on.
    ///
    /// - Precondition: a string column.
    package var hasTextOfTwoOrders: Bool {
        guard let source = FlatValues(self) else { preconditionFailure("\(type) is no text") }
        defer { withExtendedLifetime(self) {} }
        for row in 0..<count where !isNull(row) {
            for byte in source.text(row) where byte >= 0xEE { return true }
        }
        return false
    }
}
