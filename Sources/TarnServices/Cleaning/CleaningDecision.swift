import TarnBase
import TarnStorage
package import TarnTable

/// What a cleaning would do, with the reason for every version of every file group.
package struct CleaningDecision: Sendable {
    package struct Verdict: Hashable, Sendable {
        package let version: GroupVersion
        package let reason: CleanReason
    }

    package let retention: Retention
    /// The oldest commit whose snapshot stays readable.
    package let retained: Instant?
    package let newestCommit: InstantTime?
    package let savepoints: [InstantTime]
    /// Sorted by partition and file ID, the newest version of each group first.
    package let verdicts: [Verdict]

    /// The decision about a table, from nothing but the arguments (``CleaningPlanner``).
    ///
    /// - Parameter now: Milliseconds since 1970 UTC.
    package static func of(_ ground: CleaningGround, keeping retention: Retention, now: Int64, zone: TimelineZone) -> CleaningDecision {
        CleaningPlanner(ground, keeping: retention, now: now, zone: zone).decide()
    }

    package var deletions: [Verdict] { verdicts.filter(\.reason.isDeletion) }
    package var deletedFileCount: Int { deletions.reduce(0) { $0 + $1.version.files.count } }
    package var deletedByteCount: Int64 { deletions.reduce(0) { $0 + $1.version.files.reduce(0) { $0 + $1.size } } }
    package var isEmpty: Bool { !verdicts.contains { $0.reason.isDeletion } }

    /// The plan as timelines keep it. Files are named with the scheme by which Spark finds them.
    package func plan(for table: TableHandle) -> CleanPlan {
        var partitions: [CleanPlan.Partition] = []
        for verdict in deletions {
            let partition = verdict.version.group.partition
            if partitions.last?.partitionPath != partition.text { partitions.append(.init(partitionPath: partition.text, files: [])) }
            let folder = table.folder(of: partition)
            partitions[partitions.count - 1].files += verdict.version.files.map { table.store.address(of: folder.appending($0.name)) }
        }
        var plan = CleanPlan(
            earliestInstantToRetain: retained.map { .init($0.time.description, action: $0.action.comparable.rawValue) },
            lastCompletedCommit: newestCommit?.description ?? "", policy: retention.policy, partitions: partitions)
        if !savepoints.isEmpty { plan.extraMetadata[Self.savepointsKey] = savepoints.map(\.description).joined(separator: ",") }
        return plan
    }

    /// From it, a later clean of Spark's tells which savepoints were given up since.
    private static let savepointsKey = "savepointed_timestamps"
}
