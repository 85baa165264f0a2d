import TarnAvro
package import TarnBase

/// What a rollback has undone: `<R>.rollback` (format §9.4).
package struct RollbackMetadata: Hashable, Sendable {
    package struct RolledBackInstant: Hashable, Sendable {
        package var time: String
        package var action: String

        package init(_ time: String, _ action: String) {
            self.time = time
            self.action = action
        }
    }

    /// The rollback's own instant.
    package var startTime: String
    package var milliseconds: Int64
    package var instants: [RolledBackInstant]
    package var partitions: [RollbackPartition]

    package init(startTime: String, milliseconds: Int64, instants: [RolledBackInstant], partitions: [RollbackPartition]) {
        self.startTime = startTime
        self.milliseconds = milliseconds
        self.instants = instants
        self.partitions = partitions
    }

    package var deletedFileCount: Int { partitions.reduce(0) { $0 + $1.deletedFiles.count } }
}

/// What a rollback did in one partition.
package struct RollbackPartition: Hashable, Sendable {
    package var partitionPath: String
    /// Full paths without scheme.
    package var deletedFiles: [String]
    /// Files that could not be deleted.
    package var failedFiles: [String]
    /// New files with command blocks; full paths with scheme.
    package var rollbackLogFiles: [FileLength]?
    package var logFilesFromFailedCommit: [FileLength]?

    package init(
        partitionPath: String, deletedFiles: [String], failedFiles: [String] = [], rollbackLogFiles: [FileLength]? = [],
        logFilesFromFailedCommit: [FileLength]? = []
    ) {
        self.partitionPath = partitionPath
        self.deletedFiles = deletedFiles
        self.failedFiles = failedFiles
        self.rollbackLogFiles = rollbackLogFiles
        self.logFilesFromFailedCommit = logFilesFromFailedCommit
    }
}

extension RollbackMetadata {
    static let payload = "rollback metadata"

    static let schema = PayloadSchema.record(
        "HoodieRollbackMetadata",
        [
            AvroField("startRollbackTime", PayloadSchema.string),
            AvroField("timeTakenInMillis", .long),
            AvroField("totalFilesDeleted", .int),
            AvroField("commitsRollback", PayloadSchema.strings),
            AvroField("partitionMetadata", PayloadSchema.map(RollbackPartition.schema)),
            PayloadSchema.version,
            PayloadSchema.defaultingArray("instantsRollback", of: PayloadSchema.instantInfo),
        ])

    package init(parsing file: Bytes) throws(PayloadError) {
        let record = try AvroContainer.payload(file, as: RollbackMetadata.schema, named: RollbackMetadata.payload)
        var instants = (record["instantsRollback"]?.arrayValue ?? []).map {
            RolledBackInstant($0.text("commitTime"), $0.text("action"))
        }
        // Releases before 0.7 name the instants without their actions.
        if instants.isEmpty { instants = record.texts("commitsRollback").map { RolledBackInstant($0, "commit") } }
        self.init(
            startTime: record.text("startRollbackTime"), milliseconds: record.number("timeTakenInMillis"), instants: instants,
            partitions: (record["partitionMetadata"]?.mapValue ?? []).map { RollbackPartition($0.value) })
    }

    /// The file's bytes.
    package func encoded(random: any RandomSource) -> Bytes {
        let record = AvroValue.record([
            .init("startRollbackTime", .string(startTime)),
            .init("timeTakenInMillis", .long(milliseconds)),
            .init("totalFilesDeleted", .int(Int32(clamping: deletedFileCount))),
            .init("commitsRollback", .strings(instants.map(\.time))),
            .init("partitionMetadata", .map(partitions.map { .init($0.partitionPath, $0.record) })),
            .init("version", .int(1)),
            .init("instantsRollback", .array(instants.map { .instantInfo($0.time, $0.action) })),
        ])
        do { return try AvroContainer.file(of: record, schema: RollbackMetadata.schema, random: random) } catch {
            preconditionFailure("\(error)")
        }
    }
}

extension RollbackPartition {
    fileprivate static let schema = PayloadSchema.record(
        "HoodieRollbackPartitionMetadata",
        [
            AvroField("partitionPath", PayloadSchema.string),
            AvroField("successDeleteFiles", PayloadSchema.strings),
            AvroField("failedDeleteFiles", PayloadSchema.strings),
            .optional("rollbackLogFiles", PayloadSchema.map(.long)),
            .optional("logFilesFromFailedCommit", PayloadSchema.map(.long)),
        ])

    fileprivate var record: AvroValue {
        .record([
            .init("partitionPath", .string(partitionPath)),
            .init("successDeleteFiles", .strings(deletedFiles)),
            .init("failedDeleteFiles", .strings(failedFiles)),
            .init("rollbackLogFiles", rollbackLogFiles.map(AvroValue.lengths) ?? .null),
            .init("logFilesFromFailedCommit", logFilesFromFailedCommit.map(AvroValue.lengths) ?? .null),
        ])
    }

    fileprivate init(_ record: AvroValue) {
        self.init(
            partitionPath: record.text("partitionPath"), deletedFiles: record.texts("successDeleteFiles"),
            failedFiles: record.texts("failedDeleteFiles"), rollbackLogFiles: record.lengths("rollbackLogFiles"),
            logFilesFromFailedCommit: record.lengths("logFilesFromFailedCommit"))
    }
}
