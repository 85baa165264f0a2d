import TarnColumns
import TarnStorage
import TarnTable

/// What every read of a table begins with: its properties, its timeline, and which files lie there.
struct ReadGround: Sendable {
    let table: TableHandle
    let properties: TableProperties
    let timeline: Timeline
    let commits: CompletedCommits
    let selection: SliceSelection
    let files: TableFiles

    /// Runs `read` on the table as it is. An archival may take away a timeline file between its listing and its reading: the
    /// table is then looked at again.
    static func with<Result>(_ table: TableHandle, _ read: (ReadGround) async throws -> Result) async throws -> Result {
        for _ in 0..<3 {
            do { return try await read(try await load(table)) } catch let error as TableError where error.code == .notFound {
                guard let path = error.path, path.relative(to: table.metaFolder).flatMap({ InstantFileName($0) }) != nil else { throw error }
            }
        }
        return try await read(try await load(table))
    }

    /// - Throws: ``TableError`` `unsupported`, naming what of the table cannot be read.
    private static func load(_ table: TableHandle) async throws -> ReadGround {
        let properties = try await TableProperties.load(table)
        try refuseUnreadable(properties)
        let timeline = try await Timeline.load(table)
        let commits = CompletedCommits(table, timeline: timeline)
        let selection = try await SliceSelection.load(commits)
        let files = try await ListedFiles(table).allFiles()
        try refuseNestedPartitions(files)
        return ReadGround(table: table, properties: properties, timeline: timeline, commits: commits, selection: selection, files: files)
    }

    private static func refuseUnreadable(_ properties: TableProperties) throws(TableError) {
        func refuse(_ what: String) throws(TableError) { throw TableError(.unsupported, "reading \(what) does not work yet") }
        if properties.version != 6 { try refuse("tables of version \(properties.version)") }
        // After a downgrade from version 8 log names may carry the delta commit's instant, and slices do not follow from them.
        if properties.type == .mergeOnRead, let first = properties.file["hoodie.table.initial.version"], first != "6" {
            try refuse("merge-on-read tables that were downgraded from version \(first)")
        }
        if properties.isBootstrapped { try refuse("bootstrapped tables") }
        if let nested = properties.partitionFields.first(where: { $0.contains(".") }) {
            try refuse("tables partitioned by a struct's member ('\(nested)')")
        }
        if properties.dropsPartitionColumns { try refuse("tables whose files lack the partition columns") }
        if properties.baseFileFormat.uppercased() != "PARQUET" { try refuse("base files of format \(properties.baseFileFormat)") }
    }

    /// Engines disagree on the rows of a partition that lies in another: Spark never descends into it (hudi-format §6.1).
    private static func refuseNestedPartitions(_ files: TableFiles) throws(TableError) {
        let partitions = Set(files.markedPartitions)
        for partition in partitions where !partition.text.isEmpty {
            var parent = partition.text[...]
            while let slash = parent.lastIndex(of: "/") {
                parent = parent[..<slash]
                if let outer = PartitionPath(String(parent)), partitions.contains(outer) {
                    throw TableError(.unsupported, "reading a partition that lies in another, '\(partition)' in '\(outer)', does not work")
                }
            }
        }
    }

    /// Spark's read-optimized reads take partition columns from the path.
    ///
    /// - Throws: ``TableError`` `unsupported` where paths do not hold the columns' values.
    func refuseValuesOfPaths(_ schema: Schema) throws(TableError) {
        switch properties.keyGenerator {
        case .timestamp, .custom, .unknown:
            throw TableError(.unsupported, "read-optimized reads of a table with the key generator \(properties.keyGenerator?.className ?? "")")
        default: break
        }
        for name in properties.partitionFields {
            if case .timestamp? = schema[name]?.type { throw TableError(.unsupported, "read-optimized reads of a table partitioned by the timestamp '\(name)'") }
        }
    }

    /// The newest base file of each group, without logs.
    func baseSlices(asOf time: InstantTime?) -> [FileSlice] {
        selection.latestBaseFiles(of: files, asOf: time).map {
            FileSlice(partition: $0.partition, fileID: $0.fileID, baseInstant: $0.instant, baseFile: $0)
        }
    }

    /// - Parameters:
    ///   - time: Blocks of logs, and the schema, up to this instant; nil for now.
    ///   - begin: Only rows of commits after it; nil for all.
    func snapshot(of slices: [FileSlice], upTo time: InstantTime?, after begin: InstantTime?) async throws -> Snapshot {
        let shown = timeline.completedWrites.last { write in time.map { write.time <= $0 } ?? true }
        var merging: Snapshot.Merging?
        if slices.contains(where: { !$0.logFiles.isEmpty }) {
            guard properties.hasMetaFields else { throw TableError(.unsupported, "merging the logs of a table without meta fields does not work yet") }
            merging = .init(rule: try MergeRule(properties), visibility: LogVisibility(timeline, upTo: time, after: begin))
        }
        var range: Filter?
        if let begin {
            range = .greater(MetaFields.commitTime, .text("\(begin)"))
            if let time { range = range.map { $0 && .lessOrEqual(MetaFields.commitTime, .text("\(time)")) } }
        }
        let partitions: PartitionPathFormat? = [.simple, .complex].contains(properties.keyGenerator) ? PartitionPathFormat(properties) : nil
        // An incremental read shows old rows in the columns of now, a read of the past in those of then.
        let schema = try await schema(of: slices, upTo: begin == nil ? time : nil)
        return Snapshot(instant: shown?.time, schema: schema, table: table, slices: slices, merging: merging, range: range, hasMetaFields: properties.hasMetaFields, partitions: partitions)
    }

    private func schema(of slices: [FileSlice], upTo time: InstantTime?) async throws -> Schema {
        let found = try await commits.newest { instant, metadata in
            guard time.map({ instant.time <= $0 }) ?? true else { return false }
            if metadata.extraMetadata["latest_schema"] != nil {
                throw TableError(.unsupported, "reading tables with schema-on-read evolution does not work yet")
            }
            return metadata.operation.carriesTableSchema && metadata.schemaText != nil
        }
        if let text = found?.metadata.schemaText, let instant = found?.instant {
            do {
                return try TableSchema.columns(avro: text)
            } catch {
                throw TableError(error, at: table.timelineFile(instant.fileName), instant: instant.time)
            }
        }
        if time == nil, let known = try await TableSchema.load(properties, commits) { return known.schema }
        guard let newest = slices.compactMap(\.baseFile).max(by: { $0.instant < $1.instant }) else { return Schema([]) }
        let reader = try await BaseFileReader.open(newest.path(in: table), size: newest.size, in: table.store)
        return MetaFields.removed(from: reader.schema)
    }
}
