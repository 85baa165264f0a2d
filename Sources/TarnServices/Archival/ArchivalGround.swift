package import TarnTable
import TarnWrite

/// What an archival is decided on.
package struct ArchivalGround: Sendable {
    package var timeline: Timeline
    package var files = TableFiles()
    /// Active instants whose records are in the newest archive file.
    package var archived: Set<InstantTime> = []
    /// The groups that each completed replacecommit replaced.
    package var replaced: [InstantTime: [FileGroupID]] = [:]
    package var savepoints: [InstantTime] = []
    /// The newest commit that carries each entry which later writers go on from.
    package var carriers: [String: InstantTime] = [:]
    /// The newest commit that says what the columns are.
    package var schemaCarrier: InstantTime?

    package init(timeline: Timeline) { self.timeline = timeline }

    /// Cost: a listing of the table, a request for each replacecommit, and one for each commit that is not known yet back to
    /// where every entry was found: one on a table of Tarn's, all of them on one that has no ledger.
    package static func load(_ commits: CompletedCommits, _ files: TableFiles, _ archive: ArchiveEnd) async throws -> ArchivalGround {
        let timeline = commits.timeline
        var ground = ArchivalGround(timeline: timeline)
        ground.files = files
        ground.archived = archive.known.times.intersection(timeline.completed.map(\.time))
        ground.savepoints = timeline.instants.filter { $0.action == .savepoint }.map(\.time)
        for instant in timeline.completedWrites where instant.action == .replaceCommit {
            ground.replaced[instant.time] = try await commits.metadata(of: instant).replacedGroups?.flatMap { groups in
                groups.fileIDs.compactMap { FileGroupID(partition: groups.partitionPath, fileID: $0) }
            }
        }
        for instant in timeline.completedWrites.reversed() {
            let metadata = try await commits.metadata(of: instant)
            for entry in metadata.extraMetadata.entries where CommitHistory.isCarried(entry.key) && ground.carriers[entry.key] == nil {
                ground.carriers[entry.key] = instant.time
            }
            if ground.schemaCarrier == nil, metadata.operation.carriesTableSchema, metadata.schemaText != nil { ground.schemaCarrier = instant.time }
            // A commit of Tarn's carries all that was there before it.
            if metadata.extraMetadata[SourceLedger.key] != nil, ground.schemaCarrier != nil { break }
        }
        return ground
    }
}
