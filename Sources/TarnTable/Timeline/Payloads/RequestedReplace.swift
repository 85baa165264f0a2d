import TarnAvro
package import TarnBase

/// What a replacecommit was asked to do: `<T>.replacecommit.requested` (format §9.2). A clustering brings its plan; an
/// insert-overwrite or a delete-partition says nothing here.
package struct RequestedReplace: Hashable, Sendable {
    package var operation: WriteOperation?
    /// The groups a clustering takes in.
    package var groups: [PlannedGroup]

    /// A pending clustering keeps its plan and is finished later; any other pending replacecommit is a failed write.
    package var isClustering: Bool { operation == .cluster }

    static let payload = "replacecommit request"

    /// An empty file, which some operations leave, asks for nothing.
    package init(parsing file: Bytes) throws(PayloadError) {
        operation = nil
        groups = []
        guard !file.isEmpty else { return }
        let record = try AvroContainer.payload(file, as: RequestedReplace.schema, named: RequestedReplace.payload)
        operation = record["operationType"]?.stringValue.map(WriteOperation.init)
        for group in record["clusteringPlan"]?["inputGroups"]?.arrayValue ?? [] {
            for slice in group["slices"]?.arrayValue ?? [] {
                groups.append(PlannedGroup(partitionPath: slice.text("partitionPath"), fileID: slice.text("fileId")))
            }
        }
    }

    // As much of the schema as is read here.
    private static let schema: AvroSchema = {
        let slice = PayloadSchema.record(
            "HoodieSliceInfo",
            [AvroField("fileId", PayloadSchema.optionalString), .optional("partitionPath", PayloadSchema.string)])
        let group = PayloadSchema.record("HoodieClusteringGroup", [.optional("slices", .array(slice))])
        let plan = PayloadSchema.record("HoodieClusteringPlan", [.optional("inputGroups", .array(group))])
        return PayloadSchema.record(
            "HoodieRequestedReplaceMetadata",
            [.optional("operationType", PayloadSchema.string), .optional("clusteringPlan", plan)])
    }()
}
