import TarnStorage

/// The savepoints of a table: commits whose files nobody deletes, and which are not archived (hudi-format §9.5).
package struct Savepoints: Hashable, Sendable {
    /// The savepointed commits, ascending.
    package let times: [InstantTime]
    /// The files they keep, by path relative to the table, each with the newest savepoint that does.
    package let files: [String: InstantTime]

    package init(times: [InstantTime] = [], files: [String: InstantTime] = [:]) {
        self.times = times.sorted()
        self.files = files
    }

    /// - Throws: ``TableError`` `corrupt` with the file.
    ///
    /// Cost: one request for each savepoint.
    package static func load(_ table: TableHandle, _ timeline: Timeline) async throws -> Savepoints {
        var times: [InstantTime] = []
        var files: [String: InstantTime] = [:]
        for instant in timeline.instants where instant.action == .savepoint && instant.isCompleted {
            let path = table.timelineFile(instant.fileName)
            do {
                let metadata = try SavepointMetadata(parsing: try await table.read(path, size: instant.size))
                for partition in metadata.partitions {
                    for file in partition.files {
                        files[partition.partitionPath.isEmpty ? file : "\(partition.partitionPath)/\(file)"] = instant.time
                    }
                }
            } catch {
                throw TableError(error, at: path, instant: instant.time)
            }
            times.append(instant.time)
        }
        return Savepoints(times: times, files: files)
    }
}
