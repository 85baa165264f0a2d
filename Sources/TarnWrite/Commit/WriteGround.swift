import TarnBase
package import TarnStorage
package import TarnTable

/// What a write or a service stands on: the lock, and the table as it is while the lock is held.
package final class WriteGround {
    /// Who stands on it.
    package enum Purpose: Sendable {
        case write
        /// Compaction, clustering, cleaning, archival: they work beside pending services.
        case service
    }

    /// Counts what is asked, but for the look-up of keys.
    package let table: TableHandle
    /// Counts that.
    let lookupTable: TableHandle
    package let meter: MeteredStore
    let lookupMeter: MeteredStore
    package let properties: TableProperties
    package let timeline: Timeline
    package let schema: WriteSchema
    package let history: CommitHistory
    /// Failed writes that were undone first.
    package let rolledBack: [InstantTime]

    /// Which files of the table count.
    package let selection: SliceSelection
    private let lock: WriterLock
    private var listed: TableFiles?

    /// Runs `body` on the ground of a service, and releases the lock whatever happens.
    ///
    /// - Throws: ``TableError``.
    package static func forService<Result: Sendable>(
        on handle: TableHandle, _ body: (WriteGround) async throws -> Result
    ) async throws -> Result {
        let ground = try await take(handle, for: .service, commitToken: nil)
        do {
            let result = try await ground.holdingLock { try await body(ground) }
            await ground.release()
            return result
        } catch {
            await ground.release()
            throw TableError(error)
        }
    }

    /// Step 0 of the commit protocol.
    static func take(_ handle: TableHandle, for purpose: Purpose = .write, commitToken: String?) async throws -> WriteGround {
        let meter = MeteredStore(handle.store)
        let lock = try await WriterLock.take(TableHandle(store: meter, path: handle.path, runtime: handle.runtime, lock: handle.lock))
        do {
            return try await lock.holding { try await WriteGround(meter, lock, purpose, commitToken) }
        } catch {
            await lock.release()
            throw TableError(error)
        }
    }

    /// Runs `body`, and sees to it that the lock lasts.
    package func holdingLock<Result>(_ body: () async throws -> Result) async throws -> Result { try await lock.holding(body) }

    private init(_ meter: MeteredStore, _ lock: WriterLock, _ purpose: Purpose, _ commitToken: String?) async throws {
        table = lock.table
        self.meter = meter
        self.lock = lock
        lookupMeter = meter.scoped()
        lookupTable = TableHandle(store: lookupMeter, path: table.path, runtime: table.runtime)

        var timeline = try await Timeline.load(table)
        properties = try await TableProperties.load(table, knownSize: timeline.size(ofOther: "hoodie.properties"))
        try Refusals.check(properties, for: purpose)
        try Refusals.check(timeline)
        let rollback = Rollback(table: table, zone: properties.zone)
        // Unfinished files carry no name that a rollback finds. Gone before it: once it is done, nothing says where to look.
        if !timeline.pending.isEmpty { try await table.store.sweepTemporaryFiles(in: table.path, recursive: true, olderThanMilliseconds: 0) }
        (rolledBack, timeline) = try await rollback.failedWrites(timeline)
        if purpose == .write { try Refusals.checkPending(timeline, properties.type) }
        try await Self.tidy(timeline, rollback)
        self.timeline = timeline

        let commits = CompletedCommits(table, timeline: timeline)
        guard let known = try await TableSchema.load(properties, commits) else {
            throw TableError(.unsupported, "neither the properties nor a commit tell the table's schema")
        }
        schema = try WriteSchema(known.schema, of: properties)
        if purpose == .write { try Refusals.check(properties, against: known.schema) }
        if let newest = try await commits.newest(where: { $1.operation.carriesTableSchema && $1.schemaText != nil }) {
            try Refusals.check(newest.metadata, newest.instant)
        }
        let archive = purpose == .write ? try ArchiveFolder(table, properties) : nil
        history = try await CommitHistory.load(commits, archive, token: commitToken)
        selection = try await SliceSelection.load(commits)
    }

    /// The newest slice of every group. Cost: a listing of the table, the first time; counted with the look-up.
    func latestFiles() async throws -> LatestFiles {
        let all = try await files(listing: lookupTable)
        let slices = selection.latestSlices(of: all)
        try Refusals.check(slices, of: properties.type)
        return LatestFiles(
            slices: slices, markedPartitions: all.markedPartitions,
            logs: SliceLogs(all.logFiles, pendingCompactions: selection.pendingCompactions))
    }

    /// A look-up of keys in slices of the table, its requests counted apart.
    func keyScan(
        of slices: [FileSlice], sought: SoughtKeys, hash: KeyHash, memory: MemoryPlan, concurrency: Int
    ) throws(TableError) -> SliceKeyScan {
        SliceKeyScan(
            lookupTable, slices: slices, sought: sought, hash: hash, schema: schema.columns, rule: try MergeRule(properties),
            visibility: LogVisibility(timeline), memory: memory, concurrency: concurrency)
    }

    /// The slice of each group that a snapshot reads now. Cost: a listing of the table, the first time.
    ///
    /// - Throws: ``TableError`` `unsupported` for groups that a service of ours must not touch: those of a bucket index.
    package func latestSlices() async throws -> [FileSlice] {
        let slices = selection.latestSlices(of: try await files())
        try Refusals.check(slices, of: properties.type)
        return slices
    }

    /// All files of the table, whether they count or not. Cost: a listing of the table, the first time.
    package func files() async throws -> TableFiles { try await files(listing: table) }

    private func files(listing table: TableHandle) async throws -> TableFiles {
        if let listed { return listed }
        let all = try await ListedFiles(table).allFiles()
        listed = all
        return all
    }

    /// A time for a new instant: later than every other of any action and state.
    package func nextTime() throws -> InstantTime {
        try timeline.nextTime(zone: properties.zone, clock: table.runtime.clock, laterThan: rolledBack)
    }

    /// Undoes what a run of a planned service left; see ``Rollback/plannedService(_:_:keepingPlan:)``.
    package func undo(_ instant: Instant, keepingPlan: Bool) async throws {
        _ = try await Rollback(table: table, zone: properties.zone).plannedService(instant, timeline, keepingPlan: keepingPlan)
    }

    func release() async { await lock.release() }

    /// Removes what completed writes could not: their markers, and files of writers that died while writing.
    private static func tidy(_ timeline: Timeline, _ rollback: Rollback) async throws {
        let table = rollback.table
        guard timeline.folders.contains(".temp") else { return }
        let temporary = table.metaFolder.appending(".temp")
        for folder in try await table.store.list(temporary, recursive: false).folders {
            // Those of a pending compaction or clustering tell its own engine what to undo; others than instants are
            // somebody else's.
            guard let instant = InstantTime(folder.name), !timeline.pending.contains(where: { $0.time == instant }) else { continue }
            try await rollback.removeTraces(of: instant, timeline)
            try await table.store.removeEmptyFolders(in: folder)
        }
        try await table.store.sweepTemporaryFiles(in: table.metaFolder, olderThanMilliseconds: 0)
    }
}
