import TarnTable

/// A log file that is durable and waits for its commit.
struct WrittenLog: Sendable {
    let place: LogPlace
    let recordCount: Int64
    let byteCount: Int64
    let counts: FileCounts

    /// What a commit says of it (hudi-format §0 line 37).
    var stat: WriteStat {
        var stat = WriteStat(
            fileID: place.name.fileID.text, path: place.relativePath, partitionPath: place.partition.text,
            previousInstant: place.name.baseInstant.description, writes: recordCount, deletes: counts.deleted, updates: counts.updated,
            fileSize: byteCount)
        stat.minimumEventTime = counts.firstEvent
        stat.maximumEventTime = counts.lastEvent
        stat.logAppend = .init(
            version: Int64(place.name.version), offset: 0, baseFile: place.baseFile ?? "", logFiles: place.others + [place.name.text])
        return stat
    }
}
