import TarnBase
import TarnColumns
import TarnStorage
import TarnTable
import TarnWrite

/// A slice whose new base file is durable and waits for the compaction's commit.
struct CompactedSlice: Sendable {
    let source: FileSlice
    let file: WrittenFile
    let counts: MergeCounts

    /// Reads the slice, merges, and writes its next version.
    ///
    /// - Parameters:
    ///   - number: Of the operation in the plan.
    ///   - memory: What the work on this slice may take.
    /// - Throws: ``TableError``; `invalid` when the memory is too little, `libraryFault` when the rows do not add up.
    static func make(
        _ source: FileSlice, number: Int, _ reader: FileSliceReader, _ context: RewriteContext, memory: ByteCount
    ) async throws -> CompactedSlice {
        let name = BaseFileName(source.fileID, WriteToken(task: number, stage: 0, attempt: 0), context.instant)
        let writer = try await BaseFileWriter(
            context, FilePlace(partition: source.partition, name: name, replacing: source.baseFile, number: number))
        do {
            let (counts, stored) = try await write(reader.rows(of: source), to: writer, memory)
            let slice = CompactedSlice(source: source, file: try await writer.finish(), counts: counts)
            try slice.check(stored: stored, in: context.table)
            return slice
        } catch {
            await writer.abandon()
            throw error
        }
    }

    /// What the old file's and the new one's footer take in memory at most (SPEC 16): the key filter and its text are made in one piece.
    private static let footerBytesPerRow: Int64 = 44

    /// Returns with nothing of the slice in memory: what comes then, the footer, needs the room.
    ///
    /// - Returns: What the merge counted, and how many rows the old file's footer tells.
    private static func write(_ rows: FileSliceReader.Rows, to writer: BaseFileWriter, _ memory: ByteCount) async throws -> (MergeCounts, stored: Int64) {
        var rows = rows.makeAsyncIterator()
        while let batch = try await rows.next() {
            let needed = ByteCount(rows.baseRowCount * footerBytesPerRow)
            guard needed <= memory else {
                throw TableError(
                    .invalid, "compacting a file of \(rows.baseRowCount) rows takes \(needed); its share of the memory (--memory) is \(memory)")
            }
            if batch.rowCount > 0 { try await writer.append(try writer.renamed(batch)) }
        }
        return (rows.counts, rows.baseRowCount)
    }

    /// Rows in and rows out, each counted by someone else: the old file's footer, the merge, the new file's writer.
    private func check(stored: Int64, in table: TableHandle) throws(TableError) {
        guard counts.storedRows == stored, counts.isBalanced, counts.rows == file.rowCount else {
            throw TableError(
                .libraryFault, "compacting would lose or make rows: \(stored) stored, \(file.rowCount) written, \(counts)",
                at: table.path.appending(file.place.relativePath))
        }
    }

    /// What the commit says of it (hudi-format §9.1).
    var stat: WriteStat {
        var stat = file.stat
        stat.previousInstant = source.baseInstant.description
        stat.updates = counts.updated
        stat.deletes = counts.deleted
        stat.inserts = 0
        stat.compaction.logRecords = counts.logRecords
        stat.compaction.logFiles = Int64(source.logFiles.count)
        stat.compaction.logBytes = source.logBytes
        stat.compaction.updatedRecords = counts.logKeys
        stat.compaction.logBlocks = counts.logBlocks
        return stat
    }
}
