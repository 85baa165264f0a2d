import TarnColumns
import TarnTable

/// The rows of one slice: those of its base file, or merged with its logs.
struct SliceRows {
    private var stored: BaseFileReader.Rows.Iterator?
    private var merged: FileSliceReader.Iterator?
    private let nulls: Set<String>

    /// - Parameter plan: What is read; row groups that its filter rules out are left out, where no log may change their rows.
    init(_ slice: FileSlice, of snapshot: Snapshot, by plan: ScanPlan) async throws {
        let segments = slice.partition.text.split(separator: "/")
        nulls = Set(zip(snapshot.columnsOfPath, segments).filter { $1 == PartitionPathFormat.defaultValue || $1 == "\($0)=\(PartitionPathFormat.defaultValue)" }.map { $0.0 })
        if let merging = snapshot.merging, !slice.logFiles.isEmpty {
            let reader = try FileSliceReader(
                snapshot.table, schema: plan.reading, of: snapshot.schema, rule: merging.rule, visibility: merging.visibility)
            merged = reader.rows(of: slice).makeAsyncIterator()
        } else if let file = slice.baseFile {
            let reader = try await BaseFileReader.open(file.path(in: snapshot.table), size: file.size, in: snapshot.table.store)
            let rowGroups = nulls.isEmpty ? plan.filter.map { reader.rowGroups(matching: $0) } : nil
            stored = reader.rows(as: plan.reading, rowGroups: rowGroups).makeAsyncIterator()
        }
    }

    /// The next batch, which may be empty; nil at the end.
    mutating func next() async throws -> RecordBatch? {
        guard stored != nil else { return try await merged?.next() }
        guard let batch = try await stored?.next()?.batch else { return nil }
        if nulls.isEmpty { return batch }
        let columns = zip(batch.schema.fields, batch.columns).map { field, column in
            nulls.contains(field.name) && field.isNullable ? Column.nulls(field.type, count: batch.rowCount) : column
        }
        return RecordBatch(schema: batch.schema, columns: columns, rowCount: batch.rowCount)
    }
}
