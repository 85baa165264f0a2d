import TarnBase
import TarnTable

/// Chooses what to compact: a pure function of what lies in the table.
struct CompactionPlanning {
    let selection: SliceSelection
    let clusterings: PendingClusterings
    let options: Compaction

    /// nil when no slice has logs that are due.
    ///
    /// - Parameter isDue: Whether a slice's records have waited too long; asked only where the options limit the lag.
    func plan(_ files: TableFiles, isDue: (FileSlice) -> Bool = { _ in true }) -> PlannedCompaction? {
        let waiting = selection.latestSlices(of: files).filter { slice in
            !slice.logFiles.isEmpty && isFree(slice.group) && (options.maximumLagSeconds == nil || isDue(slice))
        }
        var chosen: [PlannedCompaction.Slice] = []
        var bytes: Int64 = 0
        for slice in waiting.sorted(by: { ($1.logBytes, $0.group) < ($0.logBytes, $1.group) }) {
            bytes += slice.size
            if let maximum = options.maximumBytes, bytes > maximum.bytes, !chosen.isEmpty { break }
            chosen.append(.init(slice))
        }
        return chosen.isEmpty ? nil : PlannedCompaction(instant: nil, slices: chosen, options: options)
    }

    /// The same slices as they are now; those that were compacted, replaced or taken on by others meanwhile are left out.
    func refreshed(_ plan: PlannedCompaction, _ files: TableFiles) -> PlannedCompaction? {
        var now: [FileGroupID: FileSlice] = [:]
        for slice in selection.latestSlices(of: files) where !slice.logFiles.isEmpty && isFree(slice.group) { now[slice.group] = slice }
        let slices = plan.slices.compactMap { old in old.group.flatMap { now[$0] }.map(PlannedCompaction.Slice.init) }
        return slices.isEmpty ? nil : PlannedCompaction(instant: nil, slices: slices, options: plan.options)
    }

    private func isFree(_ group: FileGroupID) -> Bool {
        selection.pendingCompactions[group] == nil && clusterings.groups[group] == nil
    }
}
