import TarnTable

/// What one write knows of the file it is making.
struct FilePlace: Sendable {
    let partition: PartitionPath
    let name: BaseFileName
    /// The version it replaces; nil for a new group.
    let replacing: BaseFile?
    /// The number in the write token and in the sequence numbers of changed rows: one a file of this write.
    let number: Int

    var marker: String {
        let folder = partition.text.isEmpty ? "" : "\(partition.text)/"
        return "\(folder)\(name.text).marker.\(replacing == nil ? "CREATE" : "MERGE")"
    }

    var relativePath: String { partition.text.isEmpty ? name.text : "\(partition.text)/\(name.text)" }
}
