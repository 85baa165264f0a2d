/// Tells attempts to write the same file apart: `<task>-<stage>-<attempt>`, decimal (hudi-format §4.1).
///
/// Any text without `_` is taken on reading, as Java does; ours are numbers.
package struct WriteToken: Hashable, Sendable {
    package let text: String

    package init(task: Int, stage: Int, attempt: Int) {
        precondition(task >= 0 && stage >= 0 && attempt >= 0)
        text = "\(task)-\(stage)-\(attempt)"
    }

    package init?(_ text: some StringProtocol) {
        guard !text.isEmpty, !text.utf8.contains(where: { $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "/") || $0 == 0 }) else { return nil }
        self.text = String(text)
    }
}

extension WriteToken: CustomStringConvertible {
    package var description: String { text }
}
