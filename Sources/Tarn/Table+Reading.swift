import TarnColumns
public import TarnRead
import TarnTable

extension Table {
    /// The newest snapshot: fixed when made, whatever is committed meanwhile.
    ///
    /// - Throws: ``TableError``: `unsupported`, naming what of the table cannot be read yet.
    ///
    /// Cost: the properties, a listing of `.hoodie`, the newest commit, a listing of the data folders.
    public func snapshot() async throws -> Snapshot {
        try await tableErrors { try await Snapshot.load(handle) }
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
