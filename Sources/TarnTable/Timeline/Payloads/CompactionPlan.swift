import TarnAvro
package import TarnBase

/// What a compaction is going to do: `<C>.compaction.requested` (format §9.1).
package struct CompactionPlan: Hashable, Sendable {
    /// The rewriting of one file slice.
    package struct Operation: Hashable, Sendable {
        package var group: PlannedGroup
        /// The base instant of the slice that is compacted.
        package var baseInstant: String
        /// A bare name in version 2, a full path in version 1; nil for a slice of logs alone.
        package var baseFile: String?
        /// Likewise, in merge order.
        package var logFiles: [String]
        /// nil where the planner left none.
        package var metrics: CompactionMetrics?

        package init(group: PlannedGroup, baseInstant: String, baseFile: String?, logFiles: [String], metrics: CompactionMetrics?) {
            self.group = group
            self.baseInstant = baseInstant
            self.baseFile = baseFile
            self.logFiles = logFiles
            self.metrics = metrics
        }
    }

    package var operations: [Operation]
    /// 2: files by bare names.
    package var version: Int64

    package init(operations: [Operation]) {
        self.operations = operations
        version = 2
    }
}

extension CompactionPlan {
    static let payload = "compaction plan"

    package init(parsing file: Bytes) throws(PayloadError) {
        let record = try AvroContainer.payload(file, as: CompactionPlan.schema, named: CompactionPlan.payload)
        operations = (record["operations"]?.arrayValue ?? []).map(Operation.init)
        version = record.number("version")
    }

    /// The file's bytes.
    package func encoded(random: any RandomSource) -> Bytes {
        let record = AvroValue.record([
            .init("operations", .array(operations.map(\.record))), .init("extraMetadata", .null), .init("version", .int(2)),
            .init("strategy", .null), .init("preserveHoodieMetadata", .boolean(false)),
        ])
        do { return try AvroContainer.file(of: record, schema: CompactionPlan.schema, random: random) } catch {
            preconditionFailure("\(error)")
        }
    }

    static let schema = PayloadSchema.record(
        "HoodieCompactionPlan",
        [
            .optional("operations", .array(Operation.schema)),
            .optional("extraMetadata", PayloadSchema.map(PayloadSchema.string)),
            PayloadSchema.version,
            .optional("strategy", strategy),
            AvroField("preserveHoodieMetadata", .union(.boolean, .null), defaultValue: false),
        ])

    // Java's own sentences, which travel in every plan.
    private static let strategy = PayloadSchema.record(
        "HoodieCompactionStrategy",
        [
            .optional(
                "compactorClassName", PayloadSchema.string,
                doc: "The class name that is provided here should extend CompactionExecutionStrategy abstract class, idea is that the plan generator will also provide the execution strategy to use."),
            .optional(
                "strategyParams", PayloadSchema.map(PayloadSchema.string),
                doc: "These parameters play a key role in determining which action type it is i.e. compaction or logcompaction and it will also include configs that determine how compaction needs to be executed."),
            PayloadSchema.version,
        ])
}

extension CompactionPlan.Operation {
    fileprivate static let schema = PayloadSchema.record(
        "HoodieCompactionOperation",
        [
            AvroField("baseInstantTime", PayloadSchema.optionalString),
            .optional("deltaFilePaths", PayloadSchema.strings),
            .optional("dataFilePath", PayloadSchema.string),
            AvroField("fileId", PayloadSchema.optionalString),
            .optional("partitionPath", PayloadSchema.string),
            .optional("metrics", PayloadSchema.map(.double)),
            .optional("bootstrapFilePath", PayloadSchema.string),
        ])

    fileprivate init(_ record: AvroValue) {
        self.init(
            group: PlannedGroup(partitionPath: record.text("partitionPath"), fileID: record.text("fileId")),
            baseInstant: record.text("baseInstantTime"), baseFile: record["dataFilePath"]?.stringValue,
            logFiles: record.texts("deltaFilePaths"), metrics: record["metrics"]?.mapValue.map(CompactionMetrics.init))
    }

    fileprivate var record: AvroValue {
        .record([
            .init("baseInstantTime", .string(baseInstant)), .init("deltaFilePaths", .strings(logFiles)),
            .init("dataFilePath", baseFile.map(AvroValue.string) ?? .null), .init("fileId", .string(group.fileID)),
            .init("partitionPath", .string(group.partitionPath)), .init("metrics", metrics.map { .map($0.members) } ?? .null),
            .init("bootstrapFilePath", .null),
        ])
    }
}
