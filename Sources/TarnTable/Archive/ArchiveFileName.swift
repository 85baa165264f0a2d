/// `.commits_.archive.<n>_1-0-1`: a file of the archive, one a run (hudi-format §9.6).
package struct ArchiveFileName: Hashable, Sendable {
    package let number: Int
    package let token: String

    package init(_ number: Int) {
        self.number = number
        token = "1-0-1"
    }

    /// nil for every other name.
    package init?(_ text: some StringProtocol) {
        let prefix = ".commits_.archive."
        guard text.hasPrefix(prefix) else { return nil }
        let parts = text.dropFirst(prefix.count).split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, parts[0].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(parts[0]),
            parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") }), WriteToken(parts[1]) != nil
        else { return nil }
        self.number = number
        token = String(parts[1])
    }

    package var text: String { ".commits_.archive.\(number)_\(token)" }
}
