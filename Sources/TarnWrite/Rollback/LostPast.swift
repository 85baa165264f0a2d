import TarnTable

/// What must be there for a completed write to be undone: without it the rollback would lose rows that the write did not
/// make.
enum LostPast {
    /// - Parameters:
    ///   - files: Of the whole table.
    ///   - stats: What the commit says it wrote.
    /// - Throws: ``TableError`` `unsupported`: a clean took away the versions before the commit's, or the commits before it are
    ///   archived all, and nothing on the timeline would say that their files count.
    static func check(_ instant: Instant, _ timeline: Timeline, _ files: TableFiles, _ stats: [WriteStat]) throws(TableError) {
        var oldest: [FileGroupID: InstantTime] = [:]
        for file in files.baseFiles { oldest[file.group] = min(oldest[file.group] ?? file.instant, file.instant) }
        for file in files.logFiles { oldest[file.group] = min(oldest[file.group] ?? file.name.baseInstant, file.name.baseInstant) }
        for stat in stats where stat.previousInstant != nil {
            guard let group = FileGroupID(partition: stat.partitionPath ?? "", fileID: stat.fileID) else { continue }
            guard let first = oldest[group], first < instant.time else {
                throw TableError(.unsupported, "rolling back a commit whose earlier file versions a clean took away: \(group.partition)/\(group.fileID)", instant: instant.time)
            }
        }
        guard timeline.completedWrites.count == 1, oldest.values.contains(where: { $0 < instant.time }) else { return }
        throw TableError(.unsupported, "rolling back the only commit on the timeline: those before it were archived", instant: instant.time)
    }
}
