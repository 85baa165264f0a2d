import TarnColumns
import TarnTable

/// What a write must not touch, because this version could not keep it right: found before anything is written
/// (hudi-format §0 line 7, §11.3).
enum Refusals {
    /// - Throws: ``TableError`` `unsupported`, naming the property and its value.
    static func check(_ properties: TableProperties, for purpose: WriteGround.Purpose) throws(TableError) {
        func refuse(_ what: String) throws(TableError) { throw TableError(.unsupported, "cannot write: \(what)") }
        if properties.version != 6 { try refuse("\(PropertyKey.version)=\(properties.version), only 6 is written") }
        if properties.layoutVersion != 1 { try refuse("\(PropertyKey.layoutVersion) is not 1") }
        if properties.type == .mergeOnRead, let first = properties.file["hoodie.table.initial.version"], first != "6" {
            // Names of its logs may carry other instants than those of their slices.
            try refuse("a merge-on-read table that was downgraded from version \(first)")
        }
        if !properties.metadataPartitions.isEmpty || !properties.metadataPartitionsInflight.isEmpty {
            let names = (properties.metadataPartitions + properties.metadataPartitionsInflight).joined(separator: ",")
            try refuse("the table has a metadata table (\(PropertyKey.metadataPartitions)=\(names)), which this version does not maintain")
        }
        if properties.logsChanges { try refuse("\(PropertyKey.changeLogging)=true: change logging is not maintained") }
        if !properties.hasMetaFields { try refuse("\(PropertyKey.populateMetaFields)=false: rows without meta fields") }
        if properties.dropsPartitionColumns { try refuse("\(PropertyKey.dropPartitionColumns)=true") }
        if properties.isBootstrapped { try refuse("\(PropertyKey.bootstrapBasePath): a bootstrapped table") }
        if properties.baseFileFormat != "PARQUET" { try refuse("\(PropertyKey.baseFileFormat)=\(properties.baseFileFormat)") }
        if properties.partitionMetafileInBaseFormat { try refuse("\(PropertyKey.partitionMetafileInBaseFormat)=true") }
        if purpose == .service {
            // Services make no new rows: they merge as readers do, and leave keys and partitions as they are.
            if properties.type == .mergeOnRead { _ = try MergeRule(properties) }
            return
        }
        if let payload = properties.payloadClass, !eventTimePayloads.contains(payload), !isLatestWithoutOrder(payload, properties) {
            try refuse("\(PropertyKey.payloadClass)=\(payload): its way of merging is not known here, or engines disagree on it")
        }
        if properties.orderingFields.count > 1 {
            try refuse("several ordering fields (\(properties.orderingFields.joined(separator: ",")))")
        }
        try checkKeys(properties)
    }

    private static let eventTimePayloads: Set<String> = [
        "org.apache.hudi.common.model.DefaultHoodieRecordPayload", "org.apache.hudi.common.model.EventTimeAvroPayload",
    ]

    /// Without an ordering field the later record wins whatever reads it (hudi-format §7.1).
    private static func isLatestWithoutOrder(_ payload: String, _ properties: TableProperties) -> Bool {
        properties.orderingFields.isEmpty && payload == "org.apache.hudi.common.model.OverwriteWithLatestAvroPayload"
    }

    private static func checkKeys(_ properties: TableProperties) throws(TableError) {
        func refuse(_ what: String) throws(TableError) { throw TableError(.unsupported, "cannot write: \(what)") }
        switch properties.keyGenerator {
        case .simple:
            if properties.partitionFields.count != 1 {
                try refuse("the simple key generator with \(properties.partitionFields.count) partition fields")
            }
        case .nonpartitioned:
            if properties.isPartitioned { try refuse("the non-partitioned key generator with partition fields") }
        case .some(let other): try refuse("\(PropertyKey.keyGeneratorClass)=\(other.className)")
        case nil: try refuse("\(PropertyKey.keyGeneratorClass) is missing")
        }
        if properties.recordKeyFields.count != 1 {
            try refuse("\(properties.recordKeyFields.count) record key fields; one is supported")
        }
    }

    /// Whether rows of `schema` can be keyed, partitioned and ordered as the properties say.
    static func check(_ properties: TableProperties, against schema: Schema) throws(TableError) {
        let roles = [
            ("record key", properties.recordKeyFields), ("partition", properties.partitionFields), ("ordering", properties.orderingFields),
        ]
        for (role, names) in roles {
            for name in names {
                guard let field = schema[name] else {
                    throw TableError(.invalid, "\(role) field '\(name)' is no column of the table")
                }
                let fits = role == "ordering" ? hasOrder(field.type) : isKey(field.type)
                guard fits else { throw TableError(.unsupported, "\(role) field '\(name)' of type \(field.type)") }
            }
        }
    }

    /// Services that are planned or half done and that a write cannot take part in. A pending clustering is no such: only the
    /// groups in its plan are not to be changed; nor is a compaction: it takes what comes after its plan as it comes, if the
    /// logs are named for it.
    static func checkPending(_ timeline: Timeline, _ type: TableType) throws(TableError) {
        for pending in timeline.pending where ![.clean, .savepoint, .replaceCommit].contains(pending.action) {
            if pending.action == .compaction, type == .mergeOnRead { continue }
            throw TableError(.unsupported, "cannot write: a pending \(pending.action.rawValue)", instant: pending.time)
        }
    }

    /// Groups that this write changes and a pending clustering is about to replace: it would not see the change.
    ///
    /// - Throws: ``TableError`` `conflict` with the clustering's instant.
    static func check(_ changed: some Sequence<FileGroupID>, _ clusterings: PendingClusterings) throws(TableError) {
        for group in changed {
            guard let instant = clusterings.groups[group] else { continue }
            throw TableError(
                .conflict,
                "this write changes rows that a pending clustering is about to write anew: run it (tarn cluster --run \(instant)) or undo it (tarn rollback), then write again; file group \(group.fileID)",
                at: nil, instant: instant)
        }
    }

    static func check(_ timeline: Timeline) throws(TableError) {
        if timeline.hasMetadataTable {
            throw TableError(.unsupported, "cannot write: the table has a metadata table (.hoodie/metadata), which this version does not maintain")
        }
        if timeline.folders.contains(".bucket_index") {
            throw TableError(.unsupported, "cannot write: the table has a consistent-hashing bucket index (.hoodie/.bucket_index)")
        }
    }

    /// What the properties of version 6 do not tell and the names of files do.
    static func check(_ slices: [FileSlice], of type: TableType) throws(TableError) {
        let files = slices.compactMap(\.baseFile)
        // Random names of eight decimal digits are rare, of so small a number rarer; a bucket index has no others.
        if !slices.isEmpty, slices.allSatisfy({ ($0.fileID.bucket ?? .max) < 65_536 }) {
            throw TableError(.unsupported, "cannot write: the file IDs are those of a bucket index (\(slices[0].fileID))")
        }
        if let other = files.first(where: { $0.name.format != .parquet }) {
            throw TableError(.unsupported, "cannot write: base files of format \(other.name.format.rawValue)")
        }
        if type == .copyOnWrite, let log = slices.lazy.flatMap(\.logFiles).first {
            throw TableError(.unsupported, "cannot write: a copy-on-write table with log files (\(log.relativePath))")
        }
    }

    /// Types whose text as a record key or partition value is checked against Spark's.
    private static func isKey(_ type: DataType) -> Bool {
        switch type {
        case .string, .int32, .int64, .boolean, .date, .timestamp: true
        default: false
        }
    }

    /// - Parameter newest: The commit that tells the table's schema.
    static func check(_ newest: CommitMetadata, _ instant: Instant) throws(TableError) {
        if newest.extraMetadata["latest_schema"] != nil {
            throw TableError(.unsupported, "cannot write: the table has schema-on-read evolution, which this version does not maintain", instant: instant.time)
        }
    }

    private static func hasOrder(_ type: DataType) -> Bool {
        switch type {
        case .int32, .int64, .date, .timestamp, .float, .double: true
        default: false
        }
    }
}
