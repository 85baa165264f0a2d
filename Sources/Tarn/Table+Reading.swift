import TarnColumns
public import TarnRead
public import TarnTable

extension Table {
    /// The newest snapshot, or an earlier one: fixed when made, whatever is committed meanwhile.
    ///
    /// - Parameters:
    ///   - instant: Shows what was committed up to this instant, in the columns of then; nil for now.
    ///   - readOptimized: Of a merge-on-read table the base files alone: what was compacted.
    /// - Throws: ``TableError``: `unsupported`, naming what of the table cannot be read yet, or that a clean took away what
    ///   the table was at `instant`.
    ///
    /// Cost: the properties, a listing of `.hoodie`, the newest commit, a listing of the data folders; a request for each
    /// replacecommit and pending compaction; for an earlier instant one for each clean.
    public func snapshot(asOf instant: InstantTime? = nil, readOptimized: Bool = false) async throws -> Snapshot {
        try await tableErrors { try await Snapshot.load(handle, asOf: instant, readOptimized: readOptimized) }
    }

    /// The rows that commits after `begin`, up to and including `end`, wrote and that were still there at `end`.
    ///
    /// - Parameter end: nil for now.
    /// - Throws: ``TableError`` as ``snapshot(asOf:readOptimized:)``.
    public func incremental(after begin: InstantTime, upTo end: InstantTime? = nil) async throws -> Snapshot {
        try await tableErrors { try await Snapshot.incremental(handle, after: begin, upTo: end) }
    }
}

extension Scan {
    /// All rows as values whose properties are named like the columns; for rows in small numbers.
    public func rows<Row: Decodable>(as type: Row.Type) async throws -> [Row] {
        var rows: [Row] = []
        for try await batch in self { rows += try batch.rows(as: type) }
        return rows
    }
}
