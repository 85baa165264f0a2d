import TarnBase
package import TarnTable

/// What the completed commits of a table hand on to the next one.
package struct CommitHistory: Sendable {
    /// Entries that the next commit carries on: the source ledger, the watermark, checkpoints of Hudi's streamers.
    package private(set) var carried = ExtraMetadata()
    private(set) var tokens = CommitTokens()
    /// What the commit of a service carries: the entries and the tokens, so that the next write finds both in one place.
    package var carriedByServices: ExtraMetadata {
        var entries = carried
        if !tokens.tokens.isEmpty { entries[CommitTokens.key] = tokens.text }
        return entries
    }
    /// The oldest active commit that has the token of this write.
    private(set) var tokenCommit: InstantTime?

    /// Walks back from the newest commit to the first of Tarn's, which has all of it: where Tarn alone writes, that is the
    /// newest. Cost: a request for each commit read and not yet known.
    static func load(_ commits: CompletedCommits, token: String?) async throws -> CommitHistory {
        var history = CommitHistory()
        var foundOurs = false
        for instant in commits.timeline.completedWrites.reversed() {
            let extra = try await commits.metadata(of: instant).extraMetadata
            if !foundOurs { history.carryCheckpoints(of: extra) }
            let tokens = try extra[CommitTokens.key].map { text in
                do { return try CommitTokens(parsing: text) } catch {
                    throw TableError(error, at: commits.table.timelineFile(instant.fileName), instant: instant.time)
                }
            }
            if !foundOurs, let ledger = extra[SourceLedger.key] {
                foundOurs = true
                history.carried[SourceLedger.key] = ledger
                history.carried[Watermark.key] = extra[Watermark.key]
                history.tokens = tokens ?? CommitTokens()
            }
            let hasToken = token.map { tokens?.contains($0) ?? false } ?? false
            if hasToken { history.tokenCommit = instant.time }
            if foundOurs && !hasToken { break }
        }
        return history
    }

    /// The newest commit that has a key decides, as for the streamers themselves (§3.3).
    private mutating func carryCheckpoints(of extra: ExtraMetadata) {
        for entry in extra.entries where carried[entry.key] == nil && Self.isCheckpoint(entry.key) { carried[entry.key] = entry.value }
    }

    private static func isCheckpoint(_ key: String) -> Bool { key.hasPrefix("deltastreamer.checkpoint.") || key.hasPrefix("streamer.checkpoint.") }

    /// Whether writers go on from this entry of the newest commit that has it.
    package static func isCarried(_ key: String) -> Bool { key == SourceLedger.key || key == CommitTokens.key || isCheckpoint(key) }
}
