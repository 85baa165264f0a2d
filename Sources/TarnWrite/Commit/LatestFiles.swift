import TarnTable

/// What a write knows of the files that are there.
struct LatestFiles: Sendable {
    /// The newest of every group, sorted by partition and file ID.
    let slices: [FileSlice]
    /// Those that have their `.hoodie_partition_metadata`.
    let markedPartitions: [PartitionPath]
    /// Which log files there are already.
    let logs: SliceLogs
}
