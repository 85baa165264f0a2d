import TarnBase
import TarnColumns
import TarnStorage
import TarnTable

/// The write, in order (SPEC.md, section 3). Each step is a function; nothing before the completed file is visible, nothing
/// after it can fail the write.
///
/// Two steps are in another order than with several writers: keys are located before the instant is chosen, since under the
/// lock the table cannot change in between. So a write that changes nothing leaves no instant, and one that looks up for
/// minutes does not hold an old one.
struct CommitProtocol {
    let ground: WriteGround
    let settings: WriteSettings
    let rows: StagedRows
    let hash: KeyHash
    let memory: MemoryPlan
    let scratch: ScratchSpace

    private var table: TableHandle { ground.table }
    /// Whether changes of stored rows go to logs.
    private var isLogged: Bool { ground.properties.type == .mergeOnRead }

    func run(_ extras: CommitExtras) async throws -> CommitReport {
        var report = CommitReport(operation: settings.operation)
        report.action = isLogged ? Action.deltaCommit.rawValue : Action.commit.rawValue
        report.rolledBack = ground.rolledBack
        report.rowsIn = rows.count
        if let done = ground.history.tokenCommit {
            report.instant = done
            report.wasAlreadyCommitted = true
            return report
        }
        let work = try await locate()
        report.add(work.changes)
        if work.isEmpty && !extras.commitsWithoutChanges && settings.commitToken == nil { return report }

        let pending = try await begin()
        let instant = pending.time
        let written: TableRewriter.Outcome
        do {
            written = try await rewriter(of: work, instant).run(concurrency: settings.concurrency)
            try await extras.beforeCompletion?(instant)
        } catch {
            pending.abandon()
            throw TableError(error, instant: instant)
        }
        let metadata = commit(written, extras, report)
        _ = try await pending.complete(with: metadata.encoded(), on: TimelineWriter(table))
        report.add(written)
        await removeMarkers(of: instant, written)
        report.instant = instant
        return report
    }

    // MARK: Step 2: locate

    /// What there is to do.
    private struct Work {
        let layout: FileLayout
        /// By rank.
        let partitions: [PartitionPath]
        let markedPartitions: Set<PartitionPath>
        /// Which log files there are already.
        let logs: SliceLogs
        /// The counts.
        let changes: LocatedChanges
        let rewrites: PlacedChanges
        let inserts: PlacedChanges

        var isEmpty: Bool { rewrites.count == 0 && inserts.count == 0 }
    }

    private func locate() async throws -> Work {
        let files = try await ground.latestFiles()
        // A bulk insert neither looks for its keys nor fills files that are there.
        let stored = settings.operation == .bulkInsert ? [] : files.slices
        for slice in stored { _ = rows.partitions.number(of: slice.partition) }
        let ranks = rows.partitions.ranks()
        let clusterings = try await PendingClusterings.load(table, ground.timeline)
        let layout = FileLayout(
            stored, fixed: Set(ground.selection.pendingCompactions.keys).union(clusterings.groups.keys), partitionCount: ranks.count,
            target: settings.targetFileSize
        ) { ranks[Int(rows.partitions.number(of: $0))] }
        let changes = LocatedChanges(
            operation: settings.operation, mayLog: isLogged, partitionRanks: ranks, memory: memory, scratch: scratch)
        let slices = layout.groups.map(\.slice)
        let numbers = slices.map { rows.partitions.number(of: $0.partition) }
        let scan = try ground.keyScan(of: slices, sought: rows.soughtKeys(), hash: hash, memory: memory, concurrency: settings.concurrency)

        let fitting = scan.recordCount(fitting: memory.directory)
        let parts = max(1, (Int(rows.count) + fitting - 1) / fitting)
        for part in 0..<parts {
            let directory = try rows.directory(part: part, of: parts)
            try await scan.run(directory) { slice, match in
                try changes.meet(
                    directory, entry: Int(match.entry), group: UInt32(slice), partition: numbers[slice], position: match.row,
                    storedOrdering: match.ordering)
            }
            try changes.endPass(directory)
        }
        rows.forgetRecords()
        let (rewrites, inserts) = try changes.finish()
        try Refusals.check(changes.rewrittenGroups.lazy.map { layout.groups[Int($0)].slice.group }, clusterings)
        var partitions = [PartitionPath](repeating: .root, count: ranks.count)
        for (number, rank) in ranks.enumerated() { partitions[Int(rank)] = rows.partitions.paths[number] }
        return Work(
            layout: layout, partitions: partitions, markedPartitions: Set(files.markedPartitions), logs: files.logs, changes: changes,
            rewrites: rewrites, inserts: inserts)
    }

    // MARK: Steps 1 and 3: the instant

    /// The requested file goes before the data files, so that a crash between them leaves something for rollback to find.
    private func begin() async throws -> PendingInstant {
        let time = try ground.nextTime()
        let writer = TimelineWriter(table)
        let pending = try await writer.begin(isLogged ? .deltaCommit : .commit, at: time)
        do { try await pending.start(on: writer) } catch {
            pending.abandon()
            throw error
        }
        return pending
    }

    private func rewriter(of work: Work, _ instant: InstantTime) throws -> TableRewriter {
        let context = context(instant)
        let rows = rows.reader()
        let appender = isLogged ? try LogAppender(context, rows: rows, logs: work.logs, maximumFileBytes: settings.maximumLogSize.bytes) : nil
        return TableRewriter(
            context: context, layout: work.layout, rewrites: work.rewrites, inserts: work.inserts, rows: rows, partitions: work.partitions,
            markedPartitions: work.markedPartitions, appender: appender)
    }

    private func context(_ instant: InstantTime) -> RewriteContext {
        RewriteContext(
            table: table, instant: instant, properties: ground.properties, schema: ground.schema, memory: memory,
            budget: MemoryBudget(limit: settings.memory), scratch: scratch, targetBytes: settings.targetFileSize.bytes)
    }

    // MARK: Step 8: what the commit says

    private func commit(_ written: TableRewriter.Outcome, _ extras: CommitExtras, _ report: CommitReport) -> CommitMetadata {
        let stats = written.files.map { ($0.place.partition, $0.stat) } + written.logs.map { ($0.place.partition, $0.stat) }
        let byPartition = Dictionary(grouping: stats, by: \.0).sorted { $0.key < $1.key }
        var metadata = CommitMetadata(
            operation: settings.operation,
            partitions: byPartition.map { partition, stats in .init(partition.text, stats.map(\.1)) })
        metadata.extraMetadata = ground.history.carried
        metadata.extraMetadata[ExtraMetadata.schemaKey] = ground.schema.commitText
        if metadata.extraMetadata[SourceLedger.key] == nil { metadata.extraMetadata[SourceLedger.key] = SourceLedger().text }
        let tokens = ground.history.tokens
        metadata.extraMetadata[CommitTokens.key] = (settings.commitToken.map { tokens.adding($0) } ?? tokens).text
        metadata.extraMetadata[EventCounts.key] = eventCounts(extras, report).text
        metadata.extraMetadata[CommitRequests.key] = requestsSoFar.text
        for (key, value) in extras.metadata { metadata.extraMetadata[key] = value }
        return metadata
    }

    private func eventCounts(_ extras: CommitExtras, _ report: CommitReport) -> EventCounts {
        var counts = EventCounts()
        counts.read = extras.eventsRead ?? report.rowsIn
        counts.inserted = report.inserted
        counts.updated = report.updated
        counts.deleted = report.deleted
        counts.stale = report.stale
        counts.duplicate = report.duplicates
        counts.quarantined = extras.eventsQuarantined
        return counts
    }

    private var requestsSoFar: CommitRequests {
        var requests = ground.meter.counts
        requests.put += 1  // the completed file
        return CommitRequests(requests: requests, lookupRequests: ground.lookupMeter.counts)
    }

    // MARK: Step 9

    /// What is left stays for the next write: the commit is done.
    private func removeMarkers(of instant: InstantTime, _ written: TableRewriter.Outcome) async {
        let folder = table.markerFolder(of: instant)
        let markers = written.files.map(\.place.marker) + written.logs.map(\.place.marker)
        try? await table.store.delete(markers.map { folder.appending($0) })
        // An empty folder would be listed by the next write.
        try? await table.store.removeEmptyFolders(in: table.metaFolder.appending(".temp"))
    }
}

extension CommitReport {
    fileprivate mutating func add(_ changes: LocatedChanges) {
        inserted = changes.inserted
        updated = changes.updated
        deleted = changes.deleted
        stale = changes.stale
        duplicates = changes.duplicates
    }

    fileprivate mutating func add(_ written: TableRewriter.Outcome) {
        filesWritten = Int64(written.files.count + written.logs.count)
        bytesWritten = written.files.reduce(0) { $0 + $1.byteCount } + written.logs.reduce(0) { $0 + $1.byteCount }
        filesRead = Int64(written.files.count { $0.place.replacing != nil })
    }
}
