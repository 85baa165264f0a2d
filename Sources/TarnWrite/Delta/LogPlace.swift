import TarnTable

/// What one write knows of a log file it is making.
struct LogPlace: Sendable {
    let partition: PartitionPath
    let name: LogFileName
    /// The name of the base file of the slice that the file's name says; nil if it has none: the slice is opened by a pending
    /// compaction, or holds logs alone.
    let baseFile: String?
    /// The other log files of that slice, committed or not.
    let others: [String]
    /// The number in the write token and in the sequence numbers of its rows: one an append of this write.
    let number: Int

    private var folder: String { partition.text.isEmpty ? "" : "\(partition.text)/" }
    var marker: String { "\(folder)\(name.text).marker.APPEND" }
    var relativePath: String { folder + name.text }
}
