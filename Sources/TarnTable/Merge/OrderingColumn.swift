import TarnBase
import TarnColumns
import TarnAvro

/// The ordering values of a batch, to be compared with those of others of the same type.
struct OrderingColumn {
    private let column: Column
    /// nil for text and decimals, which are compared value by value.
    let numbers: OrderingValues?

    /// - Throws: ``TableError`` `unsupported` for types that have no order.
    init(_ column: Column, field: String) throws(TableError) {
        self.column = column
        numbers = column.orderingValues()
        if numbers == nil {
            switch column.type {
            case .string, .decimal: break
            default: throw TableError(.unsupported, "merging by '\(field)', which is of type \(column.type)")
            }
        }
    }

    func isNull(_ row: Int) -> Bool { column.isNull(row) }
    var hasNulls: Bool { column.nullCount > 0 }
    var type: DataType { column.type }

    /// Whether the value of `row` is greater than that of another row; neither is null.
    @inline(__always)
    func isGreater(_ row: Int, than other: OrderingColumn, _ otherRow: Int) -> Bool {
        if let numbers, let others = other.numbers { return numbers[row] > others[otherRow] }
        switch (column.cell(at: row), other.column.cell(at: otherRow)) {
        case (.text(let left), .text(let right)): return left.isGreater(than: right)
        case (.decimal(let left), .decimal(let right)): return left > right
        default: return false
        }
    }
}

extension DeletedKeys.Ordering {
    /// Whether a row's ordering value, as the number that ``OrderingValues`` has for it, is of the same Java class as this and
    /// greater (hudi-format §7.1).
    func isLess(than number: Int64, of type: DataType) -> Bool {
        switch (type, self) {
        case (.boolean, .boolean(let value)): number > (value ? 1 : 0)
        case (.int32, .int(let value)), (.date, .int(let value)): number > Int64(value)
        case (.int64, .long(let value)), (.timestamp, .long(let value)), (.time, .long(let value)): number > value
        case (.float, .float(let value)): number > Column.orderingValue(Double(value))
        case (.double, .double(let value)): number > Column.orderingValue(value)
        default: false
        }
    }
}

extension Bytes {
    /// By unsigned bytes, as UTF-8 text sorts.
    fileprivate func isGreater(than other: Bytes) -> Bool {
        withUnsafeBytes { left in other.withUnsafeBytes { right in right.lexicographicallyPrecedes(left) } }
    }
}
