import TarnBase
import TarnColumns
import TarnTable

/// Writes the files of one unit in turn: touched groups, small ones as long as there are new rows, then new files.
///
/// Holds one reader and one writer at a time, and one chunk of changed rows; the changes come sorted, so nothing is looked
/// up.
struct UnitRewriter {
    private let table: TableRewriter
    private let unit: RewriteUnit
    private let partition: PartitionPath
    private var inserts: SortedCursor<PlacedChange>
    private let newGroup: FileID?
    private var newFileCount = 0
    private var written = TableRewriter.Outcome()

    /// - Parameter newGroup: The name of the first new group; those that follow differ in the number at its end.
    init(_ table: TableRewriter, _ unit: RewriteUnit, newGroup: FileID?) throws {
        self.table = table
        self.unit = unit
        self.newGroup = newGroup
        partition = table.partitions[unit.rank]
        inserts = try table.inserts.cursor(for: unit.takesInserts ? unit.rank : nil)
    }

    mutating func run() async throws -> TableRewriter.Outcome {
        if unit.marksPartition { try await table.context.markPartition(partition) }
        for (index, group) in unit.groups.enumerated() {
            var rewrites = try table.rewrites.cursor(for: group)
            guard rewrites.first != nil || inserts.first != nil else { continue }
            let number = unit.firstNumber + index
            let grows = table.layout.groups[group].isSmall && inserts.first != nil
            if let appender = table.appender, !grows {
                written.logs += try await appender.append(&rewrites, to: table.layout.groups[group].slice, number: number)
            } else {
                try await rewrite(group, number: number, &rewrites)
            }
        }
        while inserts.first != nil { try await writeNewFile() }
        return written
    }

    private mutating func rewrite(_ group: Int, number: Int, _ rewrites: inout SortedCursor<PlacedChange>) async throws {
        guard let base = table.layout.groups[group].slice.baseFile else { preconditionFailure("only base files are rewritten") }
        let file = try await begin(base.fileID, number: number, replacing: base)
        do {
            let reader = try await table.context.open(base)
            while let batch = try await reader.next() {
                try await file.append(try merge(batch.rows, firstRow: batch.firstRow, &rewrites, into: file))
            }
            if table.layout.groups[group].isSmall { try await addInserts(to: file) }
            written.files.append(try await file.finish())
        } catch {
            await file.abandon()
            throw error
        }
    }

    private mutating func writeNewFile() async throws {
        guard let name = newGroup else { preconditionFailure("new rows in a unit that takes none") }
        let file = try await begin(
            name.numbered(newFileCount), number: unit.firstNewNumber + newFileCount * unit.newNumberStride, replacing: nil)
        newFileCount += 1
        do {
            try await addInserts(to: file)
            written.files.append(try await file.finish())
        } catch {
            await file.abandon()
            throw error
        }
    }

    private func begin(_ fileID: FileID, number: Int, replacing base: BaseFile?) async throws -> BaseFileWriter {
        let name = BaseFileName(fileID, WriteToken(task: number, stage: 0, attempt: 0), table.context.instant)
        return try await BaseFileWriter(table.context, FilePlace(partition: partition, name: name, replacing: base, number: number))
    }

    /// The rows of a stretch of a base file after this write's changes.
    private func merge(
        _ batch: RecordBatch, firstRow: Int64, _ rewrites: inout SortedCursor<PlacedChange>, into file: BaseFileWriter
    ) throws -> RecordBatch {
        let end = firstRow + Int64(batch.rowCount)
        func isHere(_ change: PlacedChange) -> Bool { Int64(change.position) < end }
        guard let first = rewrites.first, isHere(first) else { return try file.renamed(batch) }

        var references: [RowReference] = []
        references.reserveCapacity(batch.rowCount)
        var updates: [PlacedChange] = []
        var row: UInt32 = 0
        while let change = rewrites.first, isHere(change) {
            _ = try rewrites.next()
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
        return RecordBatch.interleave([try file.renamed(batch), try file.changedRows(table.rows.gather(updates))], references)
    }

    /// Adds new rows of the partition until the file has its target size.
    private mutating func addInserts(to file: BaseFileWriter) async throws {
        while inserts.first != nil {
            let limit = rowsToAppend(to: file)
            guard limit > 0 else { return }
            var chunk: [PlacedChange] = []
            while chunk.count < limit, let insert = try inserts.next() { chunk.append(insert) }
            file.counts.inserted += Int64(chunk.count)
            try await file.append(try file.changedRows(table.rows.gather(chunk)))
        }
    }

    /// So many rows that the size is looked at again before they overshoot the target, at the size of rows so far; 0 when
    /// the target is reached.
    private func rowsToAppend(to file: BaseFileWriter) -> Int {
        // Far from the target nothing need be estimated, which costs trial compressions.
        let raw = file.uncompressedBytes
        if file.rowCount > 0, raw + raw / file.rowCount * Int64(2 * Self.chunkRows) < table.layout.targetBytes { return Self.chunkRows }
        let estimate = file.estimatedBytes
        let room = table.layout.targetBytes - estimate
        // A new file takes a row, however small the target: otherwise there would be no end.
        guard room > 0 || file.rowCount == 0 else { return 0 }
        let rows = written.files.reduce(file.rowCount) { $0 + $1.rowCount }
        let bytes = written.files.reduce(estimate) { $0 + $1.byteCount }
        let rowBytes = rows > 0 ? max(1, bytes / rows) : 256
        return Int(min(Int64(Self.chunkRows), max(32, room / rowBytes / 2)))
    }

    /// Rows that are gathered, and appended, at once.
    private static let chunkRows = 8192
}
