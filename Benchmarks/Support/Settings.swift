import TarnBase
import TarnStorage
import TarnTable

/// `key=value…` of a benchmark's command line: whole numbers, all with a value of their own when not given.
package struct Settings: Sendable {
    private var values: [(key: String, value: Int)]

    /// - Throws: ``TableError`` `invalid` for a key that is not among `defaults`, naming those that are.
    package init(_ words: some Sequence<String>, defaults: KeyValuePairs<String, Int>) throws {
        values = defaults.map { ($0.key, $0.value) }
        for word in words {
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, let value = Int(parts[1]), value > 0, let index = values.firstIndex(where: { $0.key == parts[0] }) else {
                throw TableError(.invalid, "not '\(word)', but \(values.map { "\($0.key)=\($0.value)" }.joined(separator: " "))")
            }
            values[index].value = value
        }
    }

    package subscript(key: String) -> Int { values.first { $0.key == key }?.value ?? 0 }
}

extension Settings: CustomStringConvertible {
    package var description: String { values.map { "\($0.key)=\($0.value)" }.joined(separator: " ") }
}
