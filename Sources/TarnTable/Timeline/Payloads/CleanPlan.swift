import TarnAvro
package import TarnBase

/// What a clean is going to delete: `<T>.clean.requested`, and once more `<T>.clean.inflight` (format §9.3).
package struct CleanPlan: Hashable, Sendable {
    /// The oldest commit whose snapshot stays readable.
    package struct RetainedInstant: Hashable, Sendable {
        package var time: String
        package var action: String
        package var state: String

        package init(_ time: String, action: String, state: String = "COMPLETED") {
            self.time = time
            self.action = action
            self.state = state
        }
    }

    package struct Partition: Hashable, Sendable {
        package var partitionPath: String
        /// Full paths with scheme; names where an old release wrote the plan.
        package var files: [String]

        package init(partitionPath: String, files: [String]) {
            self.partitionPath = partitionPath
            self.files = files
        }
    }

    /// nil where the policy keeps a number of file versions.
    package var earliestInstantToRetain: RetainedInstant?
    package var lastCompletedCommit: String
    /// `KEEP_LATEST_COMMITS` and the like.
    package var policy: String
    /// Sorted by path where Tarn made the plan.
    package var partitions: [Partition]
    package var extraMetadata: ExtraMetadata

    package init(
        earliestInstantToRetain: RetainedInstant?, lastCompletedCommit: String, policy: String, partitions: [Partition],
        extraMetadata: ExtraMetadata = [:]
    ) {
        self.earliestInstantToRetain = earliestInstantToRetain
        self.lastCompletedCommit = lastCompletedCommit
        self.policy = policy
        self.partitions = partitions
        self.extraMetadata = extraMetadata
    }

    /// Of all partitions.
    package var files: [String] { partitions.flatMap(\.files) }
}

extension CleanPlan {
    static let payload = "clean plan"

    package init(parsing file: Bytes) throws(PayloadError) {
        self.init(try AvroContainer.payload(file, as: CleanPlan.schema, named: CleanPlan.payload))
    }

    init(_ record: AvroValue) {
        let retained = record["earliestInstantToRetain"].flatMap { instant in
            instant.isNull ? nil : RetainedInstant(instant.text("timestamp"), action: instant.text("action"), state: instant.text("state"))
        }
        var partitions = (record["filePathsToBeDeletedPerPartition"]?.mapValue ?? []).map { member in
            Partition(partitionPath: member.name, files: (member.value.arrayValue ?? []).compactMap { $0["filePath"]?.stringValue })
        }
        partitions += (record["filesToBeDeletedPerPartition"]?.mapValue ?? []).map { member in
            Partition(partitionPath: member.name, files: (member.value.arrayValue ?? []).compactMap(\.stringValue))
        }
        self.init(
            earliestInstantToRetain: retained, lastCompletedCommit: record.text("lastCompletedCommitTimestamp"), policy: record.text("policy"),
            partitions: partitions, extraMetadata: ExtraMetadata(record["extraMetadata"]))
    }

    /// The file's bytes.
    package func encoded(random: any RandomSource) -> Bytes {
        do { return try AvroContainer.file(of: record, schema: CleanPlan.schema, random: random) } catch { preconditionFailure("\(error)") }
    }

    var record: AvroValue {
        .record([
            .init(
                "earliestInstantToRetain",
                earliestInstantToRetain.map { .record([.init("timestamp", .string($0.time)), .init("action", .string($0.action)), .init("state", .string($0.state))]) } ?? .null),
            .init("lastCompletedCommitTimestamp", .string(lastCompletedCommit)),
            .init("policy", .string(policy)),
            .init("filesToBeDeletedPerPartition", .map([])),
            .init("version", .int(2)),
            .init("filePathsToBeDeletedPerPartition", .map(partitions.map { .init($0.partitionPath, .array($0.files.map(CleanPlan.fileInfo))) })),
            .init("partitionsToBeDeleted", .array([])),
            .init("extraMetadata", extraMetadata.avro),
        ])
    }

    private static func fileInfo(_ path: String) -> AvroValue {
        .record([.init("filePath", .string(path)), .init("isBootstrapBaseFile", .boolean(false))])
    }

    static let schema: AvroSchema = {
        let instant = PayloadSchema.record(
            "HoodieActionInstant",
            [AvroField("timestamp", PayloadSchema.string), AvroField("action", PayloadSchema.string), AvroField("state", PayloadSchema.string)])
        let file = PayloadSchema.record(
            "HoodieCleanFileInfo", [.optional("filePath", PayloadSchema.string), .optional("isBootstrapBaseFile", .boolean)])
        return PayloadSchema.record(
            "HoodieCleanerPlan",
            [
                .optional("earliestInstantToRetain", instant),
                AvroField("lastCompletedCommitTimestamp", PayloadSchema.string, defaultValue: ""),
                AvroField("policy", PayloadSchema.string),
                .optional("filesToBeDeletedPerPartition", PayloadSchema.map(PayloadSchema.strings)),
                PayloadSchema.version,
                .optional(
                    "filePathsToBeDeletedPerPartition", PayloadSchema.map(.array(file)),
                    doc: "This field replaces the field filesToBeDeletedPerPartition"),
                .optional("partitionsToBeDeleted", PayloadSchema.strings, doc: "partitions to be deleted"),
                PayloadSchema.extraMetadata,
            ])
    }()
}
