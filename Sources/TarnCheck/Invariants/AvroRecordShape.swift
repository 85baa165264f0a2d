import TarnAvro

/// The fields that Spark's Avro records have (hudi-format §2.3): Java reads by name, and drops a misspelt field that has a
/// default without a word.
enum AvroRecordShape {
    /// - Parameter record: The name of the outermost record; nil: any.
    static func problems(of container: AvroContainer, expected record: String?) -> [String] {
        guard let record else { return [] }
        guard case .record(let outer) = container.schema.shape else { return ["no Avro record"] }
        guard outer.name.name == record else { return ["the record is \(outer.name.name), \(record) is expected"] }
        guard container.records.count == 1 else { return ["\(container.records.count) records, where one is expected"] }
        var seen: Set<String> = []
        return missing(in: container.schema, &seen)
    }

    private static func missing(in schema: AvroSchema, _ seen: inout Set<String>) -> [String] {
        switch schema.shape {
        case .union(let branches): return branches.flatMap { missing(in: $0, &seen) }
        case .array(let items): return missing(in: items, &seen)
        case .map(let values): return missing(in: values, &seen)
        case .record(let record):
            guard seen.insert(record.name.name).inserted, let expected = fields[record.name.name] else { return [] }
            let present = Set(record.fields.map(\.name))
            let absent = expected.split(separator: " ").map(String.init).filter { !present.contains($0) }
            return absent.map { "\(record.name.name) lacks the field \($0)" } + record.fields.flatMap { missing(in: $0.schema, &seen) }
        default: return []
        }
    }

    /// Fields that every release since 0.14 writes.
    private static let fields: [String: String] = [
        "HoodieActionInstant": "timestamp action state",
        "HoodieCleanFileInfo": "filePath isBootstrapBaseFile",
        "HoodieCleanMetadata":
            "startCleanTime timeTakenInMillis totalFilesDeleted earliestCommitToRetain lastCompletedCommitTimestamp partitionMetadata version bootstrapPartitionMetadata",
        "HoodieCleanPartitionMetadata": "partitionPath policy deletePathPatterns successDeleteFiles failedDeleteFiles isPartitionDeleted",
        "HoodieCleanerPlan":
            "earliestInstantToRetain lastCompletedCommitTimestamp policy filesToBeDeletedPerPartition version filePathsToBeDeletedPerPartition partitionsToBeDeleted",
        "HoodieClusteringGroup": "slices metrics numOutputFileGroups extraMetadata version",
        "HoodieClusteringPlan": "inputGroups strategy extraMetadata version preserveHoodieMetadata",
        "HoodieClusteringStrategy": "strategyClassName strategyParams version",
        "HoodieCompactionOperation": "baseInstantTime deltaFilePaths dataFilePath fileId partitionPath metrics bootstrapFilePath",
        "HoodieCompactionPlan": "operations extraMetadata version strategy preserveHoodieMetadata",
        "HoodieInstantInfo": "commitTime action",
        "HoodieRequestedReplaceMetadata": "operationType clusteringPlan extraMetadata version",
        "HoodieRestoreMetadata": "startRestoreTime timeTakenInMillis instantsToRollback hoodieRestoreMetadata version restoreInstantInfo",
        "HoodieRestorePlan": "instantsToRollback version savepointToRestoreTimestamp",
        "HoodieRollbackMetadata": "startRollbackTime timeTakenInMillis totalFilesDeleted commitsRollback partitionMetadata version instantsRollback",
        "HoodieRollbackPartitionMetadata": "partitionPath successDeleteFiles failedDeleteFiles rollbackLogFiles",
        "HoodieRollbackPlan": "instantToRollback RollbackRequests version",
        "HoodieRollbackRequest": "partitionPath fileId latestBaseInstant filesToBeDeleted logBlocksToBeDeleted",
        "HoodieSavepointMetadata": "savepointedBy savepointedAt comments partitionMetadata version",
        "HoodieSavepointPartitionMetadata": "partitionPath savepointDataFile",
        "HoodieSliceInfo": "dataFilePath deltaFilePaths fileId partitionPath bootstrapFilePath version",
    ]
}
