import TarnBase
package import TarnColumns
import TarnStorage
package import TarnTable

/// One write, from the lock to the completed instant: begin, stage changes, commit or abandon.
///
///     let write = try await WriteTransaction.begin(table, settings)
///     let rejected = try await write.stage(changes)          // any number of times
///     let report = try await write.commit(CommitExtras())
///
/// Not for concurrent use: one owner, calls one after the other. A transaction that is dropped without `commit` or
/// `abandon` leaves the table as it was.
package final class WriteTransaction {
    package let table: TableHandle
    package let settings: WriteSettings
    package var properties: TableProperties { ground.properties }
    /// The table's columns, without meta fields: what staged rows must have.
    package var schema: Schema { ground.schema.columns }
    /// The completed commit that carries the commit token already. The caller has nothing to do but `abandon`; `commit`
    /// returns a report that says so.
    package var committedBefore: InstantTime? { ground.history.tokenCommit }
    /// The source ledger as the newest commit that has one left it; nil before the first.
    package var sourceLedgerText: String? { ground.history.carried[SourceLedger.key] }
    /// The instant of the newest completed commit.
    package var newestCommit: InstantTime? { ground.timeline.newestCompletedWrite?.time }

    private let ground: WriteGround
    private let hash: KeyHash
    private let memory: MemoryPlan
    private let scratch: ScratchSpace
    private var rows: StagedRows?
    private let startNanoseconds: UInt64

    private init(_ ground: WriteGround, _ settings: WriteSettings, startNanoseconds: UInt64) {
        self.ground = ground
        self.settings = settings
        self.startNanoseconds = startNanoseconds
        table = ground.table
        hash = KeyHash(seed: table.runtime.random.next())
        memory = MemoryPlan(settings.memory, tasks: settings.concurrency)
        scratch = ScratchSpace(folder: settings.spillDirectory, runtime: table.runtime)
        rows = StagedRows(ground.schema.columns, properties: ground.properties, hash: hash, memory: memory, scratch: scratch)
    }

    /// Step 0 of the commit protocol: takes the writer's lock, reads the properties again, refuses what cannot be kept
    /// right, and rolls back what failed writers left.
    ///
    /// - Throws: ``TableError`` `unsupported` naming what the table has, `conflict` when another writer is at work.
    ///
    /// Cost: three requests for a sound table with commits.
    package static func begin(_ table: TableHandle, _ settings: WriteSettings) async throws -> WriteTransaction {
        guard [.upsert, .insert, .bulkInsert, .delete].contains(settings.operation) else {
            throw TableError(.unsupported, "the operation \(settings.operation)")
        }
        let start = table.runtime.clock.monotonicNanoseconds()
        let ground = try await WriteGround.take(table, commitToken: settings.commitToken)
        return WriteTransaction(ground, settings, startNanoseconds: start)
    }

    /// Runs `body`, and sees to it that the lock lasts: for waits and work between the calls below, which do so themselves.
    package func holdingLock<Result>(_ body: () async throws -> Result) async throws -> Result { try await ground.holdingLock(body) }

    /// Takes changes in. What does not fit in memory goes to scratch files.
    ///
    /// - Returns: The rows that were not taken, with the reason: a key, ordering or partition value that is null, a
    ///   partition that cannot be a folder, a null where the schema has none. All others are staged.
    package func stage(_ changes: ChangeBatch) async throws -> [RejectedRow] {
        guard let rows else { preconditionFailure("the transaction has ended") }
        if settings.operation == .delete, changes.kinds?.contains(.upsert) ?? true {
            throw TableError(.invalid, "a delete takes no rows to store")
        }
        if settings.operation == .bulkInsert, !(changes.kinds?.allSatisfy { $0 == .upsert } ?? true) {
            throw TableError(.invalid, "a bulk insert removes nothing")
        }
        do { return try await ground.holdingLock { try rows.stage(changes.applyingDeleteMark()) } } catch { throw TableError(error) }
    }

    /// The stored rows of these keys, in no promised order; keys that are not stored are left out. For changes that carry
    /// only a part of a row. Meta fields are not among the columns.
    ///
    /// - Parameter keys: `.string`, record keys as the table stores them; held in memory with the rows found.
    ///
    /// Cost: the key column of every latest base file that is not ruled out and all logs, and the whole of the slices that
    /// hold one of the keys.
    package func storedRows(forKeys keys: Column) async throws -> RecordBatch {
        let slices = try await ground.latestFiles().slices
        let reader = try FileSliceReader(
            ground.lookupTable, schema: ground.schema.fileColumns, of: ground.schema.columns, rule: MergeRule(ground.properties),
            visibility: LogVisibility(ground.timeline),
            memory: MergeMemory(logs: ByteCount(memory.directory / 2), window: memory.window, scratch: scratch))
        let scan = try ground.keyScan(
            of: slices, sought: SoughtKeys(keys), hash: hash, memory: memory, concurrency: settings.concurrency)
        return try await StoredRows(
            table: ground.lookupTable, schema: ground.schema, slices: slices, scan: scan, reader: reader, hash: hash, memory: memory
        ).rows(forKeys: keys)
    }

    /// Locates the staged keys in the whole table, writes the files that change, and completes the instant. Ends the
    /// transaction, whatever happens.
    ///
    /// - Throws: ``TableError``. Unless its code is `outcomeUnknown`, nothing of this write is visible, and the next write
    ///   removes what is left of it.
    package func commit(_ extras: CommitExtras = CommitExtras()) async throws -> CommitReport {
        guard let rows else { preconditionFailure("the transaction has ended") }
        self.rows = nil
        let result: Result<CommitReport, TableError>
        do {
            let protocolSteps = CommitProtocol(
                ground: ground, settings: settings, rows: rows, hash: hash, memory: memory, scratch: scratch)
            result = .success(try await ground.holdingLock { try await protocolSteps.run(extras) })
        } catch {
            result = .failure(TableError(error))
        }
        await ground.release()
        var report = try result.get()
        report.requests = ground.meter.counts
        report.lookupRequests = ground.lookupMeter.counts
        report.bytesRead = report.requests.bytesRead + report.lookupRequests.bytesRead
        report.seconds = Double(table.runtime.clock.monotonicNanoseconds() &- startNanoseconds) / 1e9
        return report
    }

    /// Ends the transaction without a commit.
    package func abandon() async {
        rows = nil
        await ground.release()
    }
}
