import TarnBase
import TarnColumns
import TarnTable
import TarnWrite

/// Writes the rows of some slices of one partition into new file groups.
struct GroupRewrite: Sendable {
    let context: RewriteContext
    let slices: [FileSlice]
    /// Among the groups of the plan.
    let number: Int
    let outputFileCount: Int
    let reading: SliceRows.Reading
    let clustering: Clustering

    func run() async throws -> GroupOutput {
        let files = ClusteredFiles(context, partition: slices[0].partition, group: number)
        do {
            let rows = SliceRows(slices, reading)
            try await rows.forEachBatch { try await files.append($0) }
            return GroupOutput(partition: slices[0].partition, rowsIn: rows.rowCount, files: try await files.finish())
        } catch {
            await files.abandon()
            throw error
        }
    }
}
