import TarnAvro
package import TarnBase

/// What a clean is going to delete: `<T>.clean.requested` (format §9.3).
package struct CleanPlan: Hashable, Sendable {
    /// nil where the policy keeps a number of file versions.
    package var earliestInstantToRetain: String?
    /// Names or full paths, as the release wrote them, of all partitions.
    package var files: [String]

    static let payload = "clean plan"

    package init(parsing file: Bytes) throws(PayloadError) {
        let record = try AvroContainer.payload(file, as: CleanPlan.schema, named: CleanPlan.payload)
        earliestInstantToRetain = record["earliestInstantToRetain"]?["timestamp"]?.stringValue
        files = (record["filePathsToBeDeletedPerPartition"]?.mapValue ?? []).flatMap { member in
            (member.value.arrayValue ?? []).compactMap { $0["filePath"]?.stringValue }
        }
        files += (record["filesToBeDeletedPerPartition"]?.mapValue ?? []).flatMap { member in
            (member.value.arrayValue ?? []).compactMap(\.stringValue)
        }
    }

    // As much of the schema as is read here.
    private static let schema: AvroSchema = {
        let instant = PayloadSchema.record("HoodieActionInstant", [AvroField("timestamp", PayloadSchema.string)])
        let file = PayloadSchema.record("HoodieCleanFileInfo", [.optional("filePath", PayloadSchema.string)])
        return PayloadSchema.record(
            "HoodieCleanerPlan",
            [
                .optional("earliestInstantToRetain", instant),
                .optional("filesToBeDeletedPerPartition", PayloadSchema.map(PayloadSchema.strings)),
                .optional("filePathsToBeDeletedPerPartition", PayloadSchema.map(.array(file))),
            ])
    }()
}
