public import TarnServices
public import TarnTable

extension Table {
    /// Folds the log files of a merge-on-read table into base files: finishes the compactions that are pending, then plans and
    /// runs one of what is left.
    ///
    ///     if let done = try await trips.compact() { print("compacted at", done.instant) }
    ///
    /// - Returns: nil when there was nothing to do.
    /// - Throws: ``TableError``: `invalid` for a copy-on-write table; `conflict` when another writer is at work or a
    ///   clustering is pending. What was completed before stays completed.
    ///
    /// Memory: at most `options.memory` and what is fixed and small. Cost: the files of the slices, read once.
    @discardableResult
    public func compact(_ options: Compaction = Compaction()) async throws -> CompactionReport? {
        try await tableErrors {
            let report = try await CompactionService(handle, options).runAll()
            return report.instants.isEmpty ? nil : report
        }
    }

    /// What a compaction would do now; nil when there is nothing to do. Reads; writes nothing.
    public func plan(_ compaction: Compaction) async throws -> PlannedCompaction? {
        try await tableErrors { try await CompactionService(handle, compaction).plan() }
    }

    /// Puts a plan on the timeline, for this or another engine to run later. The slices are taken as they are by then.
    ///
    /// - Returns: The plan with its instant; nil when none of its slices has logs any more.
    @discardableResult
    public func schedule(_ plan: PlannedCompaction) async throws -> PlannedCompaction? {
        try await tableErrors { try await CompactionService(handle, plan.options).schedule(plan) }
    }

    /// Runs a plan; one that is not on the timeline is put there first.
    @discardableResult
    public func run(_ plan: PlannedCompaction) async throws -> CompactionReport {
        try await tableErrors { try await CompactionService(handle, plan.options).run(plan) }
    }

    /// Runs the compaction that stands on the timeline under this instant, whoever put it there; one that is completed is
    /// left as it is.
    @discardableResult
    public func runCompaction(_ instant: InstantTime, _ options: Compaction = Compaction()) async throws -> CompactionReport {
        try await tableErrors { try await CompactionService(handle, options).run(instant) }
    }
}
