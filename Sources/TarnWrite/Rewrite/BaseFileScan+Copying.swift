package import TarnColumns
package import TarnParquet
import TarnTable

extension BaseFileScan {
    /// Columns of a row group as they lie in the file.
    ///
    /// - Parameter fields: Positions in the file's schema, rising.
    /// - Throws: ``TableError`` with path and offset: `corrupt` for damage, `unsupported` for what can only be decoded.
    ///
    /// Cost: one request for a row group that is not larger than what is fetched at once, and those for its indexes.
    package func encoded(_ rowGroup: Int, fields: [Int]) async throws -> [EncodedField] {
        do {
            let copy = try RowGroupCopy(of: rowGroup, in: metadata, fields: fields, fileSize: fileSize, limits: options.limits)
            return try copy.fields(from: try await get(copy.ranges))
        } catch {
            throw TableError(error, at: path)
        }
    }

    /// All rows of a row group, of some columns.
    ///
    /// - Parameter fields: Positions in the file's schema, rising.
    package func values(_ rowGroup: Int, fields: [Int]) async throws -> RecordBatch {
        do {
            var scan = ParquetScan(metadata: metadata, columns: fields, rowGroups: [rowGroup], options: options)
            var batches: [RecordBatch] = []
            while true {
                switch try scan.next() {
                case .needs(let ranges): try scan.supply(try await get(ranges))
                case .done(let batch?): batches.append(batch)
                case .done(nil): return .concatenate(batches)
                }
            }
        } catch {
            throw TableError(error, at: path)
        }
    }
}
