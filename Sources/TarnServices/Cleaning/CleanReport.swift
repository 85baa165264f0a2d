public import TarnBase
package import TarnStorage
public import TarnTable

/// What a cleaning did. Of one that had nothing to do, `instant` is nil.
public struct CleanReport: Sendable {
    public internal(set) var instant: InstantTime?
    public internal(set) var deletedFiles = 0
    /// Bytes of the files that were deleted, as far as they were still there.
    public internal(set) var reclaimed = ByteCount(0)
    /// Cleans of others, or of earlier runs that died, that were finished.
    public internal(set) var finished: [InstantTime] = []
    /// Failed writes that were undone first.
    public internal(set) var rolledBack: [InstantTime] = []
    public internal(set) var seconds = 0.0
    package internal(set) var requests = RequestCounts()
    /// Relative to the table.
    private(set) var deletedPaths: Set<String> = []

    mutating func add(_ clean: CleanMetadata, _ sizes: [String: Int64]) {
        instant = InstantTime(clean.startTime)
        for partition in clean.partitions {
            deletedFiles += partition.deletedFiles.count
            for name in partition.deletedFiles {
                let path = partition.partitionPath.isEmpty ? name : "\(partition.partitionPath)/\(name)"
                reclaimed = ByteCount(reclaimed.bytes + (sizes[path] ?? 0))
                deletedPaths.insert(path)
            }
        }
    }
}
