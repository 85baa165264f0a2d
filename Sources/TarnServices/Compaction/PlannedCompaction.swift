public import TarnTable

/// The slices a compaction is going to rewrite, those with the most bytes of logs first.
public struct PlannedCompaction: Hashable, Sendable {
    public struct Slice: Hashable, Sendable {
        /// As folders: `city=Oslo`; empty in a table without partitions.
        public let partition: String
        public let fileID: String
        /// nil for a group of logs alone.
        public let baseFile: String?
        public let baseBytes: Int64
        public let logFiles: [String]
        public let logBytes: Int64

        /// What the timeline stores of it.
        package let operation: CompactionPlan.Operation

        package init(_ slice: FileSlice) {
            partition = slice.partition.text
            fileID = slice.fileID.text
            baseFile = slice.baseFile?.name.text
            baseBytes = slice.baseFile?.size ?? 0
            logFiles = slice.logFiles.map(\.name.text)
            logBytes = slice.logBytes
            operation = CompactionPlan.Operation(
                group: PlannedGroup(partitionPath: partition, fileID: fileID), baseInstant: slice.baseInstant.description, baseFile: baseFile,
                logFiles: logFiles, metrics: CompactionMetrics(of: slice))
        }

        var group: FileGroupID? { FileGroupID(partition: partition, fileID: fileID) }
    }

    /// The instant under which it stands on the timeline; nil while it does not.
    public internal(set) var instant: InstantTime?
    public let slices: [Slice]
    public let options: Compaction

    public var logBytes: Int64 { slices.reduce(0) { $0 + $1.logBytes } }
    public var baseBytes: Int64 { slices.reduce(0) { $0 + $1.baseBytes } }

    package var stored: CompactionPlan { CompactionPlan(operations: slices.map(\.operation)) }
}
