package import TarnTable

/// A base file that is durable and waits for its commit.
package struct WrittenFile: Sendable {
    package let place: FilePlace
    package let rowCount: Int64
    package let byteCount: Int64
    package let counts: FileCounts

    /// What a commit says of it (hudi-format §3.2).
    package var stat: WriteStat {
        var stat = WriteStat(
            fileID: place.name.fileID.text, path: place.relativePath, partitionPath: place.partition.text,
            previousInstant: place.replacing?.instant.description, writes: rowCount, deletes: counts.deleted, updates: counts.updated,
            inserts: counts.inserted, fileSize: byteCount)
        stat.minimumEventTime = counts.firstEvent
        stat.maximumEventTime = counts.lastEvent
        return stat
    }
}
