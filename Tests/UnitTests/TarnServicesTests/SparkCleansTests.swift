import TarnBase
import TarnServices
import TarnStorage
import TarnTable
import TarnTestSupport
import Testing

/// Cleans that Spark did, decided again.
@Suite(.enabled(if: GoldenTable.areThere, Comment(rawValue: GoldenTable.missing)))
struct SparkCleansTests {
    static let tables = [
        "v6-0.15-cow-archived-keep-commits", "v6-0.15-cow-clean-after-rollback", "v6-0.15-cow-clean-by-hours", "v6-0.15-cow-clustering-linear-cleaned",
        "v6-0.15-cow-overwrites-cleaned", "v6-0.15-cow-savepoint-clean", "v6-0.15-mor-mdt-files", "v6-0.15-mor-mdt-all", "v6-0.14.0-mor-mdt-all",
    ]

    @Test(arguments: tables)
    func `what Spark's cleans deleted is what ours would have`(name: String) async throws {
        let golden = try GoldenTable("spark-lab/\(name)")
        let table = TableHandle(store: golden.store, path: .root, runtime: .simulated())
        var ground = try await CleaningGround.load(table)
        var compared = 0
        for clean in ground.timeline.instants.reversed() where clean.action == .clean && clean.isCompleted {
            let metadata = try CleanMetadata(parsing: try await golden.store.get(table.timelineFile(clean.fileName)))
            ground = asItWas(ground, before: clean.time, metadata)
            // Commits that Spark still counted may be archived by now.
            guard let retained = InstantTime(metadata.earliestInstantToRetain), let first = ground.timeline.firstActive, retained > first else { continue }
            let kept = ground.timeline.completedWrites.count { $0.time >= retained }
            let decision = CleaningDecision.of(ground, keeping: .commits(kept), now: 0, zone: .utc)
            #expect(decision.retained?.time == retained, "\(clean.time)")
            let ours = Set(decision.deletions.flatMap { verdict in verdict.version.files.map { verdict.version.relativePath(of: $0) } })
            let theirs = Set(metadata.partitions.flatMap { partition in partition.deletedFiles.map { "\(partition.partitionPath)/\($0)" } })
            #expect(ours == theirs, "\(clean.time)")
            compared += 1
        }
        #expect(compared > 0)
    }

    /// The names as they were when the clean was planned: what came later is gone, what it deleted is back.
    private func asItWas(_ ground: CleaningGround, before time: InstantTime, _ clean: CleanMetadata) -> CleaningGround {
        var files = ground.files
        files.baseFiles.removeAll { $0.instant >= time }
        files.logFiles.removeAll { $0.name.baseInstant >= time }
        for partition in clean.partitions {
            for name in partition.deletedFiles {
                let path = PartitionPath(partition.partitionPath)!
                if let base = BaseFileName(name) { files.baseFiles.append(BaseFile(partition: path, name: base, size: 1)) }
                if let log = LogFileName(name) { files.logFiles.append(LogFile(partition: path, name: log, size: 1)) }
            }
        }
        var before = CleaningGround(timeline: Timeline(files: ground.timeline.files.filter { $0.name.time < time }), files: files)
        before.replaced = ground.replaced.filter { $0.value < time }
        before.savepoints = ground.savepoints
        return before
    }
}
