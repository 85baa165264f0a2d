package import TarnTable

/// What one write knows of the file it is making.
package struct FilePlace: Sendable {
    package let partition: PartitionPath
    package let name: BaseFileName
    /// The version it replaces; nil for a new group.
    package let replacing: BaseFile?
    /// The number in the write token and in the sequence numbers of changed rows: one a file of this write.
    package let number: Int

    package init(partition: PartitionPath, name: BaseFileName, replacing: BaseFile?, number: Int) {
        self.partition = partition
        self.name = name
        self.replacing = replacing
        self.number = number
    }

    package var marker: String {
        let folder = partition.text.isEmpty ? "" : "\(partition.text)/"
        return "\(folder)\(name.text).marker.\(replacing == nil ? "CREATE" : "MERGE")"
    }

    package var relativePath: String { partition.text.isEmpty ? name.text : "\(partition.text)/\(name.text)" }
}
