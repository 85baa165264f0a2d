import Glibc
import TarnBase

extension Column {
    /// Row by row whether `self` is smaller (-1), equal (0) or greater (1): numbers by value, text by its bytes as
    /// unsigned numbers (which for UTF-8 is code point order), NaN as the greatest number and -0 below 0 as Java has it,
    /// nulls below everything.
    ///
    /// - Precondition: same type, not nested; same count.
    package func compareKeys(_ other: Column) -> [Int8] {
        precondition(type == other.type && count == other.count && !type.isNested)
        defer { withExtendedLifetime((self, other)) {} }
        let order = RowOrder(self, other)
        return (0..<count).map { order.compare($0, $0) }
    }
}

/// Compares rows of two flat columns of one type. Holds bare pointers: keep the columns alive.
struct RowOrder {
    private enum Kind { case text, decimal, number }

    private let kind: Kind
    private let left: FlatValues?
    private let right: FlatValues?
    private let leftNumbers: OrderingValues?
    private let rightNumbers: OrderingValues?
    private let leftValidity: Bitmap?
    private let rightValidity: Bitmap?

    init(_ left: Column, _ right: Column) {
        switch left.type {
        case .string, .binary: kind = .text
        case .decimal: kind = .decimal
        default: kind = .number
        }
        self.left = kind == .number ? nil : FlatValues(left)
        self.right = kind == .number ? nil : FlatValues(right)
        leftNumbers = kind == .number ? left.orderingValues() : nil
        rightNumbers = kind == .number ? right.orderingValues() : nil
        leftValidity = left.validity
        rightValidity = right.validity
    }

    @inline(__always)
    func compare(_ leftRow: Int, _ rightRow: Int) -> Int8 {
        let leftThere = leftValidity.map { $0[leftRow] } ?? true
        let rightThere = rightValidity.map { $0[rightRow] } ?? true
        guard leftThere, rightThere else { return leftThere == rightThere ? 0 : leftThere ? 1 : -1 }
        switch kind {
        case .number:
            guard let leftNumbers, let rightNumbers else { return 0 }
            return RowOrder.compare(leftNumbers[leftRow], rightNumbers[rightRow])
        case .decimal:
            guard let left, let right else { return 0 }
            return RowOrder.compare(left.load(leftRow, as: Int128.self), right.load(rightRow, as: Int128.self))
        case .text:
            guard let left, let right else { return 0 }
            return RowOrder.compare(left.text(leftRow), right.text(rightRow))
        }
    }

    @inline(__always)
    static func compare<Value: Comparable>(_ left: Value, _ right: Value) -> Int8 {
        left < right ? -1 : left == right ? 0 : 1
    }

    @inline(__always)
    static func compare(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int8 {
        let shared = min(left.count, right.count)
        let order =
            shared == 0 ? 0 : memcmp(left.baseAddress.unsafelyUnwrapped, right.baseAddress.unsafelyUnwrapped, shared)
        return order != 0 ? (order < 0 ? -1 : 1) : compare(left.count, right.count)
    }
}
