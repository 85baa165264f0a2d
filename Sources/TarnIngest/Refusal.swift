/// Why one event is not taken; it goes to quarantine with this reason and harms nobody else.
package struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// For a person: `column 'x': expected int64, found object`.
    package let reason: String

    package init(_ reason: String) { self.reason = reason }

    /// The text is not JSON at all.
    var isSyntax: Bool { reason.hasPrefix(Refusal.syntax) }
    static let syntax = "not valid JSON"

    package var description: String { reason }
}
