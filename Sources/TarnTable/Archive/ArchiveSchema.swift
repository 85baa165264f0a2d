import TarnAvro
import TarnBase

/// The Avro schema of archive records, as Hudi 0.15 writes it (format §9.6): a member for every payload a timeline file can
/// have. A name that occurs again is a reference.
enum ArchiveSchema {
    static let entry = PayloadSchema.record(
        "HoodieArchivedMetaEntry",
        [
            .optional("hoodieCommitMetadata", commit),
            .optional("hoodieCleanMetadata", CleanMetadata.schema),
            .optional("hoodieCompactionMetadata", compactionMetadata),
            .optional("hoodieRollbackMetadata", RollbackMetadata.schema),
            .optional("hoodieSavePointMetadata", SavepointMetadata.schema),
            .optional("commitTime", PayloadSchema.string),
            .optional("actionType", PayloadSchema.string),
            PayloadSchema.version,
            .optional("hoodieCompactionPlan", CompactionPlan.schema),
            .optional("hoodieCleanerPlan", CleanPlan.schema),
            .optional("actionState", PayloadSchema.string),
            .optional("hoodieReplaceCommitMetadata", replaceCommit),
            .optional("hoodieRequestedReplaceMetadata", RequestedReplace.schema),
            .optional("HoodieInflightReplaceMetadata", reference("HoodieCommitMetadata")),
            .optional("hoodieIndexCommitMetadata", indexCommit),
            .optional("stateTransitionTime", PayloadSchema.string),
        ])

    private static let texts = PayloadSchema.map(PayloadSchema.string)
    private static func reference(_ name: String) -> AvroSchema { AvroSchema(.reference(AvroName(name, namespace: "org.apache.hudi.avro.model"))) }

    // MARK: Commits, whose files are JSON

    private static let writeStat = PayloadSchema.record(
        "HoodieWriteStat",
        ["fileId", "path", "prevCommit"].map { .optional($0, PayloadSchema.string) }
            + ["numWrites", "numDeletes", "numUpdateWrites", "totalWriteBytes", "totalWriteErrors"].map { .optional($0, .long) }
            + [.optional("partitionPath", PayloadSchema.string)]
            + [
                "totalLogRecords", "totalLogFiles", "totalUpdatedRecordsCompacted", "numInserts", "totalLogBlocks", "totalCorruptLogBlock",
                "totalRollbackBlocks", "fileSizeInBytes",
            ].map { .optional($0, .long) })

    static let commit = PayloadSchema.record(
        "HoodieCommitMetadata",
        [
            .optional("partitionToWriteStats", PayloadSchema.map(.array(writeStat))), PayloadSchema.extraMetadata, PayloadSchema.version,
            .optional("operationType", PayloadSchema.string),
        ])

    private static let replaceCommit = PayloadSchema.record(
        "HoodieReplaceCommitMetadata",
        [
            .optional("partitionToWriteStats", PayloadSchema.map(.array(reference("HoodieWriteStat")))), .optional("extraMetadata", texts),
            PayloadSchema.version, .optional("operationType", PayloadSchema.string),
            .optional("partitionToReplaceFileIds", PayloadSchema.map(PayloadSchema.strings)),
        ])

    // MARK: What nobody writes any more, or Tarn does not

    private static let compactionMetadata: AvroSchema = {
        let stat = PayloadSchema.record(
            "HoodieCompactionWriteStat",
            [.optional("partitionPath", PayloadSchema.string)]
                + ["totalLogRecords", "totalLogFiles", "totalUpdatedRecordsCompacted"].map { .optional($0, .long) }
                + [.optional("hoodieWriteStat", reference("HoodieWriteStat"))])
        return PayloadSchema.record(
            "HoodieCompactionMetadata", [AvroField("partitionToCompactionWriteStats", .union(.null, PayloadSchema.map(.array(stat))))])
    }()

    // The repeated words are Java's own.
    private static let indexCommit: AvroSchema = {
        let partition = PayloadSchema.record(
            "HoodieIndexPartitionInfo",
            [PayloadSchema.version, .optional("metadataPartitionPath", PayloadSchema.string), .optional("indexUptoInstant", PayloadSchema.string)])
        return PayloadSchema.record(
            "HoodieIndexCommitMetadata",
            [
                AvroField("version", .union(.int, .null), doc: "This field replaces the field filesToBeDeletedPerPartition", defaultValue: 1),
                .optional("operationType", PayloadSchema.string, doc: "This field replaces the field filesToBeDeletedPerPartition"),
                .optional("indexPartitionInfos", .array(partition), doc: "This field contains the info for each partition that got indexed"),
            ])
    }()
}
