import TarnBase

extension Column {
    /// The row numbers in ascending order of the values (as ``compareKeys(_:)`` has it, nulls first); rows with equal
    /// values keep their order.
    ///
    /// - Precondition: the type is not nested.
    package func sortOrder() -> [UInt32] {
        precondition(!type.isNested)
        return sortedPairs().map(\.row)
    }

    /// A value's leading part as a number, and its row.
    fileprivate struct Pair {
        let prefix: UInt64
        let row: UInt32
    }

    fileprivate func sortedPairs() -> [Pair] {
        defer { withExtendedLifetime(self) {} }
        var pairs = prefixes()
        if orderingIsInPrefix {
            pairs.sort { $0.prefix != $1.prefix ? $0.prefix < $1.prefix : $0.row < $1.row }
        } else {
            let order = RowOrder(self, self)
            pairs.sort {
                if $0.prefix != $1.prefix { return $0.prefix < $1.prefix }
                let compared = order.compare(Int($0.row), Int($1.row))
                return compared != 0 ? compared < 0 : $0.row < $1.row
            }
        }
        guard let validity else { return pairs }
        return pairs.filter { !validity[Int($0.row)] } + pairs.filter { validity[Int($0.row)] }
    }

    private var orderingIsInPrefix: Bool {
        switch type {
        case .string, .binary, .decimal: false
        default: true
        }
    }

    private func prefixes() -> [Pair] {
        if let numbers = orderingValues() {
            return (0..<count).map {
                Pair(prefix: UInt64(bitPattern: numbers[$0]) ^ (1 << 63), row: UInt32(truncatingIfNeeded: $0))
            }
        }
        guard let source = FlatValues(self) else { return [] }
        let isText = type == .string || type == .binary
        return (0..<count).map { row in
            let prefix: UInt64
            if isText {
                // The slack behind every buffer lets all eight bytes be loaded; those behind the end are cut off.
                let text = source.text(row)
                let word = UInt64(bigEndian: text.baseAddress.unsafelyUnwrapped.loadUnaligned(as: UInt64.self))
                prefix = text.count >= 8 ? word : word & ~(UInt64.max >> UInt64(text.count * 8))
            } else {
                let high = Int64(truncatingIfNeeded: source.load(row, as: Int128.self) >> 64)
                prefix = UInt64(bitPattern: high) ^ (1 << 63)
            }
            return Pair(prefix: prefix, row: UInt32(truncatingIfNeeded: row))
        }
    }

    /// For every row the number of distinct smaller values.
    fileprivate func ranks() -> [UInt32] {
        defer { withExtendedLifetime(self) {} }
        let order = RowOrder(self, self)
        var ranks = [UInt32](repeating: 0, count: count)
        var rank: UInt32 = 0
        var previous: UInt32?
        for pair in sortedPairs() {
            if let previous, order.compare(Int(previous), Int(pair.row)) != 0 { rank += 1 }
            ranks[Int(pair.row)] = rank
            previous = pair.row
        }
        return ranks
    }
}

extension RecordBatch {
    /// The row numbers in ascending order of the named columns, the first one first; equal rows keep their order.
    ///
    /// - Precondition: the columns exist and are not nested.
    package func sortOrder(by names: [String]) -> [UInt32] {
        let keys = names.map { name in
            guard let column = self[name] else { preconditionFailure("no column \(name)") }
            return column
        }
        if keys.count == 1 { return keys[0].sortOrder() }
        let ranks = keys.map { $0.ranks() }
        return (0..<UInt32(rowCount)).sorted { left, right in
            for rank in ranks where rank[Int(left)] != rank[Int(right)] { return rank[Int(left)] < rank[Int(right)] }
            return left < right
        }
    }
}
