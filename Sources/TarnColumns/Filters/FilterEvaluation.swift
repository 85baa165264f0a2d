import TarnBase

extension BoundFilter {
    /// The rows for which the filter is true.
    ///
    /// - Precondition: the batch has the filter's schema.
    package func evaluate(_ batch: RecordBatch) -> Bitmap {
        precondition(batch.schema == schema, "the filter was bound to another schema")
        return evaluate(count: batch.rowCount) { batch.columns[$0] }
    }

    /// The same for a batch that carries only some of the columns: `column` gives those in ``columns`` by their position in
    /// the schema, of its type.
    package func evaluate(count: Int, _ column: (Int) -> Column) -> Bitmap {
        evaluate(node, count, column).isTrue
    }

    /// SQL's three values: a row in neither bitmap is unknown.
    private struct Answer {
        let isTrue: Bitmap
        let isFalse: Bitmap
    }

    private func evaluate(_ node: Node, _ count: Int, _ column: (Int) -> Column) -> Answer {
        switch node {
        case .and(let left, let right):
            let (l, r) = (evaluate(left, count, column), evaluate(right, count, column))
            return Answer(isTrue: l.isTrue && r.isTrue, isFalse: l.isFalse || r.isFalse)
        case .or(let left, let right):
            let (l, r) = (evaluate(left, count, column), evaluate(right, count, column))
            return Answer(isTrue: l.isTrue || r.isTrue, isFalse: l.isFalse && r.isFalse)
        case .not(let inner):
            let answer = evaluate(inner, count, column)
            return Answer(isTrue: answer.isFalse, isFalse: answer.isTrue)
        case .isNull(let position):
            let operand = operands[position]
            let there = BoundFilter.resolve(operand, column(operand.top)).validity ?? Bitmap(repeating: true, count: count)
            return Answer(isTrue: !there, isFalse: there)
        case .test(let position, let test):
            let operand = operands[position]
            let (values, validity) = BoundFilter.resolve(operand, column(operand.top))
            let passes = values.passing(test)
            guard let validity else { return Answer(isTrue: passes, isFalse: !passes) }
            return Answer(isTrue: passes && validity, isFalse: !passes && validity)
        }
    }

    /// The column of the operand, and where it and all structs around it hold a value.
    private static func resolve(_ operand: Operand, _ top: Column) -> (column: Column, validity: Bitmap?) {
        var column = top
        var validity = top.validity
        for member in operand.members {
            column = column.children[member]
            if let inner = column.validity { validity = validity.map { $0 && inner } ?? inner }
        }
        return (column, validity)
    }
}

extension Column {
    /// Which rows pass the test; of null rows nothing is said. A dictionary is tested entry by entry.
    func passing(_ test: ValueTest) -> Bitmap {
        if case .any(let tests) = test {
            return tests.reduce(Bitmap(repeating: false, count: count)) { $0 || passing($1) }
        }
        if case .dictionary(let codes, let dictionary) = values {
            if dictionary.count == 0 { return Bitmap(repeating: false, count: count) }
            let entries = dictionary.passing(test)
            return codes.withValues(of: UInt32.self) { entries.gather($0) }
        }
        defer { withExtendedLifetime(self) {} }
        switch test {
        case .any: return Bitmap(repeating: false, count: count)
        case .integers(let low, let high): return passing(from: low, through: high)
        case .decimals(let low, let high):
            guard let source = FlatValues(self) else { preconditionFailure("\(type) under a decimal test") }
            return Bitmap.make(count) {
                let value = source.load($0, as: Int128.self)
                return value >= low && value <= high
            }
        case .text(let comparison, let text): return passing(comparison, text)
        }
    }

    private func passing(from low: Int64, through high: Int64) -> Bitmap {
        if case .bits(let bits) = values {
            let (falses, trues) = (low <= 0 && high >= 0, low <= 1 && high >= 1)
            return falses == trues ? Bitmap(repeating: trues, count: count) : trues ? bits : !bits
        }
        guard let source = FlatValues(self) else { preconditionFailure("\(type) under a number test") }
        @inline(__always)
        func contains(_ value: Int64) -> Bool { value >= low && value <= high }
        switch type {
        case .int32, .date: return Bitmap.make(count) { contains(Int64(source.load($0, as: Int32.self))) }
        case .float: return Bitmap.make(count) { contains(Column.filterValue(Double(source.load($0, as: Float.self)))) }
        case .double: return Bitmap.make(count) { contains(Column.filterValue(source.load($0, as: Double.self))) }
        default: return Bitmap.make(count) { contains(source.load($0, as: Int64.self)) }
        }
    }

    private func passing(_ comparison: Filter.Comparison, _ text: Bytes) -> Bitmap {
        guard let source = FlatValues(self) else { preconditionFailure("\(type) under a text test") }
        if comparison == .equal {
            // One more row, so that equality can use the views.
            let one = Column(type, cells: [.text(text)])
            guard let wanted = FlatValues(one) else { return Bitmap(repeating: false, count: count) }
            defer { withExtendedLifetime(one) {} }
            return Bitmap.make(count) { Column.areEqual(source, $0, wanted, 0) }
        }
        return text.withUnsafeBytes { wanted in
            Bitmap.make(count) { row in
                let order = RowOrder.compare(source.text(row), wanted)
                return switch comparison {
                case .equal: order == 0
                case .less: order < 0
                case .lessOrEqual: order <= 0
                case .greater: order > 0
                case .greaterOrEqual: order >= 0
                }
            }
        }
    }
}
