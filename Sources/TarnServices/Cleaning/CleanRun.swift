import TarnBase
import TarnStorage
import TarnTable
import TarnWrite

/// Carries out clean plans, ours or Spark's. Knows how to delete and how to record it; knows nothing of retention.
///
/// Order: `K.clean.requested` (the plan), `K.clean.inflight` (the plan again), the files go, `K.clean`. A run that dies is
/// repeated from its plan: deleting what is gone is no error.
struct CleanRun {
    let table: TableHandle
    /// What must stay whatever a plan says, by path relative to the table. A plan may be old by the time it is run.
    let isKept: (String) -> Bool

    private var writer: TimelineWriter { TimelineWriter(table) }

    /// Cost: three requests, and one for each started 1,000 files.
    func begin(_ plan: CleanPlan, at time: InstantTime) async throws -> CleanMetadata {
        let bytes = plan.encoded(random: table.runtime.random)
        let pending = try await writer.begin(.clean, at: time, plan: bytes)
        return try await execute(plan, under: pending, startingWith: bytes)
    }

    /// One that is on the timeline. Cost: two requests more, for its plan.
    func finish(_ instant: Instant) async throws -> CleanMetadata {
        let path = table.timelineFile(instant.fileName(.requested))
        let plan: CleanPlan
        let bytes: Bytes
        do {
            bytes = try await table.store.get(path)
            plan = try CleanPlan(parsing: bytes)
        } catch {
            throw TableError(error, at: path, instant: instant.time)
        }
        return try await execute(plan, under: writer.resume(instant), startingWith: instant.state == .requested ? bytes : nil)
    }

    private func execute(_ plan: CleanPlan, under pending: consuming PendingInstant, startingWith copy: Bytes?) async throws -> CleanMetadata {
        let start = table.runtime.clock.monotonicNanoseconds()
        let time = pending.time
        var done: [CleanMetadata.Partition] = []
        do {
            let work = try plan.partitions.map { try files(of: $0, before: time) }
            if let copy { try await pending.start(with: copy, on: writer) }
            for (planned, (partition, names)) in zip(plan.partitions, work) {
                let (kept, going) = names.reduce(into: ([String](), [String]())) { parts, name in
                    if isKept(partition.text.isEmpty ? name : "\(partition)/\(name)") { parts.0.append(name) } else { parts.1.append(name) }
                }
                try await delete(going, in: partition)
                done.append(
                    .init(partitionPath: planned.partitionPath, policy: plan.policy, plannedFiles: names, deletedFiles: going, failedFiles: kept))
            }
        } catch {
            pending.abandon()
            throw TableError(error, instant: time)
        }
        let metadata = CleanMetadata(
            startTime: time.description, milliseconds: Int64((table.runtime.clock.monotonicNanoseconds() &- start) / 1_000_000),
            earliestInstantToRetain: plan.earliestInstantToRetain?.time ?? "", lastCompletedCommit: plan.lastCompletedCommit,
            partitions: done, extraMetadata: plan.extraMetadata)
        _ = try await pending.complete(with: metadata.encoded(random: table.runtime.random), on: writer)
        return metadata
    }

    private static let batch = 1000

    private func delete(_ names: [String], in partition: PartitionPath) async throws {
        let folder = table.folder(of: partition)
        for start in stride(from: 0, to: names.count, by: Self.batch) {
            try Task.checkCancellation()
            try await table.store.delete(names[start..<min(names.count, start + Self.batch)].map { folder.appending($0) })
        }
    }

    /// Plans name files by full paths, of a machine that may not be this one: the partition and the last segment say which
    /// file is meant. A name that is no data file's, or one that is not older than the clean, is not deleted on anybody's
    /// word.
    private func files(of planned: CleanPlan.Partition, before time: InstantTime) throws(TableError) -> (PartitionPath, [String]) {
        guard let partition = PartitionPath(planned.partitionPath) else {
            throw TableError(.corrupt, "the clean names no legal partition: \(planned.partitionPath)", instant: time)
        }
        var names: [String] = []
        for file in planned.files {
            let name = String(file.split(separator: "/").last ?? "")
            guard let instant = BaseFileName(name)?.instant ?? LogFileName(name)?.baseInstant, instant < time else {
                throw TableError(.corrupt, "the clean would delete what is no file of an older version: \(file)", instant: time)
            }
            names.append(name)
        }
        return (partition, names)
    }
}
