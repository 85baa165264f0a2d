import TarnColumns

/// Rows in order, their keys in the last column.
enum SortedRows: Sendable {
    case inMemory(blocks: [RecordBatch], order: [RowReference])
    case onDisk([SortedRun])

    /// How many rows are gathered at once.
    private static let batchRows = 8192

    /// Of rows in memory: those at these places, batch by batch.
    static func forEachBatch(_ blocks: [RecordBatch], _ order: ArraySlice<RowReference>, _ body: (RecordBatch) async throws -> Void) async throws {
        var rest = order
        while !rest.isEmpty {
            try await body(RecordBatch.interleave(blocks, Array(rest.prefix(batchRows))))
            rest = rest.dropFirst(batchRows)
        }
    }

    /// Of rows on disk: all, batch by batch.
    static func forEachBatch(_ runs: [SortedRun], _ body: (RecordBatch) async throws -> Void) async throws {
        var merge = RunMerge(runs, rowsInBatch: batchRows)
        while let batch = try merge.next() { try await body(batch) }
    }
}
