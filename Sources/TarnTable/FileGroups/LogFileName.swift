/// `.<file ID>_<base instant>.log.<version>_<write token>` (hudi-format §5.1).
///
/// The write token may be missing; `.cdc` at the end marks a change log, which is no part of a slice; `.archive` takes the
/// place of `.log` in the archive.
package struct LogFileName: Hashable, Sendable {
    package let fileID: FileID
    /// In version 6 the instant of the slice's base file, or what opened the slice.
    package let baseInstant: InstantTime
    package let version: Int
    package let token: WriteToken?
    package let isChangeLog: Bool
    package let isArchive: Bool

    package init(_ fileID: FileID, _ baseInstant: InstantTime, version: Int, token: WriteToken?, isChangeLog: Bool = false, isArchive: Bool = false) {
        precondition(version >= 0)
        self.fileID = fileID
        self.baseInstant = baseInstant
        self.version = version
        self.token = token
        self.isChangeLog = isChangeLog
        self.isArchive = isArchive
    }

    /// nil for every other name.
    package init?(_ text: some StringProtocol) {
        guard text.first == ".", let mark = text.firstIndex(of: "_") else { return nil }
        guard let fileID = FileID(text[text.index(after: text.startIndex)..<mark]) else { return nil }
        let parts = text[text.index(after: mark)...].split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3 || (parts.count == 4 && parts[3] == "cdc"), let instant = InstantTime(parts[0]),
            parts[1] == "log" || parts[1] == "archive"
        else { return nil }
        let last = parts[2].split(separator: "_", maxSplits: 1, omittingEmptySubsequences: false)
        guard let digits = last.first, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let version = Int(digits) else { return nil }
        var token: WriteToken?
        if last.count == 2 {
            token = WriteToken(last[1])
            if token == nil { return nil }
        }
        self.init(fileID, instant, version: version, token: token, isChangeLog: parts.count == 4, isArchive: parts[1] == "archive")
    }

    package var text: String {
        ".\(fileID)_\(baseInstant).\(isArchive ? "archive" : "log").\(version)" + (token.map { "_\($0)" } ?? "") + (isChangeLog ? ".cdc" : "")
    }
}

extension LogFileName: Comparable {
    /// The merge order within a slice of version 6: base instant, version as a number, write token (a missing one first),
    /// suffix (§5.1).
    package static func < (left: LogFileName, right: LogFileName) -> Bool {
        (left.baseInstant, left.version, left.token?.text ?? "", left.isChangeLog ? 1 : 0)
            < (right.baseInstant, right.version, right.token?.text ?? "", right.isChangeLog ? 1 : 0)
    }
}

extension LogFileName: CustomStringConvertible {
    package var description: String { text }
}
