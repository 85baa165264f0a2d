import TarnBase

/// The last tokens that writes of a table were given, so that a write which is repeated makes no second commit
/// (freshness.md §1, `tarn.commit_tokens`).
package struct CommitTokens: Hashable, Sendable {
    package static let key = "tarn.commit_tokens"
    package static let remembered = 100

    /// Oldest first.
    package private(set) var tokens: [String]

    package init(_ tokens: [String] = []) { self.tokens = Array(tokens.suffix(Self.remembered)) }

    package func contains(_ token: String) -> Bool { tokens.contains(token) }
    package func adding(_ token: String) -> CommitTokens { CommitTokens(tokens.filter { $0 != token } + [token]) }

    package var text: String { JSON.array(tokens.map { .string($0) }).description }

    /// - Throws: ``TableError`` `corrupt` for anything but an array of strings.
    package init(parsing text: String) throws(TableError) {
        let json: JSON
        do { json = try JSON(parsing: text) } catch { throw TableError(error) }
        guard let elements = json.arrayValue, case let tokens = elements.compactMap(\.stringValue), tokens.count == elements.count else {
            throw TableError(.corrupt, "commit tokens are no array of strings")
        }
        self.init(tokens)
    }
}
