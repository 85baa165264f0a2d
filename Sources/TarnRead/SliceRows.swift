import TarnColumns
import TarnTable

/// The rows of one slice: those of its base file, or merged with its logs.
struct SliceRows {
    private var stored: BaseFileReader.Rows.Iterator?
    private var merged: FileSliceReader.Iterator?

    init(_ slice: FileSlice, of snapshot: Snapshot, as schema: Schema) async throws {
        if let merging = snapshot.merging, !slice.logFiles.isEmpty {
            let reader = try FileSliceReader(
                snapshot.table, schema: schema, of: snapshot.schema, rule: merging.rule, visibility: merging.visibility)
            merged = reader.rows(of: slice).makeAsyncIterator()
        } else if let file = slice.baseFile {
            let reader = try await BaseFileReader.open(file.path(in: snapshot.table), size: file.size, in: snapshot.table.store)
            stored = reader.rows(as: schema).makeAsyncIterator()
        }
    }

    /// The next batch, which may be empty; nil at the end.
    mutating func next() async throws -> RecordBatch? {
        if stored != nil { return try await stored?.next()?.batch }
        return try await merged?.next()
    }
}
