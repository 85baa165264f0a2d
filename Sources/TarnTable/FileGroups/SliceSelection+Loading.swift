extension SliceSelection {
    /// Reads what the timeline's replace commits replaced and its pending compactions planned.
    ///
    /// Cost: one request for each completed replacecommit and each pending compaction; none on most tables.
    package static func load(_ commits: CompletedCommits) async throws -> SliceSelection {
        let timeline = commits.timeline
        var replaced: [FileGroupID: InstantTime] = [:]
        for instant in timeline.completedWrites where instant.action == .replaceCommit {
            let metadata = try await commits.metadata(of: instant)
            for groups in metadata.replacedGroups ?? [] {
                for id in groups.fileIDs {
                    guard let group = FileGroupID(partition: groups.partitionPath, fileID: id) else {
                        throw TableError(
                            .corrupt, "a replaced file group has no legal name: \(groups.partitionPath)/\(id)",
                            at: commits.table.timelineFile(instant.fileName), instant: instant.time)
                    }
                    // In time order, so that the latest replacement of a group stays.
                    replaced[group] = instant.time
                }
            }
        }
        var pending: [FileGroupID: InstantTime] = [:]
        for instant in timeline.pendingCompactions where instant.action == .compaction {
            let path = commits.table.timelineFile(instant.fileName(.requested))
            do {
                let size = timeline.files(of: instant).first { $0.name.state == .requested }?.size ?? 0
                let plan = try CompactionPlan(parsing: try await commits.table.read(path, size: size))
                for operation in plan.operations {
                    guard let group = FileGroupID(partition: operation.group.partitionPath, fileID: operation.group.fileID) else {
                        throw TableError(.corrupt, "a compaction plan names no legal file group: \(operation.group.partitionPath)/\(operation.group.fileID)")
                    }
                    pending[group] = instant.time
                }
            } catch {
                throw TableError(error, at: path, instant: instant.time)
            }
        }
        return SliceSelection(timeline: timeline, replaced: replaced, pendingCompactions: pending)
    }
}

extension FileGroupID {
    /// From the texts that commits and plans hold; nil if they are no legal names.
    package init?(partition: String, fileID: String) {
        guard let partition = PartitionPath(partition), let fileID = FileID(fileID) else { return nil }
        self.init(partition, fileID)
    }
}
