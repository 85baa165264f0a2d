import TarnBase
import TarnStorage
package import TarnTable
import TarnWrite

/// Moves old instants from the active timeline to the archive, so that nobody lists thousands (hudi-format §9.6).
package struct Archival: TableService {
    package let table: TableHandle
    /// So many completed writes, and as many cleans and rollbacks, stay: when there are more than the upper bound, the lower
    /// bound stays.
    package let keeping: ClosedRange<Int>

    /// - Throws: ``TableError`` `invalid` for keeping fewer than one.
    package init(_ table: TableHandle, keeping: ClosedRange<Int>) throws(TableError) {
        guard keeping.lowerBound > 0 else { throw TableError(.invalid, "an archival keeps at least 1 commit, not \(keeping.lowerBound)") }
        self.table = table
        self.keeping = keeping
    }

    /// What would leave the timeline and what would stay, and why; nil when all stays. Takes no lock and writes nothing.
    package func plan() async throws -> ArchivalDecision? {
        let decision = try await decision()
        return decision.isEmpty ? nil : decision
    }

    /// The same, also when all stays.
    package func decision() async throws -> ArchivalDecision {
        let properties = try await TableProperties.load(table)
        guard properties.version == 6 else { throw TableError(.unsupported, "archiving in tables of version \(properties.version) does not work yet") }
        let timeline = try await Timeline.load(table)
        guard hasWork(timeline) else { return .of(ArchivalGround(timeline: timeline), keeping: keeping) }
        let archive = try await ArchiveEnd.load(try ArchiveFolder(table, properties))
        return .of(try await ArchivalGround.load(CompletedCommits(table, timeline: timeline), try await ListedFiles(table).allFiles(), archive), keeping: keeping)
    }

    /// Decides anew under the lock, since the table may have changed, and does it.
    @discardableResult
    package func run(_ plan: ArchivalDecision) async throws -> ArchiveReport { try await archive() }

    /// Decides and does it, under one lock. A run that dies leaves a readable table, and the next one goes on.
    ///
    /// Cost: one listing of the table, the archive's listing and its newest file where there is something to do.
    @discardableResult
    package func archive() async throws -> ArchiveReport {
        try await table.measured { ground in
            var report = ArchiveReport()
            report.rolledBack = ground.rolledBack
            if hasWork(ground.timeline) {
                let commits = CompletedCommits(ground.table, timeline: ground.timeline)
                let folder = try ArchiveFolder(ground.table, ground.properties)
                let archive = try await ArchiveEnd.load(folder)
                let decision = ArchivalDecision.of(try await .load(commits, try await ground.files(), archive), keeping: keeping)
                let run = ArchiveRun(folder: folder, archive: archive, timeline: ground.timeline, zone: ground.properties.zone)
                if !decision.isEmpty { report.files = try await run.run(decision.archived) }
                report.archived = decision.archived.map(\.time)
            }
            return report
        }
    }

    private func hasWork(_ timeline: Timeline) -> Bool {
        [Action.clean, .rollback].contains { action in timeline.completed.count { $0.action == action } > keeping.upperBound }
            || timeline.completedWrites.count > keeping.upperBound || isTorn(timeline)
    }

    /// Whether an archival may have died while it removed files: an instant has its last one, and not all before it.
    private func isTorn(_ timeline: Timeline) -> Bool {
        let early = Dictionary(grouping: timeline.files.filter { $0.name.state != .completed }, by: \.name.time)
        return timeline.completed.contains { instant in
            guard instant.action.writesData || instant.action == .clean || instant.action == .rollback else { return false }
            return Set(early[instant.time, default: []].map(\.name.state)).count < 2
        }
    }
}
