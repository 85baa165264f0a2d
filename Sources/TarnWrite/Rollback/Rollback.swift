import TarnBase
import TarnStorage
import TarnTable

/// Undoes writes: what failed ones left, or the newest completed one (hudi-format §9.4).
///
/// Each step may be repeated: a rollback that is found half done is finished under its own instant. The caller holds the
/// writer's lock.
struct Rollback {
    let table: TableHandle
    let zone: TimelineZone

    private var timelineWriter: TimelineWriter { TimelineWriter(table) }

    /// Finishes pending rollbacks, and rolls back every failed write.
    ///
    /// Pending compactions, clusterings and cleans stay: their plans are finished later.
    ///
    /// - Returns: The instants that are gone, and the timeline as it is now.
    /// - Throws: ``TableError`` `conflict` when the writer of a pending instant seems to live; `unsupported` for pending
    ///   log compactions, restores and index builds, which are not ours to undo.
    func failedWrites(_ timeline: Timeline) async throws -> (gone: [InstantTime], timeline: Timeline) {
        var gone: [InstantTime] = []
        var now = timeline
        for pending in timeline.pending where pending.action == .rollback {
            gone += try await finish(pending, now)
            now = try await .load(table)
        }
        for pending in now.pending where pending.action.writesData {
            if try await keepsItsPlan(pending) { continue }
            try await refuseIfAlive(pending, now)
            let files = try await ListedFiles(table).allFiles()
            let markers = try await WriteMarkers.load(of: pending.time, table)
            let logs = markers.objects.isEmpty ? try await logs(of: pending, now, among: files.logFiles) : []
            let plan = RollbackPlanning(table: table, instant: pending).plan(markers: markers.marks, files: files.baseFiles, logs: logs)
            gone.append(try await run(plan, of: pending, on: now, laterThan: gone))
            now = try await .load(table)
        }
        for pending in now.pending where [.logCompaction, .restore, .indexing].contains(pending.action) {
            throw TableError(
                .unsupported, "a pending \(pending.action.rawValue), which only the engine that began it can finish or undo", instant: pending.time)
        }
        return (gone, now)
    }

    /// Undoes the newest completed write.
    func completedWrite(_ time: InstantTime, _ timeline: Timeline) async throws -> Timeline {
        guard let instant = timeline.newestCompletedWrite, instant.time == time else {
            throw TableError(.invalid, "only the newest completed commit can be rolled back", instant: time)
        }
        guard [.commit, .deltaCommit].contains(instant.action), timeline.instant(time, .savepoint) == nil else {
            throw TableError(.unsupported, "rolling back a \(instant.action.rawValue) or a savepointed commit", instant: time)
        }
        // A plan made since then is made of what the write left.
        if let later = timeline.pending.first(where: { $0.time > time }) {
            throw TableError(
                .conflict, "the pending \(later.action.rawValue) \(later.time) builds on this commit: finish it or roll it back first", instant: time)
        }
        let files = try await ListedFiles(table).allFiles()
        let stats = try await CompletedCommits(table, timeline: timeline).metadata(of: instant).stats
        try LostPast.check(instant, timeline, files, stats)
        let plan = RollbackPlanning(table: table, instant: instant).planOfCompleted(files: files.baseFiles, stats: stats)
        _ = try await run(plan, of: instant, on: timeline, laterThan: [])
        return try await .load(table)
    }

    /// Undoes what a run of a planned service wrote, under a rollback of its own (hudi-format §2.5).
    ///
    /// - Parameters:
    ///   - instant: Pending, with a plan.
    ///   - keepingPlan: Whether the instant goes back to being requested, so that it may be run again; else it is gone.
    /// - Throws: ``TableError`` `conflict` when whoever runs it seems to live.
    func plannedService(_ instant: Instant, _ timeline: Timeline, keepingPlan: Bool) async throws {
        precondition(!instant.isCompleted)
        try await refuseIfAlive(instant, timeline)
        let files = try await ListedFiles(table).allFiles()
        if !keepingPlan, let log = files.logFiles.first(where: { $0.name.baseInstant == instant.time }) {
            throw TableError(
                .conflict, "logs were written for this compaction since it was planned, so its plan cannot be undone: run it (tarn compact)", at: log.path(in: table),
                instant: instant.time)
        }
        let markers = try await WriteMarkers.load(of: instant.time, table)
        let plan = RollbackPlanning(table: table, instant: instant).plan(markers: markers.marks, files: files.baseFiles, logs: [])
        _ = try await run(plan, of: instant, on: timeline, laterThan: [], keepingPlan: keepingPlan)
    }

    // MARK: Steps

    private func run(
        _ plan: RollbackPlan, of instant: Instant, on timeline: Timeline, laterThan others: [InstantTime], keepingPlan: Bool = false
    ) async throws -> InstantTime {
        let time = try timeline.nextTime(zone: zone, clock: table.runtime.clock, laterThan: others)
        let pending = try await timelineWriter.begin(.rollback, at: time, plan: plan.encoded(random: table.runtime.random))
        do { try await pending.start(on: timelineWriter) } catch {
            pending.abandon()
            throw error
        }
        return try await execute(plan, of: instant.time, under: pending, timeline, keepingPlan: keepingPlan)
    }

    /// A rollback that its writer did not finish. That of a planned service leaves the plan, whatever was meant: nobody can
    /// tell, and a plan can be undone again.
    ///
    /// - Returns: What is gone.
    private func finish(_ instant: Instant, _ timeline: Timeline) async throws -> [InstantTime] {
        let path = table.timelineFile(instant.fileName(.requested))
        let plan: RollbackPlan
        do {
            plan = try RollbackPlan(parsing: try await table.store.get(path, upTo: .mebibytes(64)))
        } catch let error as PayloadError {
            throw TableError(.corrupt, "\(error)", at: path, instant: instant.time)
        } catch {
            throw TableError(error, at: path, instant: instant.time)
        }
        guard let target = InstantTime(plan.instant) else {
            throw TableError(.corrupt, "a rollback of no legal instant: \(plan.instant)", at: path, instant: instant.time)
        }
        let pending = timelineWriter.resume(instant)
        if instant.state == .requested {
            do { try await pending.start(on: timelineWriter) } catch {
                pending.abandon()
                throw error
            }
        }
        let keepsPlan: Bool
        do { keepsPlan = try await self.keepsPlan(of: target, plan, timeline) } catch {
            pending.abandon()
            throw error
        }
        let undone = try await execute(plan, of: target, under: pending, timeline, keepingPlan: keepsPlan)
        return keepsPlan ? [] : [undone]
    }

    private func execute(
        _ plan: RollbackPlan, of target: InstantTime, under pending: consuming PendingInstant, _ timeline: Timeline, keepingPlan: Bool
    ) async throws -> InstantTime {
        let start = table.runtime.clock.monotonicNanoseconds()
        let time = pending.time
        let undone: [RollbackPartition]
        do {
            // A completed commit stops counting before its files go, so that no reader looks for them.
            try await timelineWriter.remove(filesToRemove(of: target, plan, timeline) { $0 == .completed })
            undone = try await undo(plan, of: target, under: time)
        } catch {
            pending.abandon()
            throw TableError(error, instant: time)
        }
        let result = RollbackMetadata(
            startTime: time.description,
            milliseconds: Int64((table.runtime.clock.monotonicNanoseconds() &- start) / 1_000_000),
            instants: [.init(plan.instant, plan.action)], partitions: undone)
        _ = try await pending.complete(with: result.encoded(random: table.runtime.random), on: timelineWriter)
        try await timelineWriter.remove(
            filesToRemove(of: target, plan, timeline) { $0 == .inflight || $0 == .requested && !keepingPlan })
        try await removeTraces(of: target, timeline)
        return target
    }

    /// Deletes base files, and disowns what lies in logs.
    private func undo(_ plan: RollbackPlan, of target: InstantTime, under rollback: InstantTime) async throws -> [RollbackPartition] {
        let objects = try RollbackPlanning.objects(of: plan, in: table)
        let logs = try await LogDisowning(table: table, rollback: rollback, target: target).run(plan)
        if !objects.isEmpty { try await table.store.delete(objects.map(\.path)) }
        var partitions = Dictionary(grouping: objects, by: \.partition).mapValues { files in
            RollbackPartition(partitionPath: files[0].partition, deletedFiles: files.map(\.fullPath))
        }
        for outcome in logs {
            partitions[outcome.partition.text, default: .init(partitionPath: outcome.partition.text, deletedFiles: [])].rollbackLogFiles = outcome.blocks
            partitions[outcome.partition.text]?.logFilesFromFailedCommit = outcome.disowned
        }
        return partitions.values.sorted { $0.partitionPath < $1.partitionPath }
    }

    private func filesToRemove(
        of target: InstantTime, _ plan: RollbackPlan, _ timeline: Timeline, where applies: (InstantState) -> Bool
    ) -> [Timeline.File] {
        timeline.files.filter {
            $0.name.time == target && $0.name.action.comparable == Action(rawValue: plan.action)?.comparable && applies($0.name.state)
        }
    }

    /// Markers and heartbeat of an instant that is gone or completed.
    func removeTraces(of instant: InstantTime, _ timeline: Timeline) async throws {
        if timeline.folders.contains(".temp") {
            let markers = try await table.store.list(table.markerFolder(of: instant), recursive: true).objects
            if !markers.isEmpty { try await table.store.delete(markers.map(\.path)) }
        }
        if timeline.folders.contains(".heartbeat") {
            try await table.store.delete([table.metaFolder.appending(".heartbeat/\(instant)")])
        }
    }

    /// Log files that hold blocks of a write that left no markers. Only files as young as the write are looked into.
    ///
    /// Cost: a request for each of them.
    private func logs(of instant: Instant, _ timeline: Timeline, among logs: [LogFile]) async throws -> [LogFile] {
        let begin = timeline.files(of: instant).map(\.modifiedMilliseconds).min() ?? 0
        var found: [LogFile] = []
        for log in logs where log.size > 0 && log.modifiedMilliseconds >= begin - Timeline.allowedSkewMilliseconds {
            var reader = LogReader(log, in: table)
            while let block = try await reader.next() {
                guard block.instant == instant.time else { continue }
                found.append(log)
                break
            }
        }
        return found
    }

    // MARK: What is left alone

    /// Spark's lazy writers beat every minute and count as dead after three beats missed (hudi-format §2.5).
    private static let heartbeatMilliseconds: Int64 = 240_000

    private func refuseIfAlive(_ instant: Instant, _ timeline: Timeline) async throws {
        guard timeline.folders.contains(".heartbeat") else { return }
        let path = table.metaFolder.appending(".heartbeat/\(instant.time)")
        do {
            let beat = try await table.store.info(path)
            if table.runtime.clock.nowMilliseconds() - beat.modifiedMilliseconds < Self.heartbeatMilliseconds {
                throw TableError(.conflict, "the writer of a pending \(instant.action.rawValue) is alive", at: path, instant: instant.time)
            }
        } catch let error as StorageError where error.code == .notFound {
            return
        }
    }

    /// A pending compaction or clustering is run later by its plan; any other pending write failed (§9.1, §9.2).
    private func keepsItsPlan(_ instant: Instant) async throws -> Bool {
        switch instant.action {
        case .compaction, .logCompaction: true
        case .replaceCommit: try await RequestedReplace.load(instant, of: table).isClustering
        default: false
        }
    }

    /// Whether the requested file of what a rollback undid stays, so that it is run again under its own instant.
    private func keepsPlan(of target: InstantTime, _ plan: RollbackPlan, _ timeline: Timeline) async throws -> Bool {
        guard let action = Action(rawValue: plan.action), let instant = timeline.instant(target, action), !instant.isCompleted else { return false }
        return try await keepsItsPlan(instant)
    }
}
