import TarnBase
import TarnTable

/// What must hold of `.hoodie_partition_metadata` (hudi-format §6.1).
enum PartitionInvariants {
    /// Which folders have the file, and which should.
    static func check(_ facts: TableFacts) -> [Finding] {
        let marked = Set(facts.files.markedPartitions)
        let holding = Set(facts.files.baseFiles.filter { facts.isCommitted($0.instant) }.map(\.partition) + facts.files.logFiles.map(\.partition))
        var findings = holding.subtracting(marked).sorted().map { partition in
            Finding(.partitionMetadata, at: file(of: partition), "missing beside data files: Java readers skip the partition")
        }
        for partition in marked.sorted() {
            for ancestor in ancestors(of: partition) where marked.contains(ancestor) {
                findings.append(
                    Finding(
                        .partitionMetadata, at: file(of: partition),
                        "the partition lies inside the partition \(ancestor.text.isEmpty ? "at the table's folder" : ancestor.text): readers do not descend into it"))
            }
            if !facts.properties.isPartitioned, partition != .root {
                findings.append(Finding(.partitionMetadata, at: file(of: partition), "a partition in a table without partition fields"))
            }
        }
        return findings
    }

    /// The two keys of one such file.
    static func check(_ metadata: PartitionMetadata, of partition: PartitionPath, at path: String) -> [Finding] {
        var findings: [Finding] = []
        if metadata.partitionDepth != partition.depth {
            findings.append(Finding(.partitionMetadata, at: path, "partitionDepth is \(metadata.partitionDepth), the folder lies \(partition.depth) below the table"))
        }
        if InstantTime(metadata.commitTime) == nil {
            findings.append(Finding(.partitionMetadata, at: path, "commitTime is no instant: \(metadata.commitTime)"))
        }
        return findings
    }

    static func file(of partition: PartitionPath) -> String {
        partition.text.isEmpty ? PartitionMetadata.fileName : "\(partition)/\(PartitionMetadata.fileName)"
    }

    private static func ancestors(of partition: PartitionPath) -> [PartitionPath] {
        guard partition != .root else { return [] }
        var found = [PartitionPath.root]
        for index in partition.text.indices where partition.text[index] == "/" {
            if let ancestor = PartitionPath(String(partition.text[..<index])) { found.append(ancestor) }
        }
        return found
    }
}
