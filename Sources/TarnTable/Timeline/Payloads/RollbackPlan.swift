import TarnAvro
package import TarnBase

/// What a rollback is going to undo: `<R>.rollback.requested` (format §9.4).
package struct RollbackPlan: Hashable, Sendable {
    /// The instant to undo.
    package var instant: String
    /// Its action, as file names spell it.
    package var action: String
    package var requests: [RollbackRequest]

    package init(instant: String, action: String, requests: [RollbackRequest]) {
        self.instant = instant
        self.action = action
        self.requests = requests
    }
}

/// A base file to delete, or log blocks of one file group to disown.
package struct RollbackRequest: Hashable, Sendable {
    package var partitionPath: String
    package var fileID: String?
    /// For a base file the failed instant, for a log file the base instant in its name.
    package var latestBaseInstant: String?
    /// Full paths without scheme.
    package var filesToDelete: [String]
    package var logBlocksToDelete: [FileLength]?

    package init(
        partitionPath: String, fileID: String?, latestBaseInstant: String?, filesToDelete: [String] = [],
        logBlocksToDelete: [FileLength]? = []
    ) {
        self.partitionPath = partitionPath
        self.fileID = fileID
        self.latestBaseInstant = latestBaseInstant
        self.filesToDelete = filesToDelete
        self.logBlocksToDelete = logBlocksToDelete
    }
}

extension RollbackPlan {
    static let payload = "rollback plan"

    static let schema = PayloadSchema.record(
        "HoodieRollbackPlan",
        [
            .optional("instantToRollback", PayloadSchema.instantInfo, doc: "Hoodie instant that needs to be rolled back"),
            .optional("RollbackRequests", .array(RollbackRequest.schema)),
            PayloadSchema.version,
        ])

    package init(parsing file: Bytes) throws(PayloadError) {
        let record = try AvroContainer.payload(file, as: RollbackPlan.schema, named: RollbackPlan.payload)
        guard let instant = record["instantToRollback"], !instant.isNull else {
            throw PayloadError(RollbackPlan.payload, "instantToRollback is null")
        }
        self.init(
            instant: instant.text("commitTime"), action: instant.text("action"),
            requests: record["RollbackRequests"]?.arrayValue?.map(RollbackRequest.init) ?? [])
    }

    /// The file's bytes.
    package func encoded(random: any RandomSource) -> Bytes {
        let record = AvroValue.record([
            .init("instantToRollback", .instantInfo(instant, action)),
            .init("RollbackRequests", .array(requests.map(\.record))),
            .init("version", .int(1)),
        ])
        do { return try AvroContainer.file(of: record, schema: RollbackPlan.schema, random: random) } catch {
            preconditionFailure("\(error)")
        }
    }
}

extension RollbackRequest {
    fileprivate static let schema = PayloadSchema.record(
        "HoodieRollbackRequest",
        [
            AvroField("partitionPath", PayloadSchema.string),
            .optional("fileId", PayloadSchema.string),
            .optional("latestBaseInstant", PayloadSchema.string),
            PayloadSchema.defaultingArray("filesToBeDeleted", of: PayloadSchema.string),
            .optional("logBlocksToBeDeleted", PayloadSchema.map(.long)),
        ])

    fileprivate var record: AvroValue {
        .record([
            .init("partitionPath", .string(partitionPath)),
            .init("fileId", fileID.map(AvroValue.string) ?? .null),
            .init("latestBaseInstant", latestBaseInstant.map(AvroValue.string) ?? .null),
            .init("filesToBeDeleted", .strings(filesToDelete)),
            .init("logBlocksToBeDeleted", logBlocksToDelete.map(AvroValue.lengths) ?? .null),
        ])
    }

    fileprivate init(_ record: AvroValue) {
        self.init(
            partitionPath: record.text("partitionPath"), fileID: record["fileId"]?.stringValue,
            latestBaseInstant: record["latestBaseInstant"]?.stringValue, filesToDelete: record.texts("filesToBeDeleted"),
            logBlocksToDelete: record.lengths("logBlocksToBeDeleted"))
    }
}
