import TarnBase
import TarnStorage
package import TarnTable
import TarnWrite

/// Compaction of merge-on-read tables: plan, schedule, run.
///
/// Scheduling and running are apart, so that days, machines and engines may lie between: the plan on the timeline is Hudi's.
package struct CompactionService: TableService {
    package let table: TableHandle
    package let options: Compaction

    package init(_ table: TableHandle, _ options: Compaction = Compaction()) {
        self.table = table
        self.options = options
    }

    /// Reads; writes nothing, and takes no lock.
    ///
    /// - Throws: ``TableError`` `invalid` for a copy-on-write table.
    package func plan() async throws -> PlannedCompaction? {
        try await Self.checkType(table)
        let commits = CompletedCommits(table, timeline: try await .load(table))
        let planning = CompactionPlanning(
            selection: try await SliceSelection.load(commits), clusterings: try await PendingClusterings.load(table, commits.timeline), options: options)
        let files = try await ListedFiles(table).allFiles()
        guard let lag = options.maximumLagSeconds else { return planning.plan(files) }
        let backlog = try await CompactionBacklog.load(commits, planning.selection, files)
        let now = table.runtime.clock.nowMilliseconds()
        let due = Set(backlog.slices.filter { $0.lag(at: now).map { $0 > lag * 1000 } ?? false }.map(\.group))
        return planning.plan(files) { due.contains($0.group) }
    }

    /// Puts the plan on the timeline, with the slices as they are now; from then on writes to them go to new log files.
    ///
    /// - Returns: nil when none of the slices has logs any more.
    /// - Throws: ``TableError`` `conflict` while a clustering is pending.
    package func schedule(_ plan: PlannedCompaction) async throws -> PlannedCompaction? {
        if plan.instant != nil { return plan }
        try await Self.checkType(table)
        return try await WriteGround.forService(on: table) { ground in try await Self.schedule(plan, on: ground) }
    }

    /// Runs a plan, and schedules it first if it is not yet.
    package func run(_ plan: PlannedCompaction) async throws -> CompactionReport {
        if let instant = plan.instant { return try await run(instant) }
        try await Self.checkType(table)
        return try await compacting { ground in
            guard let time = try await Self.schedule(plan, on: ground)?.instant else { return CompactionReport() }
            let run = CompactionRun(ground: ground, instant: Instant(time, .compaction, .requested), options: options)
            do { return try await run.run() } catch let error as TableError where [.unsupported, .corrupt, .libraryFault].contains(error.code) {
                // What cannot be read today cannot tomorrow: such a plan would be pending for ever.
                try await run.takeBack()
                throw error
            }
        }
    }

    /// Runs the plan that stands on the timeline under this instant, whoever put it there. One that is completed stays as it
    /// is.
    ///
    /// - Throws: ``TableError`` `notFound` when there is none.
    package func run(_ time: InstantTime) async throws -> CompactionReport {
        try await Self.checkType(table)
        return try await compacting { ground in
            guard let instant = ground.timeline.instant(time, .compaction), instant.action == .compaction else {
                throw TableError(.notFound, "there is no compaction \(time) on the timeline", instant: time)
            }
            if instant.isCompleted { return CompactionReport() }
            return try await CompactionRun(ground: ground, instant: instant, options: options).run()
        }
    }

    /// Finishes the compactions that are pending, oldest first, then compacts what is left.
    package func runAll() async throws -> CompactionReport {
        var report = CompactionReport()
        for pending in try await Timeline.load(table).pendingCompactions where pending.action == .compaction {
            report.add(try await run(pending.time))
        }
        if let plan = try await plan() { report.add(try await run(plan)) }
        return report
    }

    // MARK: Steps

    private static func checkType(_ table: TableHandle) async throws {
        guard try await TableProperties.load(table).type == .mergeOnRead else {
            throw TableError(.invalid, "a copy-on-write table has no log files to compact", at: table.path)
        }
    }

    private static func schedule(_ plan: PlannedCompaction, on ground: WriteGround) async throws -> PlannedCompaction? {
        // Spark refuses too: what such a write does to the slices is not known yet (hudi-format §9.1).
        if let other = ground.timeline.pending.first(where: { $0.action.writesData && $0.action != .compaction }) {
            throw TableError(
                .conflict, "a \(other.action.rawValue) is pending: nothing can be scheduled for compaction before it is done", instant: other.time)
        }
        let clusterings = try await PendingClusterings.load(ground.table, ground.timeline)
        let planning = CompactionPlanning(selection: ground.selection, clusterings: clusterings, options: plan.options)
        guard var now = planning.refreshed(plan, try await ground.files()) else { return nil }
        let time = try ground.nextTime()
        try await TimelineWriter(ground.table).put(
            InstantFileName(time, .compaction, .requested), now.stored.encoded(random: ground.table.runtime.random))
        now.instant = time
        return now
    }

    private func compacting(_ body: (WriteGround) async throws -> CompactionReport) async throws -> CompactionReport {
        var report = try await table.measured { ground in
            var report = try await body(ground)
            report.rolledBack = ground.rolledBack
            return report
        }
        report.bytesRead = report.requests.bytesRead
        return report
    }
}
