import TarnAvro
package import TarnBase

/// A record of the archive: one timeline file (format §9.6).
package struct ArchivedEntry: Sendable {
    package static var schemaText: String { ArchiveSchema.entry.description }

    /// All its members, in the schema's order.
    let record: AvroValue

    /// - Parameters:
    ///   - content: The file's bytes. Of an inflight clean that is empty, the requested file's.
    ///   - transition: When the file was written, as an instant.
    package init(_ name: InstantFileName, of instant: Instant, content: Bytes, transition: InstantTime) throws(PayloadError) {
        let state = name.state
        var members = try ArchivedEntry.payload(instant.action, state, content)
        members["commitTime"] = .string(instant.time.description)
        // A compaction completes as a commit.
        members["actionType"] = .string((state == .completed ? instant.action.comparable : instant.action).rawValue)
        members["actionState"] = .string(state.rawValue.uppercased())
        members["stateTransitionTime"] = .string(transition.description)
        record = .record((ArchiveSchema.entry.record?.fields ?? []).map { .init($0.name, members[$0.name] ?? .null) })
    }

    private static func payload(_ action: Action, _ state: InstantState, _ content: Bytes) throws(PayloadError) -> [String: AvroValue] {
        switch (action, state) {
        case (.commit, _), (.deltaCommit, _), (.compaction, .completed), (.logCompaction, .completed):
            return ["hoodieCommitMetadata": try commit(content).archived]
        case (.compaction, .requested), (.logCompaction, .requested):
            return ["hoodieCompactionPlan": try plan(content, CompactionPlan.schema, "compaction plan")]
        case (.replaceCommit, .requested):
            return ["hoodieRequestedReplaceMetadata": try plan(content, RequestedReplace.schema, RequestedReplace.payload)]
        case (.replaceCommit, .inflight):
            return ["HoodieInflightReplaceMetadata": content.isEmpty ? .null : try commit(content).archived]
        case (.replaceCommit, .completed): return ["hoodieReplaceCommitMetadata": try commit(content).archivedReplacement]
        case (.clean, .requested), (.clean, .inflight): return ["hoodieCleanerPlan": try plan(content, CleanPlan.schema, CleanPlan.payload)]
        case (.clean, .completed): return ["hoodieCleanMetadata": try plan(content, CleanMetadata.schema, CleanMetadata.payload)]
        case (.rollback, .completed): return ["hoodieRollbackMetadata": try plan(content, RollbackMetadata.schema, RollbackMetadata.payload)]
        default: return [:]
        }
    }

    private static func plan(_ content: Bytes, _ schema: AvroSchema, _ payload: String) throws(PayloadError) -> AvroValue {
        content.isEmpty ? .null : try AvroContainer.payload(content, as: schema, named: payload)
    }

    /// A file of 0 bytes says nothing.
    private static func commit(_ content: Bytes) throws(PayloadError) -> CommitMetadata {
        content.isEmpty ? CommitMetadata(operation: .unknown) : try CommitMetadata(parsing: content)
    }
}

extension CommitMetadata {
    fileprivate var archived: AvroValue { .record(archivedMembers) }

    fileprivate var archivedReplacement: AvroValue {
        let groups = (replacedGroups ?? []).map { AvroValue.Member($0.partitionPath, .strings($0.fileIDs)) }
        return .record(archivedMembers + [.init("partitionToReplaceFileIds", .map(groups))])
    }

    private var archivedMembers: [AvroValue.Member] {
        var extra = extraMetadata
        // Java's archiver adds it.
        extra["ROLLING_STAT"] = ""
        return [
            .init("partitionToWriteStats", .map(partitions.map { .init($0.partitionPath, .array($0.stats.map(\.archived))) })),
            .init("extraMetadata", extra.avro), .init("version", .null), .init("operationType", .string(operation.rawValue)),
        ]
    }
}

extension WriteStat {
    fileprivate var archived: AvroValue {
        func text(_ value: String?) -> AvroValue { value.map(AvroValue.string) ?? .null }
        return .record([
            .init("fileId", .string(fileID)), .init("path", text(path)), .init("prevCommit", .string(previousInstant ?? "null")),
            .init("numWrites", .long(writes)), .init("numDeletes", .long(deletes)), .init("numUpdateWrites", .long(updates)),
            .init("totalWriteBytes", .long(writtenBytes)), .init("totalWriteErrors", .long(writeErrors)), .init("partitionPath", text(partitionPath)),
            .init("totalLogRecords", .long(compaction.logRecords)), .init("totalLogFiles", .null),
            .init("totalUpdatedRecordsCompacted", .long(compaction.updatedRecords)), .init("numInserts", .long(inserts)),
            .init("totalLogBlocks", .long(compaction.logBlocks)), .init("totalCorruptLogBlock", .long(compaction.corruptLogBlocks)),
            .init("totalRollbackBlocks", .long(compaction.rollbackBlocks)), .init("fileSizeInBytes", .long(fileSize)),
        ])
    }
}
