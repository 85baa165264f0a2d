import TarnBase
package import TarnColumns
import TarnParquet
import TarnStorage
import TarnTable

/// One base file in the making: its marker, its meta columns, its footer (hudi-format §4).
///
/// Bytes go out as the Parquet writer emits them; nothing is readable before `finish`. One owner.
package final class BaseFileWriter {
    package let place: FilePlace
    package var counts = FileCounts()

    private let context: RewriteContext
    private let parquet: ParquetFileWriter
    private let upload: any PartWriter
    private let keys: KeySpool
    private let hold: MemoryHold
    /// Changed rows so far: what their sequence numbers count.
    private var changedRowCount: Int64 = 0

    /// The marker is durable before the file begins, so that a crash leaves none that rollback cannot find.
    package init(_ context: RewriteContext, _ place: FilePlace) async throws {
        self.context = context
        self.place = place
        hold = MemoryHold(context.budget)
        let table = context.table
        do {
            _ = try await table.store.putOnce(Bytes(), at: table.markerFolder(of: context.instant).appending(place.marker))
            parquet = try ParquetFileWriter(schema: context.schema.fileColumns, options: context.parquetOptions)
            keys = KeySpool(memoryLimit: context.memory.window * 4, scratch: context.scratch)
            upload = try await table.store.upload(at: table.path.appending(place.relativePath))
        } catch {
            throw TableError(error, at: table.path.appending(place.relativePath), instant: context.instant)
        }
    }

    package var rowCount: Int64 { parquet.rowCount }
    /// Of the whole file if it ended now: the Parquet writer's estimate and the filter's share of the footer.
    package var estimatedBytes: Int64 { parquet.estimatedBytes + Int64(keys.count) * Self.filterBitsPerKey / 6 }

    /// The same before compression: at no cost, and hardly ever less.
    var uncompressedBytes: Int64 { parquet.uncompressedBytes + Int64(keys.count) * Self.filterBitsPerKey / 6 }

    /// 43.2 bits a key at the error rate of Hudi, of which Base64 writes six in a byte.
    private static let filterBitsPerKey: Int64 = 44

    // MARK: Rows

    /// Rows of another version of this file, as they are but for the name of the file.
    package func renamed(_ batch: RecordBatch) throws -> RecordBatch {
        let adapted = try batch.adapted(to: context.schema.fileColumns)
        var columns = adapted.columns
        columns[4] = .constant(place.name.text, count: batch.rowCount)
        return RecordBatch(schema: adapted.schema, columns: columns, rowCount: batch.rowCount)
    }

    /// Changed rows with their meta fields, and their event times counted.
    ///
    /// - Parameter rows: The table's columns, then the event time.
    func changedRows(_ rows: RecordBatch) throws -> RecordBatch {
        counts.see(eventsOf: rows)
        let changed = ChangedRows(context, number: place.number, partition: place.partition, fileName: place.name.text)
        defer { changedRowCount += Int64(rows.rowCount) }
        return try changed.batch(rows, first: changedRowCount)
    }

    package func append(_ batch: RecordBatch) async throws {
        do {
            try append(keys: batch.columns[2])
            try parquet.append(batch)
            try await writeOut()
        } catch {
            throw located(error)
        }
    }

    /// A row group of rows that no longer change but for the name of the file: the only column that is encoded.
    package func append(_ rows: CopiedRows) async throws {
        do {
            try append(keys: rows.keys)
            var columns = rows.columns
            columns[4] = .values(.constant(place.name.text, count: rows.rowCount))
            try parquet.appendRowGroup(columns, rowCount: rows.rowCount)
            try await writeOut()
        } catch {
            throw located(error)
        }
    }

    private func append(keys column: Column) throws {
        guard column.nullCount == 0 else { throw TableError(.corrupt, "a stored row without a record key") }
        try keys.append(column)
    }

    private func writeOut() async throws {
        hold.update(to: parquet.heldByteCount + keys.heldByteCount)
        for bytes in parquet.takeOutput() { try await upload.write(bytes) }
    }

    // MARK: The end

    /// Memory: the pages are gone before the footer is made, which holds 7 bytes a row.
    package func finish() async throws -> WrittenFile {
        do {
            try parquet.endRowGroup()
            try await writeOut()
            for bytes in try parquet.finish(keyValueMetadata: footer()) { try await upload.write(bytes) }
            let info = try await upload.finish()
            return WrittenFile(place: place, rowCount: parquet.rowCount, byteCount: info.size, counts: counts)
        } catch {
            throw located(error)
        }
    }

    package func abandon() async { await upload.abandon() }

    private func footer() throws -> [(key: String, value: String)] {
        let filter = try keys.bloomFilter()
        // The filter and its text, then the text and the footer with it.
        hold.update(to: parquet.heldByteCount + keys.heldByteCount + RecordBloomFilter.footerByteCount(entries: keys.count) * 2)
        defer { hold.update(to: 0) }
        var entries = [
            (key: BaseFileFooter.avroSchema, value: context.schema.footerText),
            (key: BaseFileFooter.writerModel, value: "avro"),
            (key: BaseFileFooter.bloomFilter, value: filter.footerText()),
        ]
        if let code = filter.typeCode { entries.append((key: BaseFileFooter.bloomFilterType, value: code)) }
        if let range = keys.range {
            entries.append((key: BaseFileFooter.minRecordKey, value: range.least))
            entries.append((key: BaseFileFooter.maxRecordKey, value: range.greatest))
        }
        return entries
    }

    private func located(_ error: any Error) -> TableError {
        TableError(error, at: context.table.path.appending(place.relativePath), instant: context.instant)
    }
}
