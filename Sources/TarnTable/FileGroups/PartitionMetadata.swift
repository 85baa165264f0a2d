package import TarnBase

/// `.hoodie_partition_metadata`: what makes a folder a partition to Java readers (hudi-format §6.1). Written once, before
/// the partition's first data file, and never again.
package struct PartitionMetadata: Hashable, Sendable {
    package static let fileName = ".hoodie_partition_metadata"

    /// The instant that made the partition. Nobody checks it.
    package let commitTime: String
    /// Levels of folders below the table; 0 in the table's own folder.
    package let partitionDepth: Int

    package init(commitTime: InstantTime, partition: PartitionPath) {
        self.commitTime = commitTime.description
        partitionDepth = partition.depth
    }

    /// - Throws: ``TableError`` `corrupt` when a key is missing or no number.
    package init(parsing text: Bytes) throws(TableError) {
        let file = try JavaProperties(parsing: text)
        guard let commitTime = file["commitTime"] else { throw TableError(.corrupt, "commitTime is missing in a partition's metadata") }
        guard let depth = file["partitionDepth"].flatMap({ Int($0) }), depth >= 0 else {
            throw TableError(.corrupt, "partitionDepth is missing in a partition's metadata, or no number")
        }
        self.commitTime = commitTime
        partitionDepth = depth
    }

    /// - Parameter now: Milliseconds since 1970 UTC.
    package func text(now: Int64) -> Bytes {
        JavaProperties([("commitTime", commitTime), ("partitionDepth", "\(partitionDepth)")]).text(comment: "partition metadata", now: now)
    }

    /// Whether a file of this name marks a partition: the properties form, and the forms kept in the base files' format.
    package static func isMarker(_ name: String) -> Bool {
        name == fileName || name == fileName + ".parquet" || name == fileName + ".orc"
    }
}
