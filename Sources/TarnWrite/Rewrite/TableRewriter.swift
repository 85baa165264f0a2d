import TarnBase
import TarnTable

/// Writes the files of one commit, a few at a time.
struct TableRewriter: Sendable {
    let context: RewriteContext
    let layout: FileLayout
    let rewrites: PlacedChanges
    let inserts: PlacedChanges
    let rows: StagedRowReader
    /// By rank.
    let partitions: [PartitionPath]
    /// Those that have their `.hoodie_partition_metadata`.
    let markedPartitions: Set<PartitionPath>
    /// Takes the changes of groups that no new row goes to; nil: such groups are rewritten too.
    let appender: LogAppender?

    /// What was written, in the order of partitions.
    struct Outcome: Sendable {
        var files: [WrittenFile] = []
        var logs: [WrittenLog] = []
    }

    /// - Parameter concurrency: How many files are read and written at the same time; what is written does not depend on it.
    func run(concurrency: Int) async throws -> Outcome {
        let units = RewritePlanning.units(of: layout, rewrites: rewrites, inserts: inserts) { markedPartitions.contains(partitions[$0]) }
        // A group's name is chosen here, in order, so that a seed gives the same names however tasks interleave.
        let names = units.map { $0.takesInserts ? FileID(random: context.table.runtime.random) : nil }
        var written = Outcome()
        try await concurrently(units.count, atMost: concurrency) { index in
            var unit = try UnitRewriter(self, units[index], newGroup: names[index])
            return try await unit.run()
        } take: { _, outcome in
            written.files += outcome.files
            written.logs += outcome.logs
        }
        return written
    }
}
