public import TarnColumns
public import TarnTable
import TarnBase
import TarnWrite

extension Table {
    /// Inserts rows of new keys and replaces stored ones, unless the stored row's ordering value is greater. One commit.
    ///
    /// - Parameter batch: The table's columns, by name; columns left out are null.
    /// - Throws: ``TableError``: `invalid` with the row's number when a row cannot be taken (a null key, ordering or
    ///   partition value), and nothing is written then; `conflict` when another writer is at work; `unsupported` when the
    ///   table has something this version cannot keep right.
    ///
    /// Memory: at most `options.memory`, whatever the sizes of batch and table. Cost: SPEC.md, "Requests".
    @discardableResult
    public func upsert(_ batch: RecordBatch, options: WriteOptions = WriteOptions()) async throws -> CommitResult {
        try await upsert([batch].asyncElements, options: options)
    }

    /// As ``upsert(_:options:)``, for more rows than fit in memory: any asynchronous sequence of batches. One commit.
    @discardableResult
    public func upsert<Batches: AsyncSequence>(
        _ batches: Batches, options: WriteOptions = WriteOptions()
    ) async throws -> CommitResult where Batches.Element == RecordBatch {
        try await write(batches, options: options)
    }

    /// Inserts rows of new keys; the stored row of a key that exists stays.
    @discardableResult
    public func insert(_ batch: RecordBatch, options: WriteOptions = WriteOptions()) async throws -> CommitResult {
        var options = options
        options.operation = .insert
        return try await write([batch].asyncElements, options: options)
    }

    /// Removes the rows of these keys. If the batch has the ordering column, a stored row with a greater value stays;
    /// without it the key alone decides.
    @discardableResult
    public func delete(_ batch: RecordBatch, options: WriteOptions = WriteOptions()) async throws -> CommitResult {
        var options = options
        options.operation = .delete
        return try await write([batch].asyncElements, options: options)
    }

    /// Undoes what failed writers left, under the writer's lock.
    ///
    /// - Parameter instant: A failed write, or the newest completed one; nil for all failed ones.
    /// - Returns: The instants undone.
    @discardableResult
    public func rollback(_ instant: InstantTime? = nil) async throws -> [InstantTime] {
        try await tableErrors { try await TableRollback.run(on: handle, instant: instant) }
    }

    private func write<Batches: AsyncSequence>(
        _ batches: Batches, options: WriteOptions
    ) async throws -> CommitResult where Batches.Element == RecordBatch {
        try await tableErrors {
            var handle = handle
            handle.lock.waitMilliseconds = options.lockWait.milliseconds
            let transaction = try await WriteTransaction.begin(handle, try options.settings())
            do {
                if transaction.committedBefore == nil {
                    try await transaction.holdingLock { try await stage(batches, options: options, in: transaction) }
                }
            } catch {
                await transaction.abandon()
                throw error
            }
            return CommitResult(try await transaction.commit())
        }
    }

    private func stage<Batches: AsyncSequence>(
        _ batches: Batches, options: WriteOptions, in transaction: WriteTransaction
    ) async throws where Batches.Element == RecordBatch {
        var firstRow = 0
        for try await batch in batches {
            let marker = try options.deletes.map { try BoundFilter($0, schema: batch.schema) }
            let deletes = options.operation == .delete ? Bitmap(repeating: true, count: batch.rowCount) : marker?.evaluate(batch)
            let markers = (marker?.columns ?? []).map { batch.schema.fields[$0].name }
            let changes = try ChangeBatch(
                batch, for: transaction, deletes: deletes, ignoring: Set(markers), watermarkField: options.watermarkField)
            if let rejected = try await transaction.stage(changes).first {
                throw TableError(.invalid, "row \(firstRow + rejected.row + 1) cannot be written: \(rejected.reason); nothing was written")
            }
            firstRow += batch.rowCount
        }
    }
}

extension Array where Element: Sendable {
    /// The elements as an asynchronous sequence.
    fileprivate var asyncElements: AsyncStream<Element> {
        AsyncStream { continuation in
            for element in self { continuation.yield(element) }
            continuation.finish()
        }
    }
}

extension Duration {
    fileprivate var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}

extension WriteOptions {
    func settings() throws -> WriteSettings {
        let operation: WriteOperation =
            switch operation {
            case .upsert: .upsert
            case .insert: .insert
            case .delete: .delete
            case .bulkInsert: .bulkInsert
            }
        var settings = WriteSettings(operation: operation)
        settings.targetFileSize = targetFileSize
        settings.memory = memory
        settings.spillDirectory = spillDirectory
        settings.commitToken = commitToken
        return settings
    }
}

extension CommitResult {
    init(_ report: CommitReport) {
        instant = report.instant
        wasAlreadyCommitted = report.wasAlreadyCommitted
        statistics = Statistics(
            rowsIn: report.rowsIn, inserted: report.inserted, updated: report.updated, deleted: report.deleted,
            stale: report.stale, duplicates: report.duplicates, filesWritten: report.filesWritten,
            bytesWritten: report.bytesWritten, filesRead: report.filesRead, bytesRead: report.bytesRead, seconds: report.seconds)
    }
}
