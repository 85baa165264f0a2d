import TarnAvro
package import TarnBase

/// What a clean has deleted: `<T>.clean` (format §9.3).
package struct CleanMetadata: Hashable, Sendable {
    package struct Partition: Hashable, Sendable {
        package var partitionPath: String
        /// Names in version 2, full paths before.
        package var plannedFiles: [String]
        package var deletedFiles: [String]
        package var failedFiles: [String]
    }

    /// Versions older than this one may be gone; empty where the policy keeps a number of file versions.
    package var earliestInstantToRetain: String
    package var partitions: [Partition]

    static let payload = "clean metadata"

    package init(parsing file: Bytes) throws(PayloadError) {
        let record = try AvroContainer.payload(file, as: CleanMetadata.schema, named: CleanMetadata.payload)
        earliestInstantToRetain = record.text("earliestCommitToRetain")
        partitions = (record["partitionMetadata"]?.mapValue ?? []).map { member in
            Partition(
                partitionPath: member.value.text("partitionPath"), plannedFiles: member.value.texts("deletePathPatterns"),
                deletedFiles: member.value.texts("successDeleteFiles"), failedFiles: member.value.texts("failedDeleteFiles"))
        }
    }

    // As much of the schema as is read here.
    private static let schema: AvroSchema = {
        let partition = PayloadSchema.record(
            "HoodieCleanPartitionMetadata",
            [
                AvroField("partitionPath", PayloadSchema.string),
                AvroField("deletePathPatterns", PayloadSchema.strings),
                AvroField("successDeleteFiles", PayloadSchema.strings),
                AvroField("failedDeleteFiles", PayloadSchema.strings),
            ])
        return PayloadSchema.record(
            "HoodieCleanMetadata",
            [AvroField("earliestCommitToRetain", PayloadSchema.string), AvroField("partitionMetadata", PayloadSchema.map(partition))])
    }()
}
