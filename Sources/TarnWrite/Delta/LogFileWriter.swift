import TarnAvro
import TarnBase
import TarnColumns
import TarnStorage
import TarnTable

/// One log file in the making: its marker, its rows with their meta fields, its deletes (hudi-format §5).
///
/// Nothing is readable before `finish`. One owner.
final class LogFileWriter {
    let place: LogPlace
    private var counts = FileCounts()
    private var recordCount: Int64 = 0
    private let context: RewriteContext
    private let log: LogWriter
    private let firstRow: Int64

    /// The marker is durable before the file begins, so that a crash leaves none that rollback cannot find.
    ///
    /// - Parameter firstRow: How many rows of the same append went into files before.
    init(_ context: RewriteContext, _ place: LogPlace, rows: AvroColumnEncoder, firstRow: Int64) async throws {
        self.context = context
        self.firstRow = firstRow
        self.place = place
        let table = context.table
        let path = table.path.appending(place.relativePath)
        do {
            _ = try await table.store.putOnce(Bytes(), at: table.markerFolder(of: context.instant).appending(place.marker))
            log = try await LogWriter(
                path, in: table, instant: context.instant, schemaText: context.schema.footerText, rows: rows,
                blockBytes: min(context.memory.rowGroup, Self.maximumBlockBytes))
        } catch {
            throw TableError(error, at: path, instant: context.instant)
        }
    }

    /// Spark's `hoodie.logfile.data.block.max.size`.
    private static let maximumBlockBytes = 256 << 20

    /// Bytes of the file if it ended now.
    var byteCount: Int64 { log.byteCount }

    /// - Parameter rows: The table's columns, then the event time.
    func update(_ rows: RecordBatch) async throws {
        guard rows.rowCount > 0 else { return }
        counts.see(eventsOf: rows)
        let changed = ChangedRows(context, number: place.number, partition: place.partition, fileName: place.name.fileID.text)
        try await located { try await log.append(changed.batch(rows, first: firstRow + recordCount)) }
        recordCount += Int64(rows.rowCount)
        counts.updated += Int64(rows.rowCount)
    }

    func delete(_ spool: DeleteSpool, orderingType: DataType?) async throws {
        guard spool.count > 0 else { return }
        // The payload is made of a copy.
        let limit = min(context.memory.rowGroup, Self.maximumBlockBytes) / 4
        try await located {
            var deletes = DeletedKeysEncoder(partitionPath: place.partition.text, orderingType: orderingType)
            try await spool.forEachBatch { keys, orderings in
                deletes.append(keys, orderings: orderings)
                if deletes.byteCount >= limit { try await log.append(deletes: deletes.finish()) }
            }
            if deletes.count > 0 { try await log.append(deletes: deletes.finish()) }
        }
        counts.deleted += spool.count
    }

    func finish() async throws -> WrittenLog {
        let byteCount = try await located { try await log.finish() }
        return WrittenLog(place: place, recordCount: recordCount, byteCount: byteCount, counts: counts)
    }

    func abandon() async { await log.abandon() }

    private func located<Result>(_ body: () async throws -> Result) async throws -> Result {
        do { return try await body() } catch {
            throw TableError(error, at: context.table.path.appending(place.relativePath), instant: context.instant)
        }
    }
}
