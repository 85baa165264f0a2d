import TarnAvro
package import TarnBase

/// What a clean has deleted: `<T>.clean` (format §9.3).
package struct CleanMetadata: Hashable, Sendable {
    package struct Partition: Hashable, Sendable {
        package var partitionPath: String
        package var policy: String
        /// Names in version 2, full paths before.
        package var plannedFiles: [String]
        package var deletedFiles: [String]
        package var failedFiles: [String]

        package init(partitionPath: String, policy: String, plannedFiles: [String], deletedFiles: [String], failedFiles: [String] = []) {
            self.partitionPath = partitionPath
            self.policy = policy
            self.plannedFiles = plannedFiles
            self.deletedFiles = deletedFiles
            self.failedFiles = failedFiles
        }
    }

    /// The clean's own instant.
    package var startTime: String
    package var milliseconds: Int64
    /// Versions older than this one may be gone; empty where the policy keeps a number of file versions.
    package var earliestInstantToRetain: String
    package var lastCompletedCommit: String
    package var partitions: [Partition]
    package var extraMetadata: ExtraMetadata

    package init(
        startTime: String, milliseconds: Int64, earliestInstantToRetain: String, lastCompletedCommit: String, partitions: [Partition],
        extraMetadata: ExtraMetadata = [:]
    ) {
        self.startTime = startTime
        self.milliseconds = milliseconds
        self.earliestInstantToRetain = earliestInstantToRetain
        self.lastCompletedCommit = lastCompletedCommit
        self.partitions = partitions
        self.extraMetadata = extraMetadata
    }

    package var deletedFileCount: Int { partitions.reduce(0) { $0 + $1.deletedFiles.count } }
}

extension CleanMetadata {
    static let payload = "clean metadata"

    package init(parsing file: Bytes) throws(PayloadError) {
        self.init(try AvroContainer.payload(file, as: CleanMetadata.schema, named: CleanMetadata.payload))
    }

    init(_ record: AvroValue) {
        self.init(
            startTime: record.text("startCleanTime"), milliseconds: record.number("timeTakenInMillis"),
            earliestInstantToRetain: record.text("earliestCommitToRetain"), lastCompletedCommit: record.text("lastCompletedCommitTimestamp"),
            partitions: (record["partitionMetadata"]?.mapValue ?? []).map { Partition($0.value) },
            extraMetadata: ExtraMetadata(record["extraMetadata"]))
    }

    /// The file's bytes.
    package func encoded(random: any RandomSource) -> Bytes {
        do { return try AvroContainer.file(of: record, schema: CleanMetadata.schema, random: random) } catch { preconditionFailure("\(error)") }
    }

    var record: AvroValue {
        .record([
            .init("startCleanTime", .string(startTime)),
            .init("timeTakenInMillis", .long(milliseconds)),
            .init("totalFilesDeleted", .int(Int32(clamping: deletedFileCount))),
            .init("earliestCommitToRetain", .string(earliestInstantToRetain)),
            .init("lastCompletedCommitTimestamp", .string(lastCompletedCommit)),
            .init("partitionMetadata", .map(partitions.map { .init($0.partitionPath, $0.record) })),
            .init("version", .int(2)),
            .init("bootstrapPartitionMetadata", .map([])),
            .init("extraMetadata", extraMetadata.avro),
        ])
    }

    static let schema = PayloadSchema.record(
        "HoodieCleanMetadata",
        [
            AvroField("startCleanTime", PayloadSchema.string),
            AvroField("timeTakenInMillis", .long),
            AvroField("totalFilesDeleted", .int),
            AvroField("earliestCommitToRetain", PayloadSchema.string),
            AvroField("lastCompletedCommitTimestamp", PayloadSchema.string, defaultValue: ""),
            AvroField("partitionMetadata", PayloadSchema.map(Partition.schema)),
            PayloadSchema.version,
            .optional("bootstrapPartitionMetadata", PayloadSchema.nullDefaultingMap(AvroSchema(.reference(Partition.name)))),
            PayloadSchema.extraMetadata,
        ])
}

extension CleanMetadata.Partition {
    fileprivate static let name = AvroName("HoodieCleanPartitionMetadata", namespace: "org.apache.hudi.avro.model")

    fileprivate static let schema = PayloadSchema.record(
        name.name,
        [
            AvroField("partitionPath", PayloadSchema.string),
            AvroField("policy", PayloadSchema.string),
            AvroField("deletePathPatterns", PayloadSchema.strings),
            AvroField("successDeleteFiles", PayloadSchema.strings),
            AvroField("failedDeleteFiles", PayloadSchema.strings),
            .optional("isPartitionDeleted", .boolean),
        ])

    fileprivate init(_ record: AvroValue) {
        self.init(
            partitionPath: record.text("partitionPath"), policy: record.text("policy"), plannedFiles: record.texts("deletePathPatterns"),
            deletedFiles: record.texts("successDeleteFiles"), failedFiles: record.texts("failedDeleteFiles"))
    }

    fileprivate var record: AvroValue {
        .record([
            .init("partitionPath", .string(partitionPath)),
            .init("policy", .string(policy)),
            .init("deletePathPatterns", .strings(plannedFiles)),
            .init("successDeleteFiles", .strings(deletedFiles)),
            .init("failedDeleteFiles", .strings(failedFiles)),
            .init("isPartitionDeleted", .boolean(false)),
        ])
    }
}
