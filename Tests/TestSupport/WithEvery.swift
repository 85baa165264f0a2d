import Testing

/// Runs `body` for every one of `values`; a failure says for which.
package func withEvery<Values: Sequence>(_ name: String, in values: Values, _ body: (Values.Element) throws -> Void) {
    for value in values {
        do { try body(value) } catch { Issue.record("\(name) \(value): \(error)") }
    }
}

/// The suspending form.
package func withEvery<Values: Sequence>(_ name: String, in values: Values, _ body: (Values.Element) async throws -> Void) async {
    for value in values {
        do { try await body(value) } catch { Issue.record("\(name) \(value): \(error)") }
    }
}

/// What a test found wrong: thrown inside ``withEvery(_:in:_:)``, where `#expect` would not know the value.
package struct Unexpected: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}

/// Throws unless `condition` holds.
package func expect(_ condition: Bool, _ text: @autoclosure () -> String) throws(Unexpected) {
    guard condition else { throw Unexpected(text()) }
}
