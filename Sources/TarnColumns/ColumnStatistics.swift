import TarnBase

/// What is known about the values of a column in a file or row group without reading them. Everything may be unknown.
package struct ColumnStatistics: Sendable {
    /// No value is smaller (it need not occur): in the column's form, NaN aside, text by its bytes.
    package var lowerBound: Cell?
    /// No value is greater.
    package var upperBound: Cell?
    package var nullCount: Int64?
    /// Rows, nulls included.
    package var rowCount: Int64?
    /// Whether NaN may occur, which bounds leave out.
    package var mayHoldNaN: Bool

    package init(
        lowerBound: Cell? = nil, upperBound: Cell? = nil, nullCount: Int64? = nil, rowCount: Int64? = nil,
        mayHoldNaN: Bool = true
    ) {
        self.lowerBound = lowerBound
        self.upperBound = upperBound
        self.nullCount = nullCount
        self.rowCount = rowCount
        self.mayHoldNaN = mayHoldNaN
    }

    /// The statistics of a column at hand.
    package init(of column: Column) {
        let extremes = column.minMax()
        self.init(
            lowerBound: extremes?.min, upperBound: extremes?.max, nullCount: Int64(column.nullCount),
            rowCount: Int64(column.count), mayHoldNaN: column.type == .float || column.type == .double)
    }

    /// The statistics of two parts together.
    package func merged(with other: ColumnStatistics) -> ColumnStatistics {
        func sum(_ left: Int64?, _ right: Int64?) -> Int64? {
            left.flatMap { l in right.flatMap { r in l.addingReportingOverflow(r).overflow ? nil : l + r } }
        }
        func bound(_ left: Cell?, _ right: Cell?, takesRight: (Cell, Cell) -> Bool) -> Cell? {
            // A part without any value does not widen the bounds; a part whose bounds are unknown ends them.
            if holdsNoValue { return right }
            if other.holdsNoValue { return left }
            guard let left, let right else { return nil }
            return takesRight(left, right) ? right : left
        }
        return ColumnStatistics(
            lowerBound: bound(lowerBound, other.lowerBound) { Cell.isLess($1, $0) },
            upperBound: bound(upperBound, other.upperBound) { Cell.isLess($0, $1) },
            nullCount: sum(nullCount, other.nullCount), rowCount: sum(rowCount, other.rowCount),
            mayHoldNaN: mayHoldNaN || other.mayHoldNaN)
    }

    /// Whether it is certain that all rows are null.
    package var holdsNoValue: Bool { rowCount != nil && nullCount == rowCount }
}

extension Cell {
    /// By value, for two flat cells of one kind; false for others.
    package static func isLess(_ left: Cell, _ right: Cell) -> Bool {
        switch (left, right) {
        case (.boolean(let l), .boolean(let r)): !l && r
        case (.int(let l), .int(let r)): l < r
        case (.float(let l), .float(let r)): l < r
        case (.double(let l), .double(let r)): l < r
        case (.decimal(let l), .decimal(let r)): l < r
        case (.text(let l), .text(let r)):
            l.withUnsafeBytes { l in r.withUnsafeBytes { r in RowOrder.compare(l, r) < 0 } }
        default: false
        }
    }
}
