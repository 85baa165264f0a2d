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

    /// - Parameter concurrency: How many files are read and written at the same time; what is written does not depend on it.
    /// - Returns: The files in the order of partitions.
    func run(concurrency: Int) async throws -> [WrittenFile] {
        let units = RewritePlanning.units(of: layout, rewrites: rewrites, inserts: inserts) { markedPartitions.contains(partitions[$0]) }
        // A group's name is chosen here, in order, so that a seed gives the same names however tasks interleave.
        let names = units.map { $0.takesInserts ? FileID(random: context.table.runtime.random) : nil }
        var written: [WrittenFile] = []
        try await concurrently(units.count, atMost: concurrency) { index in
            var unit = try UnitRewriter(self, units[index], newGroup: names[index])
            return try await unit.run()
        } take: { _, files in
            written += files
        }
        return written
    }
}
