import TarnBase

extension BlockFolding {
    /// The blocks of a slice's logs that count, in order. A later one may undo an earlier one, so that all headers are read
    /// first.
    ///
    /// - Parameter keptContentBytes: Contents that come along with headers are kept up to this, so that small logs are read
    ///   once.
    ///
    /// Cost: a request for each log file, and for each started window of a larger one.
    package static func survivors(
        of slice: FileSlice, in table: TableHandle, _ visibility: LogVisibility, keptContentBytes: Int
    ) async throws -> [LogBlock] {
        var folding = BlockFolding(visibility)
        var kept = 0
        for file in slice.logFiles where file.size > 0 {
            var reader = LogReader(file, in: table)
            while var block = try await reader.next() {
                kept += block.contentBytes?.count ?? 0
                if kept > keptContentBytes { block.contentBytes = nil }
                folding.add(block)
            }
        }
        return folding.survivors
    }
}
