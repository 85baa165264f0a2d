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
    /// newest. Where another engine archived all of Tarn's, the archive tells. Cost: a request for each commit read and not yet
    /// known; the archive, where no active commit has a ledger.
    ///
    /// - Parameter archive: nil for a service, whose commit need not carry what the next write finds there.
    static func load(_ commits: CompletedCommits, _ archive: ArchiveFolder?, token: String?) async throws -> CommitHistory {
        var history = CommitHistory()
        var foundOurs = false
        for instant in commits.timeline.completedWrites.reversed() {
            let extra = try await commits.metadata(of: instant).extraMetadata
            if !foundOurs { history.carryCheckpoints(of: extra) }
            let tokens: CommitTokens?
            do { tokens = try extra[CommitTokens.key].map { try CommitTokens(parsing: $0) } } catch {
                throw TableError(error, at: commits.table.timelineFile(instant.fileName), instant: instant.time)
            }
            if !foundOurs, extra[SourceLedger.key] != nil {
                foundOurs = true
                history.take(extra, tokens)
            }
            let hasToken = token.map { tokens?.contains($0) ?? false } ?? false
            if hasToken { history.tokenCommit = instant.time }
            if foundOurs && !hasToken { break }
        }
        if !foundOurs, let archive, commits.timeline.firstActive != nil { try await history.takeArchived(archive, token: token) }
        return history
    }

    private mutating func take(_ extra: ExtraMetadata, _ tokens: CommitTokens?) {
        carried[SourceLedger.key] = extra[SourceLedger.key]
        carried[Watermark.key] = extra[Watermark.key]
        self.tokens = tokens ?? CommitTokens()
    }

    private mutating func takeArchived(_ archive: ArchiveFolder, token: String?) async throws {
        guard let (commit, extra) = try await archive.load().newestLedger else { return }
        do { take(extra, try extra[CommitTokens.key].map { try CommitTokens(parsing: $0) }) } catch { throw TableError(error, at: archive.path, instant: commit) }
        if let token, tokens.contains(token), tokenCommit == nil { tokenCommit = commit }
    }

    /// The newest commit that has a key decides, as for the streamers themselves (§3.3).
    private mutating func carryCheckpoints(of extra: ExtraMetadata) {
        for entry in extra.entries where carried[entry.key] == nil && Self.isCheckpoint(entry.key) { carried[entry.key] = entry.value }
    }

    private static func isCheckpoint(_ key: String) -> Bool { key.hasPrefix("deltastreamer.checkpoint.") || key.hasPrefix("streamer.checkpoint.") }

    /// Whether writers go on from this entry of the newest commit that has it.
    package static func isCarried(_ key: String) -> Bool { key == SourceLedger.key || key == CommitTokens.key || isCheckpoint(key) }
}
