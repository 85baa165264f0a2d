package import TarnAvro
package import TarnBase
package import TarnColumns
package import TarnStorage

/// Writes one log file: blocks of rows, then blocks of deletes, of one instant (hudi-format §5).
///
/// Rows are encoded as they come and held until a block is full; nothing is readable before `finish`. Memory: one block. Cost:
/// a request for the whole file, or for each started 8 MiB and two more. One owner.
package final class LogWriter {
    private let header: LogBlockHeader
    private let rows: AvroColumnEncoder
    private let blockBytes: Int
    private let upload: any PartWriter

    private var records: [Bytes] = []
    private var recordBytes = 0
    private var recordCount: Int32 = 0
    /// Bytes of the blocks written so far.
    private var written: Int64 = 0
    private var hasDeletes = false

    /// - Parameters:
    ///   - schemaText: The Avro schema of the commit, with meta fields; that of `rows`.
    ///   - blockBytes: A block of rows is closed when its records take so much.
    package init(
        _ path: ObjectPath, in table: TableHandle, instant: InstantTime, schemaText: String, rows: AvroColumnEncoder, blockBytes: Int
    ) async throws {
        header = .data(instant, schema: schemaText)
        self.rows = rows
        self.blockBytes = max(1, blockBytes)
        do { upload = try await table.store.upload(at: path) } catch { throw TableError(error, at: path, instant: instant) }
    }

    /// Bytes of the file if it ended now.
    package var byteCount: Int64 { written + Int64(recordBytes) }

    /// - Precondition: no deletes were appended: of one instant rows come first, so that its deletes win.
    package func append(_ batch: RecordBatch) async throws {
        precondition(!hasDeletes, "rows behind the deletes of their instant")
        guard batch.rowCount > 0 else { return }
        let encoded = try rows.encodeWithLengths(batch)
        records.append(encoded)
        recordBytes += encoded.count
        recordCount += Int32(batch.rowCount)
        if recordBytes >= blockBytes { try await closeRows() }
    }

    /// - Parameter payload: Of a delete block, as ``DeletedKeysEncoder`` makes it.
    package func append(deletes payload: Bytes) async throws {
        try await closeRows()
        hasDeletes = true
        var front = ByteBuilder(capacity: 8)
        front.append(bigEndian: Int32(3))
        front.append(bigEndian: Int32(payload.count))
        try await write(LogBlockFrame(.delete, header, content: [front.finish(), payload]))
    }

    private func closeRows() async throws {
        guard recordCount > 0 else { return }
        var front = ByteBuilder(capacity: 8)
        front.append(bigEndian: Int32(3))
        front.append(bigEndian: recordCount)
        let frame = LogBlockFrame(.avroData, header, content: [front.finish()] + records)
        (records, recordBytes, recordCount) = ([], 0, 0)
        try await write(frame)
    }

    private func write(_ frame: LogBlockFrame) async throws {
        for part in frame.parts where !part.isEmpty { try await upload.write(part) }
        written += frame.byteCount
    }

    /// Makes the file durable and readable.
    ///
    /// - Returns: Its bytes.
    package func finish() async throws -> Int64 {
        try await closeRows()
        return try await upload.finish().size
    }

    package func abandon() async { await upload.abandon() }
}
