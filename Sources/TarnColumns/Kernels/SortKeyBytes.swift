import TarnBase

extension RecordBatch {
    /// Row by row a key whose bytes, as unsigned numbers, sort as the rows do by the named columns, the first one first: nulls
    /// first, numbers by value (NaN last), text by its bytes.
    ///
    ///     null   00            number   01, 8 bytes, the highest first (decimals 16)
    ///     text   01, its bytes with 00 as 00 FF, and 00 00 behind it unless it is the last column
    ///
    /// - Precondition: the columns exist and are not nested.
    package func sortKeys(by names: [String]) -> Column {
        let columns = names.map { name in
            guard let column = self[name] else { preconditionFailure("no column \(name)") }
            return column
        }
        defer { withExtendedLifetime(columns) {} }
        let sources = columns.enumerated().map { KeySource($1, isLast: $0 == columns.count - 1) }
        let keys = TextBuilder(.binary)
        var key: [UInt8] = []
        for row in 0..<rowCount {
            key.removeAll(keepingCapacity: true)
            for source in sources { source.append(row, to: &key) }
            key.withUnsafeBytes { keys.appendUTF8($0) }
        }
        return keys.finish()
    }
}

/// One column of a sort key. Holds bare pointers: keep the column alive.
private struct KeySource {
    private enum Values {
        case numbers(OrderingValues)
        case decimals(FlatValues)
        case text(FlatValues)
        case nothing
    }

    private let values: Values
    private let validity: Bitmap?
    private let isLast: Bool

    init(_ column: Column, isLast: Bool) {
        precondition(!column.type.isNested)
        validity = column.validity
        self.isLast = isLast
        if let numbers = column.orderingValues() {
            values = .numbers(numbers)
        } else if let flat = FlatValues(column) {
            values = column.type == .string || column.type == .binary ? .text(flat) : .decimals(flat)
        } else {
            values = .nothing
        }
    }

    @inline(__always)
    func append(_ row: Int, to key: inout [UInt8]) {
        guard validity.map({ $0[row] }) ?? true else { return key.append(0) }
        key.append(1)
        switch values {
        case .numbers(let numbers):
            withUnsafeBytes(of: (UInt64(bitPattern: numbers[row]) ^ (1 << 63)).bigEndian) { key.append(contentsOf: $0) }
        case .decimals(let flat):
            let value = UInt128(truncatingIfNeeded: flat.load(row, as: Int128.self)) ^ (1 << 127)
            withUnsafeBytes(of: value.bigEndian) { key.append(contentsOf: $0) }
        case .text(let flat):
            let text = flat.text(row)
            if isLast { return key.append(contentsOf: text) }
            for byte in text {
                key.append(byte)
                if byte == 0 { key.append(0xFF) }
            }
            key.append(0)
            key.append(0)
        case .nothing: break
        }
    }
}
