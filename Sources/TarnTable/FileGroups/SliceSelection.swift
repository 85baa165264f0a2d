/// Which files of a table count: the file-system view of version 6 (hudi-format §8).
///
/// A value, made from the timeline and what its instants say; it reads nothing.
package struct SliceSelection: Sendable {
    package let timeline: Timeline
    /// Groups that a completed replacecommit made invisible, with the latest such instant of each.
    package let replaced: [FileGroupID: InstantTime]
    /// Groups that a pending compaction will rewrite, with its instant.
    package let pendingCompactions: [FileGroupID: InstantTime]

    /// Instants whose base files are still being made: pending clusterings and compactions (§8.1 rule 5).
    private let unfinished: Set<InstantTime>

    package init(timeline: Timeline, replaced: [FileGroupID: InstantTime] = [:], pendingCompactions: [FileGroupID: InstantTime] = [:]) {
        self.timeline = timeline
        self.replaced = replaced
        self.pendingCompactions = pendingCompactions
        unfinished = Set((timeline.pendingReplaces + timeline.pendingCompactions).map(\.time))
    }

    /// All groups with the versions that count at `time` (nil: now), sorted by partition and file ID.
    ///
    /// - A slice counts if its base instant is committed, or older than the active timeline (§8.1 rule 4), and not later
    ///   than `time`.
    /// - Of several base files of one instant in a group, which only a failed cleanup leaves, the one with the greatest
    ///   write token counts.
    /// - A replaced group is left out unless `time` lies before its replacement (rule 6).
    package func groups(of files: TableFiles, asOf time: InstantTime? = nil) -> [FileGroup] {
        var bases: [FileGroupID: [InstantTime: BaseFile]] = [:]
        for file in files.baseFiles where isVisible(file) && time.map({ file.instant <= $0 }) ?? true {
            if let other = bases[file.group]?[file.instant], other.name.token.text >= file.name.token.text { continue }
            bases[file.group, default: [:]][file.instant] = file
        }
        var logs: [FileGroupID: [InstantTime: [LogFile]]] = [:]
        for file in files.logFiles where timeline.holds(file.name.baseInstant) && time.map({ file.name.baseInstant <= $0 }) ?? true {
            logs[file.group, default: [:]][file.name.baseInstant, default: []].append(file)
        }
        return Set(bases.keys).union(logs.keys).sorted().compactMap { group in
            if let replacement = replaced[group], time.map({ replacement <= $0 }) ?? true { return nil }
            let groupBases = bases[group] ?? [:]
            let groupLogs = logs[group] ?? [:]
            let instants = Set(groupBases.keys).union(groupLogs.keys).sorted(by: >)
            return FileGroup(
                group,
                slices: instants.map { instant in
                    FileSlice(
                        partition: group.partition, fileID: group.fileID, baseInstant: instant, baseFile: groupBases[instant],
                        logFiles: (groupLogs[instant] ?? []).sorted { $0.name < $1.name })
                })
        }
    }

    /// The slice of each group that a snapshot at `time` (nil: now) reads. A slice that a pending compaction opened is
    /// merged with the one before it (§8.2, §8.3).
    package func latestSlices(of files: TableFiles, asOf time: InstantTime? = nil) -> [FileSlice] {
        groups(of: files, asOf: time).map { group in
            let newest = group.latest
            guard newest.baseFile == nil, newest.baseInstant == pendingCompactions[group.id], group.slices.count > 1 else { return newest }
            let previous = group.slices[1]
            return FileSlice(
                partition: newest.partition, fileID: newest.fileID, baseInstant: previous.baseInstant, baseFile: previous.baseFile,
                logFiles: previous.logFiles + newest.logFiles)
        }
    }

    /// The base files that a snapshot of a copy-on-write table reads, or a read-optimized view of any: the newest of each
    /// group, sorted by partition and file ID.
    package func latestBaseFiles(of files: TableFiles, asOf time: InstantTime? = nil) -> [BaseFile] {
        groups(of: files, asOf: time).compactMap { group in group.slices.lazy.compactMap(\.baseFile).first }
    }

    private func isVisible(_ file: BaseFile) -> Bool { timeline.holds(file.instant) && !unfinished.contains(file.instant) }
}
