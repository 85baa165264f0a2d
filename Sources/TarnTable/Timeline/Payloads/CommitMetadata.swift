package import TarnBase

/// What a completed commit, deltacommit or replacecommit of version 6 says it did; also the workload profile in the
/// inflight file of one (format §3.1).
package struct CommitMetadata: Hashable, Sendable {
    /// What a commit wrote in one partition.
    package struct PartitionStats: Hashable, Sendable {
        package var partitionPath: String
        package var stats: [WriteStat]

        package init(_ partitionPath: String, _ stats: [WriteStat]) {
            self.partitionPath = partitionPath
            self.stats = stats
        }
    }

    /// The file groups of one partition that a replacecommit makes invisible.
    package struct ReplacedGroups: Hashable, Sendable {
        package var partitionPath: String
        package var fileIDs: [String]

        package init(_ partitionPath: String, _ fileIDs: [String]) {
            self.partitionPath = partitionPath
            self.fileIDs = fileIDs
        }
    }

    package var partitions: [PartitionStats]
    /// True for compactions only.
    package var isCompacted: Bool
    package var extraMetadata: ExtraMetadata
    package var operation: WriteOperation
    /// nil for everything but a replacecommit.
    package var replacedGroups: [ReplacedGroups]?

    package init(
        operation: WriteOperation, partitions: [PartitionStats] = [], isCompacted: Bool = false,
        extraMetadata: ExtraMetadata = [:], replacedGroups: [ReplacedGroups]? = nil
    ) {
        self.operation = operation
        self.partitions = partitions
        self.isCompacted = isCompacted
        self.extraMetadata = extraMetadata
        self.replacedGroups = replacedGroups
    }

    static let payload = "commit metadata"

    /// Every stat, of all partitions.
    package var stats: [WriteStat] { partitions.flatMap(\.stats) }

    /// The table's columns as Avro JSON; nil where the commit does not say.
    package var schemaText: String? { extraMetadata[ExtraMetadata.schemaKey].flatMap { $0.isEmpty ? nil : $0 } }
}

extension CommitMetadata {
    /// The file's bytes, laid out as Jackson lays them out.
    package func encoded() -> Bytes { Bytes(json.prettyText) }

    package var json: JSON {
        var members: [JSON.Member] = [
            .init("partitionToWriteStats", .object(partitions.map { .init($0.partitionPath, .array($0.stats.map(\.json))) })),
            .init("compacted", .bool(isCompacted)),
            .init("extraMetadata", .object(extraMetadata.entries.map { .init($0.key, .string($0.value)) })),
            .init("operationType", .string(operation.rawValue)),
        ]
        if let replacedGroups {
            let groups = replacedGroups.map { JSON.Member($0.partitionPath, .array($0.fileIDs.map(JSON.string))) }
            members.append(.init("partitionToReplaceFileIds", .object(groups)))
        }
        return .object(members)
    }

    /// Reads the file of a completed commit, or a workload profile. Members that are not known are passed over; an
    /// operation that is missing is `UNKNOWN`, as in Java.
    package init(parsing file: Bytes) throws(PayloadError) {
        let json: JSON
        do { json = try JSON(parsing: file) } catch { throw PayloadError(CommitMetadata.payload, "\(error)") }
        try self.init(json)
    }

    package init(_ json: JSON) throws(PayloadError) {
        let payload = CommitMetadata.payload
        guard json.objectValue != nil else { throw PayloadError(payload, "no object") }
        let fields = PayloadFields(json: json, payload: payload, place: "the file")
        self.init(operation: try fields.string("operationType").map(WriteOperation.init) ?? .unknown)
        isCompacted = try fields.boolean("compacted") ?? false
        for member in try fields.object("partitionToWriteStats") ?? [] {
            guard let list = member.value.arrayValue else {
                throw PayloadError(payload, "the write stats of partition \"\(member.name)\" are no array")
            }
            var stats: [WriteStat] = []
            for stat in list { stats.append(try WriteStat(stat, partitionPath: member.name)) }
            partitions.append(PartitionStats(member.name, stats))
        }
        for member in try fields.object("extraMetadata") ?? [] where !member.value.isNull {
            guard let text = member.value.stringValue else { throw PayloadError(payload, "extraMetadata: \(member.name) is not a string") }
            extraMetadata[member.name] = text
        }
        guard let replaced = try fields.object("partitionToReplaceFileIds") else { return }
        var groups: [ReplacedGroups] = []
        for member in replaced {
            let name = "partitionToReplaceFileIds of \"\(member.name)\""
            guard let list = member.value.arrayValue else { throw PayloadError(payload, "\(name) is not an array") }
            let fileIDs = try PayloadFields.strings(list, of: name, payload: payload, place: "the file")
            groups.append(ReplacedGroups(member.name, fileIDs))
        }
        replacedGroups = groups
    }
}
