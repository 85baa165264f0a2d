import TarnAvro
package import TarnBase

/// What a compaction is going to do: `<C>.compaction.requested` (format §9.1).
package struct CompactionPlan: Hashable, Sendable {
    package struct Operation: Hashable, Sendable {
        package var group: PlannedGroup
        /// The base instant of the slice that is compacted.
        package var baseInstant: String
        /// Names in version 2, full paths in version 1; nil for a slice of logs alone.
        package var baseFile: String?
        package var logFiles: [String]
    }

    package var operations: [Operation]

    static let payload = "compaction plan"

    package init(parsing file: Bytes) throws(PayloadError) {
        let record = try AvroContainer.payload(file, as: CompactionPlan.schema, named: CompactionPlan.payload)
        operations = (record["operations"]?.arrayValue ?? []).map { operation in
            Operation(
                group: PlannedGroup(partitionPath: operation.text("partitionPath"), fileID: operation.text("fileId")),
                baseInstant: operation.text("baseInstantTime"), baseFile: operation["dataFilePath"]?.stringValue,
                logFiles: operation.texts("deltaFilePaths"))
        }
    }

    // As much of the schema as is read here.
    private static let schema: AvroSchema = {
        let operation = PayloadSchema.record(
            "HoodieCompactionOperation",
            [
                AvroField("baseInstantTime", PayloadSchema.optionalString),
                .optional("deltaFilePaths", PayloadSchema.strings),
                .optional("dataFilePath", PayloadSchema.string),
                AvroField("fileId", PayloadSchema.optionalString),
                .optional("partitionPath", PayloadSchema.string),
            ])
        return PayloadSchema.record("HoodieCompactionPlan", [.optional("operations", .array(operation))])
    }()
}
