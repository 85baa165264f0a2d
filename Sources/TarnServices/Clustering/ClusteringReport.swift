package import TarnStorage
public import TarnTable

/// What a clustering did, or is going to do.
public struct ClusteringReport: Hashable, Sendable {
    /// nil when there was nothing to do, and of a dry run.
    public var instant: InstantTime?
    /// Whether readers see the new files; false for one that is only planned.
    public var isCompleted = false
    /// Clusterings that were pending and have been finished first.
    public var finished: [InstantTime] = []
    /// Sets of files that were, or will be, written anew together.
    public var groups = 0
    public var partitions = 0
    /// Files taken in.
    public var filesRead = 0
    public var filesWritten = 0
    public var rows: Int64 = 0
    /// Row groups that went into new files without being decoded.
    public var rowGroupsCopied = 0
    /// Of the files taken in.
    public var bytesRead: Int64 = 0
    public var bytesWritten: Int64 = 0
    /// What a sort put into scratch files.
    public var bytesSpilled: Int64 = 0
    /// The most that was held of ``Clustering/memory`` at a time, as it is counted.
    public var memoryPeak: Int64 = 0
    package var requests = RequestCounts()
    public var seconds = 0.0
}

extension ClusteringReport {
    /// What is taken in.
    init(taking groups: [[FileSlice]]) {
        self.groups = groups.count
        partitions = Set(groups.compactMap { $0.first?.partition }).count
        for slice in groups.joined() {
            filesRead += (slice.baseFile == nil ? 0 : 1) + slice.logFiles.count
            bytesRead += slice.size
        }
    }
}
