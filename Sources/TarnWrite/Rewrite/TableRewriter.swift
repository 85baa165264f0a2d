import TarnBase
import TarnColumns
import TarnStorage
import TarnTable

/// Writes the files of one commit: each partition in turn, each touched file group in turn, then new files.
///
/// Holds one reader and one writer at a time, and one chunk of changed rows; the changes come sorted, so nothing is looked
/// up.
final class TableRewriter {
    private let context: RewriteContext
    private let layout: FileLayout
    private let changes: LocatedChanges
    private let rows: StagedRows
    /// By rank.
    private let partitions: [PartitionPath]
    private var markedPartitions: Set<PartitionPath>
    private(set) var written: [WrittenFile] = []

    init(
        _ context: RewriteContext, layout: FileLayout, changes: LocatedChanges, rows: StagedRows, partitions: [PartitionPath],
        markedPartitions: [PartitionPath]
    ) {
        self.context = context
        self.layout = layout
        self.changes = changes
        self.rows = rows
        self.partitions = partitions
        self.markedPartitions = Set(markedPartitions)
    }

    func run() async throws {
        for rank in partitions.indices {
            let groups = layout.ranges[rank]
            for group in groups {
                let isTouched = changes.rewrites.first?.destination == UInt32(group)
                let grows = layout.groups[group].isSmall && changes.inserts.first?.destination == UInt32(rank)
                if isTouched || grows { try await rewrite(group, rank: rank) }
            }
            while changes.inserts.first?.destination == UInt32(rank) { try await writeNewFile(rank: rank) }
        }
    }

    private func rewrite(_ group: Int, rank: Int) async throws {
        let base = layout.groups[group].file
        let file = try await begin(base.fileID, in: base.partition, replacing: base)
        do {
            let reader = try await context.open(base)
            while let batch = try await reader.next() {
                try await file.append(try merge(batch.rows, firstRow: batch.firstRow, group: UInt32(group), into: file))
            }
            try await addInserts(to: file, rank: rank)
            written.append(try await file.finish())
        } catch {
            await file.abandon()
            throw error
        }
    }

    private func writeNewFile(rank: Int) async throws {
        let file = try await begin(FileID(random: context.table.runtime.random), in: partitions[rank], replacing: nil)
        do {
            try await addInserts(to: file, rank: rank)
            written.append(try await file.finish())
        } catch {
            await file.abandon()
            throw error
        }
    }

    private func begin(_ fileID: FileID, in partition: PartitionPath, replacing base: BaseFile?) async throws -> BaseFileWriter {
        if markedPartitions.insert(partition).inserted { try await context.markPartition(partition) }
        let number = written.count
        let name = BaseFileName(fileID, WriteToken(task: number, stage: 0, attempt: 0), context.instant)
        return try await BaseFileWriter(context, FilePlace(partition: partition, name: name, replacing: base, number: number))
    }

    /// The rows of a stretch of a base file after this write's changes.
    private func merge(_ batch: RecordBatch, firstRow: Int64, group: UInt32, into file: BaseFileWriter) throws -> RecordBatch {
        let end = firstRow + Int64(batch.rowCount)
        func isHere(_ change: PlacedChange) -> Bool { change.destination == group && Int64(change.position) < end }
        guard let first = changes.rewrites.first, isHere(first) else { return try file.renamed(batch) }

        var references: [RowReference] = []
        references.reserveCapacity(batch.rowCount)
        var updates: [PlacedChange] = []
        var row: UInt32 = 0
        while let change = changes.rewrites.first, isHere(change) {
            _ = try changes.rewrites.next()
            let position = UInt32(truncatingIfNeeded: Int64(change.position) - firstRow)
            for kept in row..<position { references.append(RowReference(batch: 0, row: kept)) }
            row = position + 1
            if change.isDelete {
                file.counts.deleted += 1
            } else {
                references.append(RowReference(batch: 1, row: UInt32(updates.count)))
                updates.append(change)
                file.counts.updated += 1
            }
        }
        for kept in row..<UInt32(batch.rowCount) { references.append(RowReference(batch: 0, row: kept)) }
        return RecordBatch.interleave([try file.renamed(batch), try file.changedRows(rows.gather(updates))], references)
    }

    /// Adds new rows of the partition until the file has its target size.
    private func addInserts(to file: BaseFileWriter, rank: Int) async throws {
        while changes.inserts.first?.destination == UInt32(rank) {
            let limit = rowsToAppend(to: file)
            guard limit > 0 else { return }
            var chunk: [PlacedChange] = []
            while chunk.count < limit, let insert = changes.inserts.first, insert.destination == UInt32(rank) {
                _ = try changes.inserts.next()
                chunk.append(insert)
            }
            file.counts.inserted += Int64(chunk.count)
            try await file.append(try file.changedRows(rows.gather(chunk)))
        }
    }

    /// So many rows that the size is looked at again before they overshoot the target, at the size of rows so far; 0 when
    /// the target is reached.
    private func rowsToAppend(to file: BaseFileWriter) -> Int {
        // Far from the target nothing need be estimated, which costs trial compressions.
        let raw = file.uncompressedBytes
        if file.rowCount > 0, raw + raw / file.rowCount * Int64(2 * Self.chunkRows) < layout.targetBytes { return Self.chunkRows }
        let room = layout.targetBytes - file.estimatedBytes
        // A new file takes a row, however small the target: otherwise there would be no end.
        guard room > 0 || file.rowCount == 0 else { return 0 }
        let rows = written.reduce(file.rowCount) { $0 + $1.rowCount }
        let bytes = written.reduce(file.estimatedBytes) { $0 + $1.byteCount }
        let rowBytes = rows > 0 ? max(1, bytes / rows) : 256
        return Int(min(Int64(Self.chunkRows), max(32, room / rowBytes / 2)))
    }

    /// Rows that are gathered, and appended, at once.
    private static let chunkRows = 8192
}
