import TarnBase
import TarnStorage
import TarnTable
import TarnWrite

/// Carries out a clustering plan: new file groups with the rows of the old ones, and the replacecommit that swaps them
/// (hudi-format §9.2).
///
/// Nothing is visible before the completed file. A run that dies leaves files that the next run of the same instant removes.
struct ClusteringRun {
    let ground: WriteGround
    let plan: ClusteringPlan
    /// Requested; its plan is on the timeline.
    let instant: Instant
    let clustering: Clustering
    private let budget: MemoryBudget

    init(_ ground: WriteGround, _ plan: ClusteringPlan, _ instant: Instant, _ clustering: Clustering) {
        self.ground = ground
        self.plan = plan
        self.instant = instant
        self.clustering = plan.settings(over: clustering)
        budget = MemoryBudget(limit: clustering.memory)
    }

    /// Groups that are rewritten at the same time.
    private static let width = 2

    private var table: TableHandle { ground.table }

    func run() async throws -> ClusteringReport {
        do { try clustering.check(ground.schema.columns) } catch { throw TableError(error, instant: instant.time) }
        let groups = try ClusteringInput(plan, at: instant.time, among: try await ground.latestSlices()).groups()
        let writer = TimelineWriter(table)
        let pending = writer.resume(instant)
        let scratch = ScratchSpace(folder: clustering.spillDirectory, runtime: table.runtime)
        let outputs: [GroupOutput]
        do {
            try await pending.start(on: writer)
            try await markPartitions(of: groups)
            outputs = try await rewrite(groups, scratch)
            for output in outputs { try output.checkRows() }
        } catch {
            pending.abandon()
            throw TableError(error, instant: instant.time)
        }
        let files = outputs.flatMap(\.files)
        _ = try await pending.complete(with: commit(groups, files).encoded(), on: writer)
        await removeMarkers(of: files)
        return report(groups, outputs, spilled: scratch.writtenBytes)
    }

    // MARK: Files

    private func markPartitions(of groups: [[FileSlice]]) async throws {
        let marked = Set(try await ground.files().markedPartitions)
        for partition in Set(groups.compactMap { $0.first?.partition }).subtracting(marked).sorted() {
            try await context(ScratchSpace(runtime: table.runtime), share: 1).markPartition(partition)
        }
    }

    /// Several groups at a time, each with its share of the memory.
    private func rewrite(_ groups: [[FileSlice]], _ scratch: ScratchSpace) async throws -> [GroupOutput] {
        let width = min(Self.width, groups.count)
        let memory = ByteCount(clustering.memory.bytes / Int64(max(1, width)))
        let rows = try SliceParts.Reading(ground, clustering, memory: memory, scratch: scratch, budget: budget)
        let context = context(scratch, share: max(1, width))
        let settings = clustering
        func rewriting(_ number: Int) -> GroupRewrite {
            GroupRewrite(
                context: context, slices: groups[number], number: number, outputFileCount: plan.groups[number].outputFileCount, reading: rows,
                clustering: settings)
        }
        return try await withThrowingTaskGroup(of: (Int, GroupOutput).self) { tasks in
            var outputs: [Int: GroupOutput] = [:]
            var next = 0
            while next < width {
                let rewrite = rewriting(next)
                tasks.addTask { (rewrite.number, try await rewrite.run()) }
                next += 1
            }
            while let (number, output) = try await tasks.next() {
                outputs[number] = output
                guard next < groups.count else { continue }
                let rewrite = rewriting(next)
                tasks.addTask { (rewrite.number, try await rewrite.run()) }
                next += 1
            }
            return groups.indices.compactMap { outputs[$0] }
        }
    }

    private func context(_ scratch: ScratchSpace, share: Int) -> RewriteContext {
        RewriteContext(
            table: table, instant: instant.time, properties: ground.properties, schema: ground.schema,
            memory: MemoryPlan(ByteCount(clustering.memory.bytes / Int64(share))), budget: budget, scratch: scratch, targetBytes: clustering.targetFileSize.bytes)
    }

    // MARK: What the commit says

    private func commit(_ groups: [[FileSlice]], _ files: [WrittenFile]) -> CommitMetadata {
        let written = Dictionary(grouping: files, by: \.place.partition).sorted { $0.key < $1.key }
        let replaced = Dictionary(grouping: groups.joined(), by: \.partition).sorted { $0.key < $1.key }
        var metadata = CommitMetadata(
            operation: .cluster, partitions: written.map { partition, files in .init(partition.text, files.map(\.stat)) },
            replacedGroups: replaced.map { partition, slices in .init(partition.text, slices.map(\.fileID.text)) })
        metadata.extraMetadata = ground.history.carriedByServices
        metadata.extraMetadata[ExtraMetadata.schemaKey] = ground.schema.commitText
        return metadata
    }

    /// What is left stays for the next write: the commit is done.
    private func removeMarkers(of files: [WrittenFile]) async {
        let folder = table.markerFolder(of: instant.time)
        try? await table.store.delete(files.map { folder.appending($0.place.marker) })
    }

    private func report(_ groups: [[FileSlice]], _ outputs: [GroupOutput], spilled: Int64) -> ClusteringReport {
        var report = ClusteringReport(taking: groups)
        report.instant = instant.time
        report.isCompleted = true
        for file in outputs.flatMap(\.files) {
            report.filesWritten += 1
            report.bytesWritten += file.byteCount
            report.rows += file.rowCount
        }
        report.rowGroupsCopied = outputs.reduce(0) { $0 + $1.rowGroupsCopied }
        report.bytesSpilled = spilled
        report.memoryPeak = budget.peakBytes
        return report
    }
}
