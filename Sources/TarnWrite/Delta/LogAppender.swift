import TarnAvro
import TarnBase
import TarnColumns
import TarnTable

/// Appends the changes of stored rows to the logs of their file groups: a log file a group, its rows before its deletes.
///
/// Memory of an append: a chunk of rows, a block, and a share of the deletes.
struct LogAppender: Sendable {
    private let context: RewriteContext
    private let staged: StagedRowReader
    private let logs: SliceLogs
    /// Files roll over at this size, between blocks.
    private let maximumFileBytes: Int64
    private let encoder: AvroColumnEncoder
    private let orderingType: DataType?

    init(_ context: RewriteContext, rows: StagedRowReader, logs: SliceLogs, maximumFileBytes: Int64) throws(TableError) {
        self.context = context
        staged = rows
        self.logs = logs
        self.maximumFileBytes = maximumFileBytes
        orderingType = context.properties.orderingField.flatMap { context.schema.columns[$0]?.type }
        do { encoder = try AvroColumnEncoder(context.schema.fileColumns) } catch { throw TableError(error) }
    }

    /// Writes all changes of one group.
    ///
    /// - Parameter number: Of its files among those of this write.
    func append(_ changes: inout SortedCursor<PlacedChange>, to slice: FileSlice, number: Int) async throws -> [WrittenLog] {
        let spool = DeleteSpool(memoryLimit: context.memory.window * 4, scratch: context.scratch)
        var written: [WrittenLog] = []
        var file = try await begin(slice, number, after: written)
        do {
            while changes.first != nil {
                if file.byteCount >= maximumFileBytes {
                    written.append(try await file.finish())
                    file = try await begin(slice, number, after: written)
                }
                let (updates, deletes) = try nextChunk(&changes)
                try await file.update(try staged.gather(updates))
                try spool.append(try keys(of: deletes), orderings: Column(int64: deletes.map(\.ordering)))
            }
            try await file.delete(spool, orderingType: orderingType)
            written.append(try await file.finish())
            return written
        } catch {
            await file.abandon()
            throw error
        }
    }

    /// - Parameter written: Files of this append that are full.
    private func begin(_ slice: FileSlice, _ number: Int, after written: [WrittenLog]) async throws -> LogFileWriter {
        let baseInstant = logs.baseInstant(of: slice)
        let before = logs.names(of: slice.group, baseInstant)
        let version = logs.nextVersion(of: slice.group, baseInstant) + written.count
        let name = LogFileName(slice.fileID, baseInstant, version: version, token: WriteToken(task: number, stage: 0, attempt: 0))
        let base = slice.baseFile.flatMap { $0.instant == baseInstant ? $0.name.text : nil }
        let place = LogPlace(
            partition: slice.partition, name: name, baseFile: base, others: (before + written.map(\.place.name)).map(\.text), number: number)
        return try await LogFileWriter(context, place, rows: encoder, firstRow: written.reduce(0) { $0 + $1.recordCount })
    }

    /// The next changes: few enough that their rows take little memory.
    private func nextChunk(_ changes: inout SortedCursor<PlacedChange>) throws -> (updates: [PlacedChange], deletes: [PlacedChange]) {
        var updates: [PlacedChange] = []
        var deletes: [PlacedChange] = []
        var byteCount: Int64 = 0
        let limit = min(Int64(context.memory.window) * 2, maximumFileBytes / 4)
        while updates.count + deletes.count < Self.chunkRows, byteCount <= limit, let change = try changes.next() {
            byteCount += Int64(change.rowLength)
            if change.isDelete { deletes.append(change) } else { updates.append(change) }
        }
        return (updates, deletes)
    }

    private func keys(of deletes: [PlacedChange]) throws -> Column {
        let rows = try staged.gather(deletes)
        guard let key = rows[context.properties.recordKeyFields[0]] else { preconditionFailure("checked by Refusals") }
        return try key.renderText()
    }

    /// Rows that are gathered, and appended, at once.
    private static let chunkRows = 8192
}
