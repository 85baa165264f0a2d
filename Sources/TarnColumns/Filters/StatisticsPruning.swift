import TarnBase

extension BoundFilter {
    /// Whether rows of a part with these statistics can pass. False is certain, true is not.
    ///
    /// - Parameter statistics: By position in ``operands``; nil when nothing is known.
    package func mayMatch(_ statistics: (Int) -> ColumnStatistics?) -> Bool {
        mayMatch { position in statistics(position).map { PartFacts($0) } }
    }

    /// Whether rows of a part of which this is known can pass. False is certain, true is not.
    ///
    /// - Parameter facts: By position in ``operands``; nil when nothing is known. A member is null where a struct around it is.
    package func mayMatch(_ facts: (Int) -> PartFacts?) -> Bool {
        may(node, facts).beTrue
    }

    /// Whether rows can exist for which the node is true, and for which it is false.
    private struct Possible {
        var beTrue: Bool
        var beFalse: Bool
    }

    private func may(_ node: Node, _ facts: (Int) -> PartFacts?) -> Possible {
        switch node {
        case .and(let left, let right):
            let (l, r) = (may(left, facts), may(right, facts))
            return Possible(beTrue: l.beTrue && r.beTrue, beFalse: l.beFalse || r.beFalse)
        case .or(let left, let right):
            let (l, r) = (may(left, facts), may(right, facts))
            return Possible(beTrue: l.beTrue || r.beTrue, beFalse: l.beFalse && r.beFalse)
        case .not(let inner):
            let possible = may(inner, facts)
            return Possible(beTrue: possible.beFalse, beFalse: possible.beTrue)
        case .isNull(let operand):
            guard let known = facts(operand)?.statistics else { return Possible(beTrue: true, beFalse: true) }
            return Possible(beTrue: known.nullCount != 0, beFalse: !known.holdsNoValue)
        case .test(let operand, let test):
            guard let known = facts(operand) else { return Possible(beTrue: true, beFalse: true) }
            return may(test, known, operands[operand].type)
        }
    }

    private func may(_ test: ValueTest, _ known: PartFacts, _ type: DataType) -> Possible {
        if known.statistics.holdsNoValue { return Possible(beTrue: false, beFalse: false) }
        var possible = BoundFilter.may(test, known.statistics)
        if let values = known.values, possible.beTrue || possible.beFalse {
            let passing = values.passing(test).setCount
            possible.beTrue = possible.beTrue && passing > 0
            possible.beFalse = possible.beFalse && passing < values.count
        }
        if possible.beTrue, let mayHold = known.mayHold, let wanted = test.equalValues(type) {
            possible.beTrue = wanted.contains(where: mayHold)
        }
        return possible
    }

    private static func may(_ test: ValueTest, _ known: ColumnStatistics) -> Possible {
        if case .any(let tests) = test {
            let all = tests.map { may($0, known) }
            return Possible(beTrue: all.contains { $0.beTrue }, beFalse: all.allSatisfy { $0.beFalse })
        }
        guard let lower = known.lowerBound, let upper = known.upperBound else { return Possible(beTrue: true, beFalse: true) }
        switch (test, lower, upper) {
        case (.decimals(let low, let high), .decimal(let min), .decimal(let max)):
            return Possible(beTrue: min <= high && max >= low, beFalse: min < low || max > high)
        case (.integers(let low, let high), _, _):
            guard let min = number(lower), let max = number(upper) else { return Possible(beTrue: true, beFalse: true) }
            // NaN, of which bounds say nothing, is one more value by itself, above all others.
            let isNaNPossible = known.mayHoldNaN && isFloating(lower)
            let nan = Column.filterValue(.nan)
            let nanPasses = nan >= low && nan <= high
            return Possible(
                beTrue: (min <= high && max >= low) || (isNaNPossible && nanPasses), beFalse: min < low || max > high || (isNaNPossible && !nanPasses))
        case (.text(let comparison, let text), .text, .text):
            return may(comparison, .text(text), lower, upper)
        default: return Possible(beTrue: true, beFalse: true)
        }
    }

    private static func may(_ comparison: Filter.Comparison, _ value: Cell, _ min: Cell, _ max: Cell) -> Possible {
        let isBelowAll = Cell.isLess(value, min)
        let isAboveAll = Cell.isLess(max, value)
        return switch comparison {
        case .equal: Possible(beTrue: !isBelowAll && !isAboveAll, beFalse: !(min == value && max == value))
        case .less: Possible(beTrue: Cell.isLess(min, value), beFalse: !isAboveAll)
        case .lessOrEqual: Possible(beTrue: !isBelowAll, beFalse: Cell.isLess(value, max))
        case .greater: Possible(beTrue: Cell.isLess(value, max), beFalse: !isBelowAll)
        case .greaterOrEqual: Possible(beTrue: !isAboveAll, beFalse: Cell.isLess(min, value))
        }
    }

    private static func number(_ cell: Cell) -> Int64? {
        switch cell {
        case .int(let value): value
        case .boolean(let value): value ? 1 : 0
        case .float(let value): Column.filterValue(Double(value))
        case .double(let value): Column.filterValue(value)
        default: nil
        }
    }

    private static func isFloating(_ cell: Cell) -> Bool {
        switch cell {
        case .float, .double: true
        default: false
        }
    }
}
