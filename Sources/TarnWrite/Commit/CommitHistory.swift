import TarnBase
import TarnStorage
import TarnTable

/// What the completed commits of a table say that the next one must know, newest first.
struct CommitHistory: Sendable {
    /// The table's schema as the newest commit that is no service has it; nil before the first.
    private(set) var schemaText: String?
    /// Entries that the next commit carries on: the source ledger, the watermark, checkpoints of Hudi's streamers.
    private(set) var carried = ExtraMetadata()
    private(set) var tokens = CommitTokens()
    /// File groups that replacecommits made invisible.
    private(set) var replaced: [FileGroupID: InstantTime] = [:]
    /// The oldest commit that has the token of this write.
    private(set) var tokenCommit: InstantTime?

    /// Reads the newest commit, and older ones as long as something is missing: a table that Tarn alone writes has all of it
    /// in the newest. Replacecommits are read always. Cost: a request for each commit read.
    static func load(_ table: TableHandle, _ timeline: Timeline, token: String?) async throws -> CommitHistory {
        var history = CommitHistory()
        var foundOurs = false
        var followsToken = false
        for instant in timeline.completedWrites.reversed() {
            guard !foundOurs || followsToken || history.schemaText == nil || instant.action == .replaceCommit else { continue }
            guard let commit = try await read(instant, of: table) else { continue }
            if history.schemaText == nil, commit.operation.carriesTableSchema { history.schemaText = commit.schemaText }
            history.add(replacements: commit, by: instant)
            history.carryCheckpoints(of: commit)
            let tokens = try tokens(of: commit, instant, table)
            if let token, tokens?.contains(token) == true {
                history.tokenCommit = instant.time
                followsToken = true
            } else if tokens != nil {
                followsToken = false
            }
            if !foundOurs, let ledger = commit.extraMetadata[SourceLedger.key] {
                foundOurs = true
                history.carried[SourceLedger.key] = ledger
                history.carried[Watermark.key] = commit.extraMetadata[Watermark.key]
                history.tokens = tokens ?? CommitTokens()
            }
        }
        return history
    }

    /// nil for a completed instant of 0 bytes, which says nothing.
    static func read(_ instant: Instant, of table: TableHandle) async throws -> CommitMetadata? {
        let path = table.timelineFile(instant.fileName)
        guard instant.size > 0 else { return nil }
        guard instant.size <= ByteCount.mebibytes(256).bytes else {
            throw TableFault(.corrupt, "a commit of \(ByteCount(instant.size))", at: path, instant: instant.time)
        }
        do {
            let bytes = try await table.store.get(path, ranges: [0..<instant.size])[0]
            return try CommitMetadata(parsing: bytes)
        } catch let error as PayloadError {
            throw TableFault(.corrupt, "\(error)", at: path, instant: instant.time)
        } catch {
            throw TableFault(error, at: path, instant: instant.time)
        }
    }

    private static func tokens(of commit: CommitMetadata, _ instant: Instant, _ table: TableHandle) throws -> CommitTokens? {
        guard let text = commit.extraMetadata[CommitTokens.key] else { return nil }
        do { return try CommitTokens(parsing: text) } catch {
            throw error.located(at: table.timelineFile(instant.fileName), instant: instant.time)
        }
    }

    private mutating func add(replacements commit: CommitMetadata, by instant: Instant) {
        for groups in commit.replacedGroups ?? [] {
            guard let partition = PartitionPath(groups.partitionPath) else { continue }
            for fileID in groups.fileIDs.compactMap({ FileID($0) }) {
                let group = FileGroupID(partition, fileID)
                replaced[group] = max(replaced[group] ?? instant.time, instant.time)
            }
        }
    }

    /// The newest commit that has a key decides; streamers look for theirs in the newest commit that has one (§3.3).
    private mutating func carryCheckpoints(of commit: CommitMetadata) {
        for entry in commit.extraMetadata.entries where carried[entry.key] == nil {
            if entry.key.hasPrefix("deltastreamer.checkpoint.") || entry.key.hasPrefix("streamer.checkpoint.") {
                carried[entry.key] = entry.value
            }
        }
    }
}
