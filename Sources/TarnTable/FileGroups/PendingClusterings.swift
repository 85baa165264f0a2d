/// The groups that pending clusterings are about to replace: until they have, nobody else may change them
/// (hudi-format §9.2).
package struct PendingClusterings: Hashable, Sendable {
    /// The clustering's instant of each group.
    package let groups: [FileGroupID: InstantTime]

    package static let none = PendingClusterings(groups: [:])

    /// Cost: one request for each pending replacecommit; none on most tables.
    package static func load(_ table: TableHandle, _ timeline: Timeline) async throws -> PendingClusterings {
        var groups: [FileGroupID: InstantTime] = [:]
        for instant in timeline.pendingReplaces {
            let request = try await RequestedReplace.load(instant, of: table)
            guard request.isClustering else { continue }
            for planned in request.groups {
                guard let group = FileGroupID(partition: planned.partitionPath, fileID: planned.fileID) else {
                    throw TableError(
                        .corrupt, "a clustering plan names no legal file group: \(planned.partitionPath)/\(planned.fileID)",
                        at: table.timelineFile(instant.fileName(.requested)), instant: instant.time)
                }
                groups[group] = instant.time
            }
        }
        return PendingClusterings(groups: groups)
    }
}
