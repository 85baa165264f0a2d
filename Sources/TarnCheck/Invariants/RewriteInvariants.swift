import TarnTable

/// What must hold of a clustering: as many rows come out as went in (hudi-format §9.2).
enum RewriteInvariants {
    /// - Returns: nothing where it cannot be told from stats and footers: a replaced slice has logs, or its last version was
    ///   archived and cleaned.
    static func rowsOut(_ instant: Instant, _ metadata: CommitMetadata, _ facts: TableFacts) -> [Finding] {
        guard metadata.operation == .cluster else { return [] }
        var rowsIn: Int64 = 0
        for partition in metadata.replacedGroups ?? [] {
            for id in partition.fileIDs {
                guard let group = FileGroupID(partition: partition.partitionPath, fileID: id), let rows = facts.rowCount(of: group, before: instant.time) else { return [] }
                rowsIn += rows
            }
        }
        let rowsOut = metadata.partitions.flatMap(\.stats).reduce(Int64(0)) { $0 &+ $1.writes }
        guard rowsIn != rowsOut else { return [] }
        return [
            Finding(
                .rewriteRows, at: TableFacts.metaPath(instant.fileName.text), instant: instant.time,
                "the clustering took in \(rowsIn) rows and wrote \(rowsOut)")
        ]
    }
}

extension TableFacts {
    /// Rows of the group's newest version before an instant; nil where logs belong to it, or nobody says.
    fileprivate func rowCount(of group: FileGroupID, before time: InstantTime) -> Int64? {
        guard let newest = named.values.filter({ $0.group == group && $0.instant < time }).max(by: { $0.instant < $1.instant }), !newest.isLog else { return nil }
        return newest.writes
    }
}
