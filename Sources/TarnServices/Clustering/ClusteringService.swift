import TarnBase
import TarnColumns
import TarnStorage
package import TarnTable
import TarnWrite

/// Clusters a table: plans, schedules, runs, each under the writer's lock.
package struct ClusteringService: TableService {
    package let table: TableHandle
    package let clustering: Clustering

    package init(_ table: TableHandle, _ clustering: Clustering) {
        self.table = table
        self.clustering = clustering
    }

    // MARK: Plan, then run

    /// What there is to cluster now; nil when there is nothing. Writes nothing.
    package func plan() async throws -> ClusteringPlan? {
        try await WriteGround.forService(on: table) { try await plan(on: $0) }
    }

    /// Schedules the plan and runs it.
    ///
    /// - Throws: ``TableError`` `conflict` when the table changed since it was planned.
    package func run(_ plan: ClusteringPlan) async throws -> ClusteringReport {
        try await table.measured { ground in
            let instant = try await schedule(plan, on: ground)
            return try await ClusteringRun(ground, plan, instant, clustering).run()
        }
    }

    /// Finishes what is pending, then plans and runs under one lock.
    package func run() async throws -> ClusteringReport {
        var (finished, earlier, seconds) = ([InstantTime](), RequestCounts(), 0.0)
        while true {
            let done = try await table.measured { try await runPending(nil, on: $0) ?? ClusteringReport() }
            earlier += done.requests
            seconds += done.seconds
            guard let instant = done.instant else { break }
            finished.append(instant)
        }
        var report = try await table.measured { ground in
            guard let plan = try await plan(on: ground) else { return ClusteringReport() }
            let instant = try await schedule(plan, on: ground)
            return try await ClusteringRun(ground, plan, instant, clustering).run()
        }
        report.finished = finished
        report.requests += earlier
        report.seconds += seconds
        return report
    }

    /// Runs a clustering that is pending, ours or another engine's.
    ///
    /// - Throws: ``TableError`` `notFound` when there is none of this instant.
    package func run(pending instant: InstantTime) async throws -> ClusteringReport {
        try await table.measured { ground in
            guard let report = try await runPending(instant, on: ground) else {
                throw TableError(.notFound, "no clustering is pending under this instant", instant: instant)
            }
            return report
        }
    }

    /// Puts the plan on the timeline, for whoever runs it; nothing if there is nothing to do.
    package func schedule() async throws -> ClusteringReport {
        try await table.measured { ground in
            guard let plan = try await plan(on: ground) else { return ClusteringReport() }
            var report = try await outlook(of: plan, on: ground)
            report.instant = try await schedule(plan, on: ground).time
            return report
        }
    }

    /// What would be done.
    package func dryRun() async throws -> ClusteringReport {
        try await table.measured { ground in
            guard let plan = try await plan(on: ground) else { return ClusteringReport() }
            return try await outlook(of: plan, on: ground)
        }
    }

    // MARK: Steps

    private func plan(on ground: WriteGround) async throws -> ClusteringPlan? {
        try clustering.check(ground.schema.columns)
        let pending = try await PendingClusterings.load(ground.table, ground.timeline)
        let planner = ClusteringPlanner(
            clustering: clustering, taken: Set(pending.groups.keys).union(ground.selection.pendingCompactions.keys),
            replaceCommits: Set(ground.timeline.completed.lazy.filter { $0.action == .replaceCommit }.map(\.time)))
        let groups = planner.groups(of: try await ground.latestSlices())
        guard !groups.isEmpty else { return nil }
        let table = ground.table
        return ClusteringPlan(groups, clustering) { table.store.address(of: table.path.appending($0)) }
    }

    private func schedule(_ plan: ClusteringPlan, on ground: WriteGround) async throws -> Instant {
        let time = try ground.nextTime()
        _ = try ClusteringInput(plan, at: time, among: try await ground.latestSlices()).groups()
        let bytes = RequestedReplace(clustering: plan).encoded(random: ground.table.runtime.random)
        let pending = try await TimelineWriter(ground.table).begin(.replaceCommit, at: time, plan: bytes)
        pending.abandon()
        return Instant(time, .replaceCommit, .requested, size: Int64(bytes.count))
    }

    /// - Parameter instant: nil for the oldest.
    /// - Returns: nil if there is none.
    private func runPending(_ instant: InstantTime?, on ground: WriteGround) async throws -> ClusteringReport? {
        for pending in ground.timeline.pendingReplaces where instant.map({ $0 == pending.time }) ?? true {
            guard let plan = try await RequestedReplace.load(pending, of: ground.table).plan else { continue }
            var requested = pending
            if pending.state == .inflight {
                try await ground.undo(pending, keepingPlan: true)
                requested = Instant(pending.time, pending.action, .requested)
            }
            return try await ClusteringRun(ground, plan, requested, clustering).run()
        }
        return nil
    }

    private func outlook(of plan: ClusteringPlan, on ground: WriteGround) async throws -> ClusteringReport {
        let slices = try ClusteringInput(plan, at: try ground.nextTime(), among: try await ground.latestSlices()).groups()
        var report = ClusteringReport(taking: slices)
        report.filesWritten = plan.groups.reduce(0) { $0 + $1.outputFileCount }
        return report
    }
}
