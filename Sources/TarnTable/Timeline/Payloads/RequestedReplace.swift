import TarnAvro
package import TarnBase

/// What a replacecommit was asked to do: `<T>.replacecommit.requested` (format §9.2). A clustering brings its plan; an
/// insert-overwrite or a delete-partition says nothing here.
package struct RequestedReplace: Hashable, Sendable {
    package var operation: WriteOperation?
    package var plan: ClusteringPlan?

    /// The groups a clustering takes in.
    package var groups: [PlannedGroup] { plan.map { $0.groups.flatMap { $0.slices.map(\.group) } } ?? [] }

    /// A pending clustering keeps its plan and is finished later; any other pending replacecommit is a failed write.
    package var isClustering: Bool { operation == .cluster }

    static let payload = "replacecommit request"

    /// Of an insert-overwrite or a delete-partition: nothing.
    package init() {}

    package init(clustering plan: ClusteringPlan) {
        operation = .cluster
        self.plan = plan
    }

    /// An empty file, which some operations leave, asks for nothing.
    package init(parsing file: Bytes) throws(PayloadError) {
        guard !file.isEmpty else { return }
        let record = try AvroContainer.payload(file, as: RequestedReplace.schema, named: RequestedReplace.payload)
        operation = record["operationType"]?.stringValue.map(WriteOperation.init)
        plan = record["clusteringPlan"].flatMap { $0.isNull ? nil : ClusteringPlan($0) }
    }

    /// The file's bytes.
    package func encoded(random: any RandomSource) -> Bytes {
        let record = AvroValue.record([
            .init("operationType", operation.map { .string($0.rawValue) } ?? .null),
            .init("clusteringPlan", plan?.record ?? .null),
            .init("extraMetadata", plan == nil ? .null : .map([])),
            .init("version", plan == nil ? .null : .int(1)),
        ])
        do { return try AvroContainer.file(of: record, schema: RequestedReplace.schema, random: random) } catch {
            preconditionFailure("\(error)")
        }
    }

    static let schema = PayloadSchema.record(
        "HoodieRequestedReplaceMetadata",
        [
            .optional("operationType", PayloadSchema.string), .optional("clusteringPlan", ClusteringPlan.schema),
            .optional("extraMetadata", PayloadSchema.map(PayloadSchema.string)), PayloadSchema.version,
        ])
}
