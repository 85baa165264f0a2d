public import TarnColumns
public import TarnTable
import TarnParquet
import TarnStorage

/// A table as it was at one moment: which files count, and the columns they are read as. Fixed when made; two scans of it
/// agree, whatever is committed meanwhile.
///
/// Copy-on-write tables of version 6, by file listing.
public struct Snapshot: Sendable {
    /// The newest completed commit it shows; nil for a table without one.
    public let instant: InstantTime?
    /// The table's columns, without meta fields.
    public let schema: Schema
    package let table: TableHandle
    package let files: [BaseFile]

    /// The newest snapshot.
    ///
    /// - Throws: ``TableFault``: `unsupported`, naming what of the table cannot be read yet.
    ///
    /// Cost: the properties, a listing of `.hoodie`, the newest commit, a listing of the data folders; a request for each
    /// replacecommit.
    package static func load(_ table: TableHandle) async throws -> Snapshot {
        let properties = try await TableProperties.load(table)
        try Snapshot.refuseUnreadable(properties)
        let timeline = try await Timeline.load(table)
        let commits = CompletedCommits(table, timeline: timeline)
        let selection = try await SliceSelection.load(commits)
        let files = selection.latestBaseFiles(of: try await ListedFiles(table).allFiles())
        let schema = try await Snapshot.schema(properties, commits, files)
        return Snapshot(instant: timeline.newestCompletedWrite?.time, schema: schema, table: table, files: files)
    }

    private init(instant: InstantTime?, schema: Schema, table: TableHandle, files: [BaseFile]) {
        self.instant = instant
        self.schema = schema
        self.table = table
        self.files = files
    }

    private static func refuseUnreadable(_ properties: TableProperties) throws(TableFault) {
        func refuse(_ what: String) throws(TableFault) { throw TableFault(.unsupported, "reading \(what) does not work yet") }
        if properties.version != 6 { try refuse("tables of version \(properties.version)") }
        if properties.type != .copyOnWrite { try refuse("merge-on-read tables") }
        if properties.isBootstrapped { try refuse("bootstrapped tables") }
        if properties.dropsPartitionColumns { try refuse("tables whose files lack the partition columns") }
        if properties.baseFileFormat.uppercased() != "PARQUET" { try refuse("base files of format \(properties.baseFileFormat)") }
    }

    private static func schema(_ properties: TableProperties, _ commits: CompletedCommits, _ files: [BaseFile]) async throws -> Schema {
        if let known = try await TableSchema.load(properties, commits) { return known.schema }
        guard let newest = files.max(by: { $0.instant < $1.instant }) else { return Schema([]) }
        let reader = try await BaseFileReader.open(newest.path(in: commits.table), size: newest.size, in: commits.table.store)
        return MetaFields.removed(from: reader.schema)
    }

    /// The rows, in no promised order.
    ///
    /// Memory: a few pages of each column read. Cost: SPEC.md, "Requests"; files are read one after the other.
    ///
    /// - Parameters:
    ///   - columns: The columns to return, in this order; nil for all.
    ///   - filter: Only rows for which it is true; its columns need not be among `columns`.
    ///   - withMetaFields: Puts the five `_hoodie_…` columns in front.
    /// - Returns: A sequence whose iteration throws ``TableFault`` `invalid` if a column does not exist or a literal does not
    ///   fit its column.
    public func scan(columns: [String]? = nil, where filter: Filter? = nil, withMetaFields: Bool = false) -> Scan {
        Scan(snapshot: self, columns: columns, filter: filter, withMetaFields: withMetaFields)
    }

    /// How many rows there are, told by the footers alone if nothing is filtered.
    public func count(where filter: Filter? = nil) async throws -> Int64 {
        var count: Int64 = 0
        guard let filter else {
            for file in files { count += try await BaseFileReader.open(file.path(in: table), size: file.size, in: table.store).rowCount }
            return count
        }
        for try await batch in scan(columns: [], where: filter) { count += Int64(batch.rowCount) }
        return count
    }
}
