import TarnTable

/// Where appends to file slices go: which base instant their log files name, and which version comes next (hudi-format §5.1,
/// §8.3).
struct SliceLogs: Sendable {
    private struct Slice: Hashable {
        let group: FileGroupID
        let baseInstant: InstantTime
    }

    /// All log files by the slice their names say, whether they count or not: a failed write's stay, and take a version.
    private let names: [Slice: [LogFileName]]
    private let pendingCompactions: [FileGroupID: InstantTime]

    init(_ files: [LogFile], pendingCompactions: [FileGroupID: InstantTime] = [:]) {
        names = Dictionary(grouping: files) { Slice(group: $0.group, baseInstant: $0.name.baseInstant) }.mapValues { $0.map(\.name).sorted() }
        self.pendingCompactions = pendingCompactions
    }

    /// The base instant of new log files of the slice: behind a compaction that is planned for its group, that one's.
    func baseInstant(of slice: FileSlice) -> InstantTime { pendingCompactions[slice.group] ?? slice.baseInstant }

    /// The log files that a slice has, in merge order.
    func names(of group: FileGroupID, _ baseInstant: InstantTime) -> [LogFileName] {
        names[Slice(group: group, baseInstant: baseInstant)] ?? []
    }

    /// The version of the next log file of a slice: the highest there is, plus 1.
    func nextVersion(of group: FileGroupID, _ baseInstant: InstantTime) -> Int {
        (names(of: group, baseInstant).map(\.version).max() ?? 0) + 1
    }
}
