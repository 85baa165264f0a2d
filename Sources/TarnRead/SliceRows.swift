import TarnColumns
import TarnTable

/// The rows of one slice that a plan keeps: those of its base file, or merged with its logs.
struct SliceRows {
    private let plan: ScanPlan
    private var selected: BaseFileReader.SelectedRows.Iterator?
    private var stored: BaseFileReader.Rows.Iterator?
    private var merged: FileSliceReader.Iterator?
    private let nulls: Set<String>

    /// - Parameter plan: What is read; what its filter rules out is left out, where no log may change it.
    init(_ slice: FileSlice, of snapshot: Snapshot, by plan: ScanPlan) async throws {
        self.plan = plan
        let segments = slice.partition.text.split(separator: "/")
        nulls = Set(zip(snapshot.columnsOfPath, segments).filter { $1 == PartitionPathFormat.defaultValue || $1 == "\($0)=\(PartitionPathFormat.defaultValue)" }.map { $0.0 })
        if let merging = snapshot.merging, !slice.logFiles.isEmpty {
            let reader = try FileSliceReader(
                snapshot.table, schema: plan.reading, of: snapshot.schema, rule: merging.rule, visibility: merging.visibility)
            merged = reader.rows(of: slice).makeAsyncIterator()
        } else if let file = slice.baseFile {
            let reader = try await BaseFileReader.open(file.path(in: snapshot.table), size: file.size, in: snapshot.table.store)
            if nulls.isEmpty {
                selected = reader.rows(selectedBy: plan).makeAsyncIterator()
            } else {
                stored = reader.rows(as: plan.reading).makeAsyncIterator()
            }
        }
    }

    /// The next batch, in the columns of the plan's output, which may be empty; nil at the end.
    mutating func next() async throws -> RecordBatch? {
        if selected != nil { return try await selected?.next() }
        guard stored != nil else { return try await merged?.next().map { try plan.select($0) } }
        guard let batch = try await stored?.next()?.batch else { return nil }
        let columns = zip(batch.schema.fields, batch.columns).map { field, column in
            nulls.contains(field.name) && field.isNullable ? Column.nulls(field.type, count: batch.rowCount) : column
        }
        return try plan.select(RecordBatch(schema: batch.schema, columns: columns, rowCount: batch.rowCount))
    }
}
