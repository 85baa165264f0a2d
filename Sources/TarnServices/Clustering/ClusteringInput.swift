import TarnTable

/// Finds the slices that a plan names among those a snapshot reads now.
struct ClusteringInput {
    let plan: ClusteringPlan
    let instant: InstantTime
    private let current: [FileGroupID: FileSlice]

    init(_ plan: ClusteringPlan, at instant: InstantTime, among slices: [FileSlice]) {
        self.plan = plan
        self.instant = instant
        current = Dictionary(slices.map { ($0.group, $0) }) { first, _ in first }
    }

    /// Group by group, as the plan has them.
    ///
    /// - Throws: ``TableError``: `corrupt` for a plan that names no legal files, `unsupported` for one that resizes buckets,
    ///   `conflict` when a slice is not what it was: what was written since would be lost.
    func groups() throws(TableError) -> [[FileSlice]] {
        var seen: Set<FileGroupID> = []
        var groups: [[FileSlice]] = []
        for group in plan.groups {
            if plan.strategyClass.contains("ConsistentBucket") || group.extraMetadata?.entries.isEmpty == false {
                throw TableError(.unsupported, "the clustering resizes consistent-hashing buckets", instant: instant)
            }
            var slices: [FileSlice] = []
            for slice in group.slices { slices.append(try find(slice, &seen)) }
            if Set(slices.map(\.partition)).count > 1 {
                throw TableError(.unsupported, "the clustering takes slices of several partitions together", instant: instant)
            }
            if !slices.isEmpty { groups.append(slices) }
        }
        return groups
    }

    private func find(_ planned: ClusteringPlan.Slice, _ seen: inout Set<FileGroupID>) throws(TableError) -> FileSlice {
        guard let group = FileGroupID(partition: planned.group.partitionPath, fileID: planned.group.fileID), seen.insert(group).inserted else {
            throw TableError(
                .corrupt, "the clustering plan names no legal file group, or one twice: \(planned.group.partitionPath)/\(planned.group.fileID)", instant: instant)
        }
        func name(_ path: String) -> Substring { path.split(separator: "/").last ?? "" }
        guard let slice = current[group], slice.baseFile?.name.text ?? "" == name(planned.baseFile),
            Set(slice.logFiles.map(\.name.text)) == Set(planned.logFiles.map { String(name($0)) })
        else {
            throw TableError(
                .conflict,
                "file group \(group.fileID) changed after the clustering was planned: undo the plan (tarn rollback) and plan again", instant: instant)
        }
        return slice
    }
}
