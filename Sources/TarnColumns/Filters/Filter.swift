/// Which rows to keep: a comparison of a column with a literal, or several joined.
///
///     .equal("city", "Oslo") && .greater("fare", 20) && !.isNull("rider")
///
/// Nulls are as in SQL: a comparison with a null is unknown, and only rows for which the whole filter is true are kept.
/// Text is compared by its UTF-8 bytes; NaN equals NaN and is greater than every number; 0 equals -0. Members of struct
/// columns are named by dots: `timing.queued_ms`.
public struct Filter: Hashable, Sendable {
    package indirect enum Node: Hashable, Sendable {
        case comparison(column: String, Comparison, Literal)
        case isIn(column: String, [Literal])
        case isNull(column: String)
        case and(Node, Node)
        case or(Node, Node)
        case not(Node)
    }

    package enum Comparison: Hashable, Sendable {
        case equal, less, lessOrEqual, greater, greaterOrEqual
    }

    /// A value to compare a column with; its type is settled when the filter meets the column. Text serves for every
    /// type: `"2024-02-29"` for a date, `"2024-02-29T12:00:00Z"` for a timestamp, `"12.50"` for a decimal.
    public enum Literal: Hashable, Sendable, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
        ExpressibleByStringLiteral, ExpressibleByBooleanLiteral
    {
        case integer(Int64)
        case double(Double)
        case text(String)
        case boolean(Bool)

        public init(integerLiteral value: Int64) { self = .integer(value) }
        public init(floatLiteral value: Double) { self = .double(value) }
        public init(stringLiteral value: String) { self = .text(value) }
        public init(booleanLiteral value: Bool) { self = .boolean(value) }
    }

    package let node: Node

    /// The columns it names, each as often as it does.
    package var columnNames: [String] {
        func names(_ node: Node) -> [String] {
            switch node {
            case .comparison(let column, _, _), .isIn(let column, _), .isNull(let column): [column]
            case .and(let left, let right), .or(let left, let right): names(left) + names(right)
            case .not(let inner): names(inner)
            }
        }
        return names(node)
    }

    package init(_ node: Node) { self.node = node }

    private init(_ column: String, _ comparison: Comparison, _ value: Literal) {
        node = .comparison(column: column, comparison, value)
    }

    public static func equal(_ column: String, _ value: Literal) -> Filter { Filter(column, .equal, value) }
    public static func notEqual(_ column: String, _ value: Literal) -> Filter { !Filter(column, .equal, value) }
    public static func less(_ column: String, _ value: Literal) -> Filter { Filter(column, .less, value) }
    public static func lessOrEqual(_ column: String, _ value: Literal) -> Filter { Filter(column, .lessOrEqual, value) }
    public static func greater(_ column: String, _ value: Literal) -> Filter { Filter(column, .greater, value) }
    public static func greaterOrEqual(_ column: String, _ value: Literal) -> Filter { Filter(column, .greaterOrEqual, value) }
    /// True for rows whose value is one of `values`.
    public static func isIn(_ column: String, _ values: [Literal]) -> Filter { Filter(.isIn(column: column, values)) }
    public static func isNull(_ column: String) -> Filter { Filter(.isNull(column: column)) }
    public static func isNotNull(_ column: String) -> Filter { !isNull(column) }

    public static func && (left: Filter, right: Filter) -> Filter { Filter(.and(left.node, right.node)) }
    public static func || (left: Filter, right: Filter) -> Filter { Filter(.or(left.node, right.node)) }
    public static prefix func ! (filter: Filter) -> Filter { Filter(.not(filter.node)) }
}
