import TarnBase
import TarnStorage
package import TarnTable
import TarnWrite

/// Deletes file versions that no snapshot worth keeping reads (hudi-format §9.3).
package struct Cleaning: TableService {
    package let table: TableHandle
    package let retention: Retention

    /// - Throws: ``TableError`` `invalid` for keeping fewer than one.
    package init(_ table: TableHandle, keeping retention: Retention) throws(TableError) {
        guard retention.count > 0 else { throw TableError(.invalid, "a cleaning keeps at least 1, not \(retention)") }
        self.table = table
        self.retention = retention
    }

    /// What would go and what would stay, and why; nil when all stays. Takes no lock and writes nothing.
    package func plan() async throws -> CleaningDecision? {
        let decision = try await decision()
        return decision.isEmpty ? nil : decision
    }

    /// The same, also when all stays.
    package func decision() async throws -> CleaningDecision {
        let properties = try await TableProperties.load(table)
        guard properties.version == 6 else { throw TableError(.unsupported, "cleaning tables of version \(properties.version) does not work yet") }
        return decide(try await CleaningGround.load(table), properties.zone)
    }

    /// Decides anew under the lock, since the table may have changed, and does it, in one instant. Cleans that somebody began
    /// are finished first. Nothing to do makes no instant.
    ///
    /// Cost: a listing of the table; three requests for the instant, and one for each started 1,000 files.
    package func run(_ plan: CleaningDecision) async throws -> CleanReport { try await clean() }

    /// Decides and does it, under one lock; as ``run(_:)``.
    @discardableResult
    package func clean() async throws -> CleanReport {
        try await locked { ground, report in
            let facts = try await CleaningGround.load(ground)
            let sizes = facts.files.sizes
            try await finish(ground.timeline.pending.filter { $0.action == .clean }, facts, ground, &report)
            let decision = decide(facts, ground.properties.zone)
            let plan = decision.plan(for: ground.table)
            // What a clean that was just finished took away is on the listing still.
            let left = plan.without(report.deletedPaths)
            guard !left.partitions.isEmpty else { return }
            let run = CleanRun(table: ground.table) { _ in false }
            report.add(try await run.begin(left, at: try ground.nextTime()), sizes)
        }
    }

    /// Puts the plan on the timeline, for ``finish(_:)`` by somebody else.
    ///
    /// - Returns: The clean's instant; nil when there is nothing to do.
    package func schedule() async throws -> InstantTime? {
        try await locked { ground, report in
            let decision = decide(try await CleaningGround.load(ground), ground.properties.zone)
            guard !decision.isEmpty else { return }
            let time = try ground.nextTime()
            let bytes = decision.plan(for: ground.table).encoded(random: ground.table.runtime.random)
            let pending = try await TimelineWriter(ground.table).begin(.clean, at: time, plan: bytes)
            pending.abandon()
            report.instant = time
        }.instant
    }

    /// Runs a plan that is on the timeline.
    ///
    /// - Throws: ``TableError`` `notFound` when there is no such pending clean.
    package func finish(_ time: InstantTime) async throws -> CleanReport {
        try await locked { ground, report in
            guard let instant = ground.timeline.pending.first(where: { $0.time == time && $0.action == .clean }) else {
                throw TableError(.notFound, "there is no pending clean \(time)", instant: time)
            }
            try await finish([instant], try await CleaningGround.load(ground), ground, &report)
        }
    }

    // MARK: Parts

    private func decide(_ facts: CleaningGround, _ zone: TimelineZone) -> CleaningDecision {
        CleaningPlanner(facts, keeping: retention, now: table.runtime.clock.nowMilliseconds(), zone: zone).decide()
    }

    /// An old plan takes nothing that a snapshot of now, a savepoint or a pending plan needs.
    private func finish(_ instants: [Instant], _ facts: CleaningGround, _ ground: WriteGround, _ report: inout CleanReport) async throws {
        guard !instants.isEmpty else { return }
        let now = CleaningPlanner(facts, keeping: .versions(1), now: 0, zone: ground.properties.zone).decide()
        let kept = Set(now.verdicts.filter { !$0.reason.isDeletion }.flatMap { verdict in verdict.version.files.map { verdict.version.relativePath(of: $0) } })
        for instant in instants {
            let metadata = try await CleanRun(table: ground.table, isKept: kept.contains).finish(instant)
            report.add(metadata, facts.files.sizes)
            report.finished.append(instant.time)
        }
    }

    private func locked(_ body: (WriteGround, inout CleanReport) async throws -> Void) async throws -> CleanReport {
        try await table.measured { ground in
            var report = CleanReport()
            try await body(ground, &report)
            report.rolledBack = ground.rolledBack
            return report
        }
    }
}

extension TableFiles {
    /// Bytes of every data file, by path relative to the table.
    fileprivate var sizes: [String: Int64] {
        var sizes: [String: Int64] = [:]
        for file in baseFiles { sizes[file.relativePath] = file.size }
        for file in logFiles + changeLogs { sizes[file.relativePath] = file.size }
        return sizes
    }
}

extension CleanPlan {
    /// - Parameter gone: Paths relative to the table.
    fileprivate func without(_ gone: Set<String>) -> CleanPlan {
        guard !gone.isEmpty else { return self }
        var plan = self
        plan.partitions = partitions.compactMap { partition in
            let left = partition.files.filter { file in
                let name = file.split(separator: "/").last ?? ""
                return !gone.contains(partition.partitionPath.isEmpty ? String(name) : "\(partition.partitionPath)/\(name)")
            }
            return left.isEmpty ? nil : Partition(partitionPath: partition.partitionPath, files: left)
        }
        return plan
    }
}
