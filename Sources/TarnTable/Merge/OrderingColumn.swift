import TarnBase
import TarnColumns
import TarnAvro

/// The ordering values of a batch, to be compared with those of others of the same type.
struct OrderingColumn {
    private let column: Column
    /// nil for text and decimals, which are compared value by value.
    private let numbers: OrderingValues?

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

    /// Whether the value of `row` is of the same Java class as the ordering value of a delete, and greater (hudi-format
    /// §7.1). Deletes by text, date and decimal never are.
    func isGreater(_ row: Int, than delete: DeletedKeys.Ordering) -> Bool {
        guard !column.isNull(row) else { return false }
        switch (column.type, delete, column.cell(at: row)) {
        case (.boolean, .boolean(let right), .boolean(let left)): return left && !right
        case (.int32, .int(let right), .int(let left)), (.date, .int(let right), .int(let left)): return left > Int64(right)
        case (.int64, .long(let right), .int(let left)), (.timestamp, .long(let right), .int(let left)), (.time, .long(let right), .int(let left)):
            return left > right
        case (.float, .float(let right), .float(let left)): return left > right || (left.isNaN && !right.isNaN)
        case (.double, .double(let right), .double(let left)): return left > right || (left.isNaN && !right.isNaN)
        default: return false
        }
    }
}

extension Bytes {
    /// By unsigned bytes, as UTF-8 text sorts.
    fileprivate func isGreater(than other: Bytes) -> Bool {
        withUnsafeBytes { left in other.withUnsafeBytes { right in right.lexicographicallyPrecedes(left) } }
    }
}
