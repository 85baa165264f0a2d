import TarnTable
import TarnWrite

/// What came of one group of a clustering.
struct GroupOutput: Sendable {
    let partition: PartitionPath
    /// Rows that the slices have: by the footers, where there are no logs to merge.
    let rowsIn: Int64
    let files: [WrittenFile]
    let rowGroupsCopied: Int

    /// - Throws: ``TableError`` `libraryFault` unless as many rows come out as went in.
    func checkRows() throws(TableError) {
        let rowsOut = files.reduce(0) { $0 + $1.rowCount }
        guard rowsIn == rowsOut else {
            throw TableError(.libraryFault, "clustering '\(partition)' would make \(rowsOut) rows of \(rowsIn); nothing was committed")
        }
    }
}
