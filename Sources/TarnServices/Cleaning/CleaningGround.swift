package import TarnTable
package import TarnWrite

/// What a cleaning is decided on: the timeline, the files, and what other services and savepoints hold on to.
package struct CleaningGround: Sendable {
    package var timeline: Timeline
    package var files: TableFiles
    /// Groups that completed replace commits made invisible.
    package var replaced: [FileGroupID: InstantTime] = [:]
    package var pendingCompactions: [FileGroupID: InstantTime] = [:]
    package var pendingClusterings: [FileGroupID: InstantTime] = [:]
    package var savepoints = Savepoints()

    package init(timeline: Timeline, files: TableFiles) {
        self.timeline = timeline
        self.files = files
    }

    /// Cost: a listing of the table, and a request for each pending replacecommit and each savepoint.
    package static func load(_ ground: WriteGround) async throws -> CleaningGround {
        try await load(ground.table, ground.timeline, ground.selection, try await ground.files())
    }

    /// Without a lock: of a table that may be written meanwhile, for looking only.
    ///
    /// Cost: a listing of `.hoodie` and one of the table, and a request for each replacecommit, pending compaction and
    /// savepoint.
    package static func load(_ table: TableHandle) async throws -> CleaningGround {
        let timeline = try await Timeline.load(table)
        let selection = try await SliceSelection.load(CompletedCommits(table, timeline: timeline))
        return try await load(table, timeline, selection, try await ListedFiles(table).allFiles())
    }

    private static func load(_ table: TableHandle, _ timeline: Timeline, _ selection: SliceSelection, _ files: TableFiles) async throws -> CleaningGround {
        var ground = CleaningGround(timeline: timeline, files: files)
        ground.replaced = selection.replaced
        ground.pendingCompactions = selection.pendingCompactions
        ground.pendingClusterings = try await PendingClusterings.load(table, timeline).groups
        ground.savepoints = try await Savepoints.load(table, timeline)
        return ground
    }
}
