import TarnAvro
import TarnBase

/// What a clustering is going to do: the plan inside `<T>.replacecommit.requested` (format §9.2).
///
/// The groups it names are nobody else's until it is completed or undone.
package struct ClusteringPlan: Hashable, Sendable {
    /// The version of a file group that is taken in.
    package struct Slice: Hashable, Sendable {
        package var group: PlannedGroup
        /// Its full path, with a scheme where the writer knew one; empty for a slice of logs alone.
        package var baseFile: String
        /// Likewise.
        package var logFiles: [String]

        package init(group: PlannedGroup, baseFile: String, logFiles: [String]) {
            self.group = group
            self.baseFile = baseFile
            self.logFiles = logFiles
        }
    }

    /// Slices of one partition that are written anew together.
    package struct Group: Hashable, Sendable {
        package var slices: [Slice]
        /// What the plan's maker thought of the work, in its order.
        package var metrics: [Metric]
        /// How many files should come out.
        package var outputFileCount: Int
        /// Set by the resizing of consistent-hashing buckets alone.
        package var extraMetadata: ExtraMetadata?

        package init(slices: [Slice], metrics: [Metric], outputFileCount: Int) {
            self.slices = slices
            self.metrics = metrics
            self.outputFileCount = outputFileCount
        }
    }

    package struct Metric: Hashable, Sendable {
        package var name: String
        package var value: Double

        package init(_ name: String, _ value: Double) {
            self.name = name
            self.value = value
        }
    }

    package var groups: [Group]
    /// The Java class that carries out such plans.
    package var strategyClass: String
    package var strategyParameters: ExtraMetadata

    package init(groups: [Group], strategyClass: String = ClusteringPlan.sortAndSize, strategyParameters: ExtraMetadata = [:]) {
        self.groups = groups
        self.strategyClass = strategyClass
        self.strategyParameters = strategyParameters
    }

    /// Spark's default: sort by the columns the parameters name, if any, and roll over at the target size.
    package static let sortAndSize = "org.apache.hudi.client.clustering.run.strategy.SparkSortAndSizeExecutionStrategy"
    /// The columns to sort by, separated by commas; missing where rows are only packed.
    package static let sortColumnsKey = "hoodie.clustering.plan.strategy.sort.columns"
    /// Spark takes these two from its writer's configuration, never from a plan; ours are kept with the plan.
    package static let layoutKey = "hoodie.layout.optimize.strategy"
    package static let targetFileSizeKey = "hoodie.clustering.plan.strategy.target.file.max.bytes"
}

// MARK: - Avro

extension ClusteringPlan {
    static let schema: AvroSchema = {
        let texts = PayloadSchema.map(PayloadSchema.string)
        let slice = PayloadSchema.record(
            "HoodieSliceInfo",
            [
                .optional("dataFilePath", PayloadSchema.string), .optional("deltaFilePaths", PayloadSchema.strings),
                AvroField("fileId", PayloadSchema.optionalString), .optional("partitionPath", PayloadSchema.string),
                .optional("bootstrapFilePath", PayloadSchema.string), PayloadSchema.version,
            ])
        let group = PayloadSchema.record(
            "HoodieClusteringGroup",
            [
                .optional("slices", .array(slice)), .optional("metrics", PayloadSchema.map(.double)),
                AvroField("numOutputFileGroups", .union(.int, .null), defaultValue: 1), .optional("extraMetadata", texts), PayloadSchema.version,
            ])
        let strategy = PayloadSchema.record(
            "HoodieClusteringStrategy",
            [.optional("strategyClassName", PayloadSchema.string), .optional("strategyParams", texts), PayloadSchema.version])
        return PayloadSchema.record(
            "HoodieClusteringPlan",
            [
                .optional("inputGroups", .array(group)), .optional("strategy", strategy), .optional("extraMetadata", texts),
                PayloadSchema.version, .optional("preserveHoodieMetadata", .boolean),
            ])
    }()

    /// - Parameter record: Resolved to ``schema``.
    init(_ record: AvroValue) {
        self.init(
            groups: record["inputGroups"]?.arrayValue?.map(Group.init) ?? [],
            strategyClass: record["strategy"]?.text("strategyClassName") ?? "",
            strategyParameters: ExtraMetadata(record["strategy"]?["strategyParams"]))
    }

    var record: AvroValue {
        let strategy = AvroValue.record([
            .init("strategyClassName", .string(strategyClass)), .init("strategyParams", strategyParameters.avro), .init("version", .int(1)),
        ])
        return .record([
            .init("inputGroups", .array(groups.map(\.record))), .init("strategy", strategy), .init("extraMetadata", .map([])),
            .init("version", .int(1)), .init("preserveHoodieMetadata", .boolean(true)),
        ])
    }
}

extension ClusteringPlan.Group {
    fileprivate init(_ record: AvroValue) {
        self.init(
            slices: record["slices"]?.arrayValue?.map(ClusteringPlan.Slice.init) ?? [],
            metrics: (record["metrics"]?.mapValue ?? []).map { member in
                if case .double(let value) = member.value { .init(member.name, value) } else { .init(member.name, 0) }
            },
            outputFileCount: Int(record.number("numOutputFileGroups")))
        extraMetadata = record["extraMetadata"].flatMap { $0.isNull ? nil : ExtraMetadata($0) }
    }

    fileprivate var record: AvroValue {
        .record([
            .init("slices", .array(slices.map(\.record))), .init("metrics", .map(metrics.map { .init($0.name, .double($0.value)) })),
            .init("numOutputFileGroups", .int(Int32(clamping: outputFileCount))), .init("extraMetadata", extraMetadata?.avro ?? .null),
            .init("version", .int(1)),
        ])
    }
}

extension ClusteringPlan.Slice {
    fileprivate init(_ record: AvroValue) {
        self.init(
            group: PlannedGroup(partitionPath: record.text("partitionPath"), fileID: record.text("fileId")),
            baseFile: record.text("dataFilePath"), logFiles: record.texts("deltaFilePaths"))
    }

    fileprivate var record: AvroValue {
        .record([
            .init("dataFilePath", .string(baseFile)), .init("deltaFilePaths", .strings(logFiles)), .init("fileId", .string(group.fileID)),
            .init("partitionPath", .string(group.partitionPath)), .init("bootstrapFilePath", .string("")), .init("version", .int(1)),
        ])
    }
}
