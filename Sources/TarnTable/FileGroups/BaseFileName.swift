/// `<file ID>_<write token>_<instant>.parquet` (hudi-format §4.1).
package struct BaseFileName: Hashable, Sendable {
    /// Formats by their file extension. Tarn reads Parquet; the others are known so that they can be refused by name.
    package enum Format: String, Hashable, Sendable, CaseIterable {
        case parquet, orc, hfile, lance
    }

    package let fileID: FileID
    package let token: WriteToken
    /// The commit that wrote the file.
    package let instant: InstantTime
    package let format: Format

    package init(_ fileID: FileID, _ token: WriteToken, _ instant: InstantTime, format: Format = .parquet) {
        self.fileID = fileID
        self.token = token
        self.instant = instant
        self.format = format
    }

    /// nil for every other name.
    package init?(_ text: some StringProtocol) {
        guard let dot = text.lastIndex(of: "."), let format = Format(rawValue: String(text[text.index(after: dot)...])) else { return nil }
        let parts = text[..<dot].split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 3, let fileID = FileID(parts[0]), let token = WriteToken(parts[1]), let instant = InstantTime(parts[2]),
            !fileID.text.hasPrefix(".")
        else { return nil }
        self.init(fileID, token, instant, format: format)
    }

    package var text: String { "\(fileID)_\(token)_\(instant).\(format.rawValue)" }
}

extension BaseFileName: CustomStringConvertible {
    package var description: String { text }
}
