import TarnColumns
import TarnTable

/// What every read of a table begins with: its properties, its timeline, and which files lie there.
struct ReadGround: Sendable {
    let table: TableHandle
    let properties: TableProperties
    let timeline: Timeline
    let commits: CompletedCommits
    let selection: SliceSelection
    let files: TableFiles

    /// - Throws: ``TableFault`` `unsupported`, naming what of the table cannot be read.
    static func load(_ table: TableHandle) async throws -> ReadGround {
        let properties = try await TableProperties.load(table)
        try refuseUnreadable(properties)
        let timeline = try await Timeline.load(table)
        let commits = CompletedCommits(table, timeline: timeline)
        let selection = try await SliceSelection.load(commits)
        let files = try await ListedFiles(table).allFiles()
        return ReadGround(table: table, properties: properties, timeline: timeline, commits: commits, selection: selection, files: files)
    }

    private static func refuseUnreadable(_ properties: TableProperties) throws(TableFault) {
        func refuse(_ what: String) throws(TableFault) { throw TableFault(.unsupported, "reading \(what) does not work yet") }
        if properties.version != 6 { try refuse("tables of version \(properties.version)") }
        if properties.isBootstrapped { try refuse("bootstrapped tables") }
        if properties.dropsPartitionColumns { try refuse("tables whose files lack the partition columns") }
        if properties.baseFileFormat.uppercased() != "PARQUET" { try refuse("base files of format \(properties.baseFileFormat)") }
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
            guard properties.hasMetaFields else { throw TableFault(.unsupported, "merging the logs of a table without meta fields does not work yet") }
            merging = .init(rule: try MergeRule(properties), visibility: LogVisibility(timeline, upTo: time, after: begin))
        }
        var range: Filter?
        if let begin {
            range = .greater(MetaFields.commitTime, .text("\(begin)"))
            if let time { range = range.map { $0 && .lessOrEqual(MetaFields.commitTime, .text("\(time)")) } }
        }
        // An incremental read shows old rows in the columns of now, a read of the past in those of then.
        let schema = try await schema(of: slices, upTo: begin == nil ? time : nil)
        return Snapshot(instant: shown?.time, schema: schema, table: table, slices: slices, merging: merging, range: range)
    }

    private func schema(of slices: [FileSlice], upTo time: InstantTime?) async throws -> Schema {
        let found = try await commits.newest { instant, metadata in
            guard time.map({ instant.time <= $0 }) ?? true else { return false }
            if metadata.extraMetadata["latest_schema"] != nil {
                throw TableFault(.unsupported, "reading tables with schema-on-read evolution does not work yet")
            }
            return metadata.operation.carriesTableSchema && metadata.schemaText != nil
        }
        if let text = found?.metadata.schemaText, let instant = found?.instant {
            do {
                return try TableSchema.columns(avro: text)
            } catch {
                throw TableFault(error, at: table.timelineFile(instant.fileName), instant: instant.time)
            }
        }
        if time == nil, let known = try await TableSchema.load(properties, commits) { return known.schema }
        guard let newest = slices.compactMap(\.baseFile).max(by: { $0.instant < $1.instant }) else { return Schema([]) }
        let reader = try await BaseFileReader.open(newest.path(in: table), size: newest.size, in: table.store)
        return MetaFields.removed(from: reader.schema)
    }
}
