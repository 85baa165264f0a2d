public import TarnColumns
public import TarnTable
import TarnParquet
import TarnStorage

/// A table as it was at one moment: which files count, and the columns they are read as. Fixed when made; two scans of it
/// agree, whatever is committed meanwhile.
///
/// Tables of version 6, by file listing. Merge-on-read tables are merged as Spark 0.15 does (``MergeRule``), or read by
/// their base files alone.
public struct Snapshot: Sendable {
    /// The newest completed commit it shows; nil for a table without one.
    public let instant: InstantTime?
    /// The table's columns, without meta fields.
    public let schema: Schema
    package let table: TableHandle
    package let slices: [FileSlice]
    /// How logs are merged; nil where no slice has any.
    let merging: Merging?
    /// What every row must be besides: of a commit in the range of an incremental read.
    let range: Filter?
    /// Whether the five meta columns are filled; where they are not, nobody shows them.
    let hasMetaFields: Bool
    /// How partition columns became folders; nil where a path does not tell their values.
    let partitions: PartitionPathFormat?
    /// Columns that are null in the partition of nulls whatever its files say: Spark's read-optimized reads take them from
    /// the path, which cannot tell an empty text from none.
    private(set) var columnsOfPath: [String] = []

    struct Merging: Sendable {
        let rule: MergeRule
        let visibility: LogVisibility
    }

    init(
        instant: InstantTime?, schema: Schema, table: TableHandle, slices: [FileSlice], merging: Merging?, range: Filter? = nil, hasMetaFields: Bool = true,
        partitions: PartitionPathFormat? = nil
    ) {
        self.instant = instant
        self.schema = schema
        self.table = table
        self.slices = slices
        self.merging = merging
        self.range = range
        self.hasMetaFields = hasMetaFields
        self.partitions = partitions
    }

    /// The newest snapshot, or an earlier one.
    ///
    /// - Parameters:
    ///   - time: Shows what was committed up to this instant, in the columns of then; nil for now.
    ///   - readOptimized: Of a merge-on-read table the base files alone: what was compacted.
    /// - Throws: ``TableError``: `unsupported`, naming what of the table cannot be read yet, or that a clean has taken away
    ///   what the table was at `time`.
    ///
    /// Cost: the properties, a listing of `.hoodie`, the newest commit, a listing of the data folders; a request for each
    /// replacecommit and pending compaction; for an earlier time one for each clean.
    package static func load(_ table: TableHandle, asOf time: InstantTime? = nil, readOptimized: Bool = false) async throws -> Snapshot {
        try await ReadGround.with(table) { try await load($0, asOf: time, readOptimized: readOptimized) }
    }

    private static func load(_ ground: ReadGround, asOf time: InstantTime?, readOptimized: Bool) async throws -> Snapshot {
        if let time { try await ground.refuseCleaned(asOf: time) }
        let slices =
            readOptimized || ground.properties.type == .copyOnWrite
            ? ground.baseSlices(asOf: time) : ground.selection.latestSlices(of: ground.files, asOf: time)
        var snapshot = try await ground.snapshot(of: slices, upTo: time, after: nil)
        if readOptimized, ground.properties.type == .mergeOnRead {
            try ground.refuseValuesOfPaths(snapshot.schema)
            snapshot.columnsOfPath = ground.properties.partitionFields
        }
        return snapshot
    }

    /// The rows that commits after `begin`, up to and including `end`, wrote and that were still there at `end`; a row as it
    /// was at `end`. Keys that were deleted do not appear (hudi-format §8.2).
    ///
    /// - Parameters:
    ///   - end: nil for now.
    /// - Throws: ``TableError`` as ``load(_:asOf:readOptimized:)``; `unsupported`, too, where rows of archived commits belong to
    ///   the answer.
    package static func incremental(_ table: TableHandle, after begin: InstantTime, upTo end: InstantTime? = nil) async throws -> Snapshot {
        try await ReadGround.with(table) { ground in
            guard ground.properties.hasMetaFields else {
                throw TableError(.unsupported, "incremental reads of a table without meta fields, which do not say when a row was written")
            }
            if let end { try await ground.refuseCleaned(asOf: end) }
            return try await ground.incremental(after: try await ground.beginOnTimeline(begin, upTo: end), upTo: end)
        }
    }

    /// The slices that may hold a row for which the filter is true, told by the partitions alone: the unit of reading in
    /// parallel. Reads nothing.
    ///
    /// - Throws: ``TableError`` `invalid` for a column that does not exist or a literal that does not fit its column.
    package func fileSlices(where filter: Filter? = nil) throws(TableError) -> [FileSlice] {
        do { return slices(matching: try filter.map { filter throws(ColumnError) in try BoundFilter(filter, schema: schema) }) } catch { throw TableError(error) }
    }

    /// The rows, in no promised order.
    ///
    /// Memory: a few pages of each column read; for a slice with logs their rows too. Cost: SPEC.md, "Requests"; files are
    /// read one after the other.
    ///
    /// - Parameters:
    ///   - columns: The columns to return, in this order; nil for all. `timing.total_ms` is the struct with that member alone, of
    ///     which no other is read; below lists and maps `items.element.price`, `prices.value.net`.
    ///   - filter: Only rows for which it is true; its columns need not be among `columns`.
    ///   - withMetaFields: Puts the five `_hoodie_…` columns in front, if the table fills them.
    /// - Returns: A sequence whose iteration throws ``TableError`` `invalid` if a column does not exist or a literal does not
    ///   fit its column.
    public func scan(columns: [String]? = nil, where filter: Filter? = nil, withMetaFields: Bool = false) -> Scan {
        let both = [range, filter].compactMap { $0 }
        return Scan(snapshot: self, columns: columns, filter: both.isEmpty ? nil : .all(both), withMetaFields: withMetaFields && hasMetaFields)
    }

    /// How many rows there are, told by the footers alone if nothing is filtered or merged.
    public func count(where filter: Filter? = nil) async throws -> Int64 {
        var count: Int64 = 0
        if filter == nil, range == nil, slices.allSatisfy(\.logFiles.isEmpty) {
            for file in slices.compactMap(\.baseFile) {
                count += try await BaseFileReader.open(file.path(in: table), size: file.size, in: table.store).rowCount
            }
            return count
        }
        for try await batch in scan(columns: [], where: filter) { count += Int64(batch.rowCount) }
        return count
    }
}
