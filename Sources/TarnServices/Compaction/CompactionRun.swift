import TarnBase
import TarnStorage
import TarnTable
import TarnWrite

/// The execution of a plan that stands on the timeline (SPEC.md, section 12). The caller holds the writer's lock.
struct CompactionRun {
    let ground: WriteGround
    let instant: Instant
    let options: Compaction

    private var table: TableHandle { ground.table }
    /// Below this each of two tasks would spill what one alone keeps in memory.
    private static let memoryForTwo = ByteCount.mebibytes(256)
    private static let pageTarget: Int64 = 120 << 20

    func run() async throws -> CompactionReport {
        let files = try await ground.files()
        let slices = try await slices(of: files)
        let writer = TimelineWriter(table)
        try await removeFailedRun(files, writer)

        let budget = MemoryBudget(limit: options.memory)
        let scratch = ScratchSpace(folder: options.spillDirectory, runtime: table.runtime)
        let pending = writer.resume(instant)
        var report = CompactionReport()
        let compacted: [CompactedSlice]
        do {
            try await pending.start(on: writer)
            compacted = try await compact(slices, budget, scratch)
        } catch {
            pending.abandon()
            throw TableError(error, instant: instant.time)
        }
        _ = try await pending.complete(with: commit(compacted).encoded(), on: writer)
        await removeMarkers(compacted)

        report.instants = [instant.time]
        for slice in compacted { report.add(slice) }
        report.bytesSpilled = scratch.writtenBytes
        report.memoryPeak = budget.peakBytes
        return report
    }

    // MARK: What is to be done

    private func slices(of files: TableFiles) async throws -> [FileSlice] {
        let path = table.timelineFile(instant.fileName(.requested))
        do {
            let plan = try CompactionPlan(parsing: try await table.store.get(path, upTo: .mebibytes(256)))
            return try PlannedSlices(files).slices(of: plan)
        } catch {
            throw TableError(error, at: path, instant: instant.time)
        }
    }

    /// A run that died, ours or Spark's, left base files of this instant; readers pass them over while it is pending. They go
    /// before the instant is completed, and with them the traces of the run (hudi-format §9.1).
    private func removeFailedRun(_ files: TableFiles, _ writer: TimelineWriter) async throws {
        try await delete(files)
        try await writer.remove(ground.timeline.files(of: instant).filter { $0.name.state == .inflight })
    }

    /// Takes a plan off the timeline that was put there under the same lock and cannot be run here: nobody has worked with it.
    func takeBack() async throws {
        try await delete(try await ListedFiles(table).allFiles())
        let timeline = try await Timeline.load(table)
        try await TimelineWriter(table).remove(timeline.files(of: instant).filter { $0.name.state != .completed })
    }

    private func delete(_ files: TableFiles) async throws {
        let left = files.baseFiles.filter { $0.instant == instant.time }.map { $0.path(in: table) }
        // A new file under an old name must not meet the old one's check sums.
        let sides = left.map { file in file.parent.appending(".\(file.name).crc") }
        if !left.isEmpty { try await table.store.delete(left + sides) }
        let folders = try await table.store.list(table.metaFolder.appending(".temp"), recursive: false).folders
        guard folders.contains(where: { $0.name == instant.time.description }) else { return }
        let markers = try await table.store.list(table.markerFolder(of: instant.time), recursive: true).objects.map(\.path)
        if !markers.isEmpty { try await table.store.delete(markers) }
    }

    // MARK: Slices

    /// In the order of the plan; two at a time where memory allows.
    private func compact(_ slices: [FileSlice], _ budget: MemoryBudget, _ scratch: ScratchSpace) async throws -> [CompactedSlice] {
        let tasks = slices.count > 1 && options.memory >= Self.memoryForTwo ? 2 : 1
        let share = ByteCount(options.memory.bytes / Int64(tasks))
        let memory = MemoryPlan(share)
        let context = RewriteContext(
            table: table, instant: instant.time, properties: ground.properties, schema: ground.schema, memory: memory, budget: budget,
            scratch: scratch, targetBytes: Self.pageTarget)
        let reader = try FileSliceReader(
            table, schema: ground.schema.fileColumns, of: ground.schema.columns, rule: try MergeRule(ground.properties),
            visibility: LogVisibility(ground.timeline),
            memory: MergeMemory(logs: ByteCount(share.bytes / 2), window: memory.window, scratch: scratch, budget: budget))
        return try await withThrowingTaskGroup(of: (Int, CompactedSlice).self) { group in
            var compacted = [CompactedSlice?](repeating: nil, count: slices.count)
            var next = 0
            func addNext() {
                guard next < slices.count else { return }
                let number = next
                next += 1
                group.addTask { (number, try await CompactedSlice.make(slices[number], number: number, reader, context, memory: share)) }
            }
            for _ in 0..<tasks { addNext() }
            while let (number, slice) = try await group.next() {
                compacted[number] = slice
                addNext()
            }
            return compacted.compactMap { $0 }
        }
    }

    // MARK: The commit

    private func commit(_ compacted: [CompactedSlice]) -> CommitMetadata {
        let byPartition = Dictionary(grouping: compacted, by: \.source.partition).sorted { $0.key < $1.key }
        var metadata = CommitMetadata(
            operation: .compact, partitions: byPartition.map { partition, slices in .init(partition.text, slices.map(\.stat)) }, isCompacted: true)
        metadata.extraMetadata = ground.history.carriedByServices
        metadata.extraMetadata[ExtraMetadata.schemaKey] = ground.schema.commitText
        return metadata
    }

    /// What is left stays for the next writer: the compaction is done.
    private func removeMarkers(_ compacted: [CompactedSlice]) async {
        let folder = table.markerFolder(of: instant.time)
        try? await table.store.delete(compacted.map { folder.appending($0.file.place.marker) })
    }
}
