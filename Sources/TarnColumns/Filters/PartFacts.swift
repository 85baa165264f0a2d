/// What is known about a column in a part of a file (a row group, a page) without reading its rows.
package struct PartFacts {
    package var statistics: ColumnStatistics
    /// A column of every value that occurs, nulls aside, and perhaps of others; nil when they are not known.
    package var values: Column?
    /// Whether a value may occur, as a bloom filter tells. False is certain.
    package var mayHold: ((Cell) -> Bool)?

    package init(_ statistics: ColumnStatistics, values: Column? = nil, mayHold: ((Cell) -> Bool)? = nil) {
        self.statistics = statistics
        self.values = values
        self.mayHold = mayHold
    }
}

extension ValueTest {
    /// The values of a column of `type` that pass, where they are few and known: NaN has many forms, so it is not.
    func equalValues(_ type: DataType) -> [Cell]? {
        switch self {
        case .any(let tests):
            var values: [Cell] = []
            for test in tests {
                guard let some = test.equalValues(type) else { return nil }
                values += some
            }
            return values
        case .text(.equal, let text): return [.text(text)]
        case .text: return nil
        case .decimals(let low, let high): return low > high ? [] : low == high ? [.decimal(low)] : nil
        case .integers(let low, let high):
            if low > high { return [] }
            guard low == high else { return nil }
            switch type {
            case .boolean: return nil
            case .float, .double:
                let value = Column.floatingPoint(ofOrderingValue: low)
                guard !value.isNaN else { return nil }
                let forms = value == 0 ? [0.0, -0.0] : [value]
                return forms.map { type == .float ? .float(Float($0)) : .double($0) }
            default: return [.int(low)]
            }
        }
    }
}

extension BoundFilter {
    /// Those of ``operands``, by position, that a test of equality decides on: for these a bloom filter may help.
    package var operandsComparedForEquality: Set<Int> {
        var found: Set<Int> = []
        func visit(_ node: Node) {
            switch node {
            case .test(let operand, let test):
                if test.equalValues(operands[operand].type) != nil { found.insert(operand) }
            case .isNull: break
            case .and(let left, let right), .or(let left, let right):
                visit(left)
                visit(right)
            // What does not equal a value is everywhere.
            case .not: break
            }
        }
        visit(node)
        return found
    }

    /// Those of ``operands``, by position, whose values are compared.
    package var operandsCompared: Set<Int> {
        func visit(_ node: Node) -> Set<Int> {
            switch node {
            case .test(let operand, _): [operand]
            case .isNull: []
            case .and(let left, let right), .or(let left, let right): visit(left).union(visit(right))
            case .not(let inner): visit(inner)
            }
        }
        return visit(node)
    }
}
