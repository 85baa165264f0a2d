import TarnBase
import TarnColumns
import TarnStorage
import TarnTable
import TarnWrite

/// From chunks of rows to commits.
extension IngestRun {
    // MARK: When they end

    var isChunkFull: Bool { decoder.rowCount >= Self.chunkRows || decoder.byteCount >= Self.chunkBytes }

    var isBatchFull: Bool {
        hasRowsEnough || quarantined.byteCount > max(1 << 20, Int(settings.memory.bytes / 8))
            || unavailable.byteCount > max(1 << 20, Int(settings.memory.bytes / 4))
    }

    /// The two halves of a key update stay in one commit: the second may need the row that the first removes.
    var hasRowsEnough: Bool {
        batchRows >= settings.batchRows && (!awaitsCreate || batchRows >= settings.batchRows + Self.chunkRows)
    }

    var isBatchOld: Bool {
        guard let batchStart else { return false }
        return Double(runtime.clock.monotonicNanoseconds() - batchStart) / 1e9 >= settings.batchSeconds + (awaitsCreate ? 5 : 0)
    }

    /// How long to wait for the next line before the micro-batch is due; nil = there is none.
    func waitingTime() -> Int64? {
        guard let batchStart else { return nil }
        let elapsed = Double(runtime.clock.monotonicNanoseconds() - batchStart) / 1e6
        return max(1, Int64(clamping: Int((settings.batchSeconds * 1000 - elapsed).rounded(.up))))
    }

    // MARK: Chunks

    func endChunk() async throws {
        guard decoder.rowCount > 0 else { return }
        let transaction = try await openTransaction()
        let byteCount = decoder.byteCount
        var changes = decoder.takeBatch()
        let patches = decoder.takePatches()
        var taken = Array(0..<changes.rows.rowCount)
        if !patches.isEmpty {
            let filled = try await unavailable.fill(changes, patches) { try await transaction.storedRows(forKeys: $0) }
            changes = ChangeBatch(rows: filled.rows, kinds: changes.kinds, eventTimes: changes.eventTimes)
            if decoder.sawOmittingSource { unavailable.keep(changes, byteCount: byteCount) }
            if !filled.missing.isEmpty {
                for row in filled.missing.sorted() {
                    try putAsideRow(row, "a value was not sent because it did not change, and the table has no row of this key to take it from")
                }
                taken = taken.filter { !filled.missing.contains($0) }
                changes = IngestRun.select(changes, taken)
            }
        } else if decoder.sawOmittingSource {
            unavailable.keep(changes, byteCount: byteCount)
        }
        for rejected in try await transaction.stage(changes) { try putAsideRow(taken[rejected.row], rejected.reason) }
        origins.removeAll()
    }

    static func select(_ changes: ChangeBatch, _ rows: [Int]) -> ChangeBatch {
        let numbers = rows.map { UInt32($0) }
        return ChangeBatch(
            rows: changes.rows.take(numbers), kinds: changes.kinds.map { kinds in rows.map { kinds[$0] } },
            eventTimes: changes.eventTimes?.take(numbers))
    }

    func putAsideRow(_ row: Int, _ reason: String) throws(IngestError) {
        let origin = origins.rows[row]
        guard quarantine != nil else { throw IngestError(.invalid, "line \(origin.line): \(reason)", at: inputName) }
        origins.event(row).withUnsafeBytes { putAside(reason, $0, Int(origin.partition), origin.offset, origin.line) }
    }

    /// The transaction of this micro-batch; begun late, so that a slow source does not hold the writer's lock.
    func openTransaction() async throws -> any ChangeTransaction {
        if let transaction { return transaction }
        let begun = try await sink.begin()
        transaction = begun
        let current = try await begun.ledger()
        // Somebody else committed since we looked: what we hold may be committed already.
        guard current?.partitions.mapValues(\.next) == ledger?.partitions.mapValues(\.next)
            && current?.finishedFileCount == ledger?.finishedFileCount
        else {
            throw IngestError(.invalid, "another ingest moved the table's ledger meanwhile: start again")
        }
        ledger = current
        return begun
    }

    // MARK: Micro-batches

    func endBatch(finishesInput: Bool, _ report: (IngestReport) async throws -> Void) async throws {
        try await endChunk()
        let isMoved = partitions.all.contains { $0.progress.hasMoved && $0.name != nil }
        let finishes = finishesInput && fileID != nil && format != .kcat
        defer {
            batch = IngestReport(input: inputName, commit: CommitReport(operation: .upsert))
            batchStart = nil
            batchRows = 0
            awaitsCreate = false
            unavailable.startBatch()
            partitions.startBatch()
        }
        batch.input = inputName
        if transaction != nil || isMoved || finishes || quarantined.count > 0 { try await commit(isMoved: isMoved, finishes: finishes) }
        guard batch.commit.instant != nil || batch.events.read > 0 || batch.alreadyCommitted > 0 else { return }
        add(batch)
        try await report(batch)
    }

    func commit(isMoved: Bool, finishes: Bool) async throws {
        let transaction = try await openTransaction()
        var extras = CommitExtras()
        var next = (ledger ?? SourceLedger()).startingCommit()
        if isMoved || finishes {
            let now = runtime.clock.nowMilliseconds()
            if finishes, let fileID {
                let file = SourceLedger.File(id: fileID, rows: fileRows, maximumEventMilliseconds: fileMaximum, atMilliseconds: now)
                partitions[inputPartition].progress.hasMoved = false
                partitions.record(in: &next, at: now)
                next.finish(file, unfinishedAs: SourceLedger.name(source: fileID, partition: 0))
            } else {
                partitions.record(in: &next, at: now)
            }
            extras.metadata.append((SourceLedger.key, next.text))
            if let watermark = Watermark.text(of: next) { extras.metadata.append((Watermark.key, watermark)) }
        }
        extras.eventsRead = batch.events.read
        extras.eventsQuarantined = batch.events.quarantined
        extras.commitsWithoutChanges = isMoved || finishes || quarantined.count > 0
        let lines = quarantined.count > 0 ? quarantined.finish() : nil
        if let lines, let quarantine {
            extras.beforeCompletion = { instant in try await quarantine.put(lines, of: instant) }
        }
        self.transaction = nil
        let done = try await transaction.commit(extras)
        if isMoved || finishes { ledger = next }
        batch.commit = done
        batch.events.inserted = done.inserted
        batch.events.updated = done.updated
        batch.events.deleted = done.deleted
        batch.events.stale = done.stale
        batch.events.duplicate = done.duplicates
        guard let instant = done.instant else { return }
        if let quarantine {
            if lines != nil { batch.quarantine = quarantine.path(of: instant).text }
            // What failed attempts left, they left before this run.
            if !hasSwept { try await quarantine.removeLeftovers(before: instant, of: sink) }
        }
        hasSwept = true
    }

    func add(_ report: IngestReport) {
        if report.commit.instant != nil { summary.commits += 1 }
        summary.passed += report.passed
        summary.alreadyCommitted += report.alreadyCommitted
        summary.events.read += report.events.read
        summary.events.inserted += report.events.inserted
        summary.events.updated += report.events.updated
        summary.events.deleted += report.events.deleted
        summary.events.stale += report.events.stale
        summary.events.duplicate += report.events.duplicate
        summary.events.quarantined += report.events.quarantined
    }
}
