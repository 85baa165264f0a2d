package import TarnTable

/// Where the archive ends: what the next archival goes on from.
package struct ArchiveEnd: Sendable {
    /// The highest number of a file; 0 before the first.
    let number: Int
    /// What the file of that number tells.
    let known: ArchivedTimeline

    /// Cost: the archive's listing and its newest file.
    package static func load(_ folder: ArchiveFolder) async throws -> ArchiveEnd {
        let newest = try await folder.files().last
        var known = ArchivedTimeline()
        if let newest { try await folder.add(newest.object, to: &known) }
        return ArchiveEnd(number: newest?.name.number ?? 0, known: known)
    }
}
