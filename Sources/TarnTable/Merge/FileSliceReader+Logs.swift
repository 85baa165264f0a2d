import TarnBase
import TarnColumns

extension FileSliceReader {
    /// The blocks that count: a later one may undo an earlier one, so that all headers are read first.
    func blocks(of slice: FileSlice) async throws -> [LogBlock] {
        var folding = BlockFolding(visibility)
        var kept = 0
        for file in slice.logFiles {
            var reader = LogReader(file, in: table)
            while var block = try await reader.next() {
                kept += block.contentBytes?.count ?? 0
                if kept > memory.keptContentBytes { block.contentBytes = nil }
                folding.add(block)
            }
        }
        return folding.survivors
    }

    /// What the blocks say of the keys of a part; nil when these do not fit into memory.
    func merge(_ blocks: [LogBlock], _ part: KeyPart) async throws -> LogResult? {
        var merged = MergedLog(
            rule: rule, schema: reading, part: part, hash: KeyHash(seed: table.runtime.random.next()), memory: memory,
            keptBytes: blocks.keptByteCount)
        do {
            for block in blocks {
                if block.type == .delete {
                    try merged.add(try await DeleteBlock.keys(of: block, in: table.store))
                } else {
                    var rows = try await DataBlock.open(block, as: reading, in: table.store, batchRows: Self.batchRows, batchBytes: memory.batchBytes)
                    while let batch = try await rows.next() { try merged.add(batch, of: block) }
                }
            }
        } catch is MergedLog.TooManyKeys {
            return nil
        }
        return LogResult(merged, deleteMark: deleteMark, batchRows: Self.batchRows)
    }
}
