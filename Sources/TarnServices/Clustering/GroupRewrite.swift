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
    let reading: SliceParts.Reading
    let clustering: Clustering

    private var partition: PartitionPath { slices[0].partition }
    /// Files that are written at the same time out of memory.
    private static let width = 2

    func run() async throws -> GroupOutput {
        let parts = SliceParts(slices, reading)
        let files = clustering.sortColumns.isEmpty ? try await packed(parts) : try await sorted(parts)
        return GroupOutput(partition: partition, rowsIn: parts.rowCount, files: files, rowGroupsCopied: parts.copiedCount)
    }

    /// In the order in which they come.
    private func packed(_ parts: SliceParts) async throws -> [WrittenFile] {
        try await ClusteredFiles.writing(to: files(0)) { files in
            try await parts.forEach { part in
                switch part {
                case .rows(let batch): try await files.append(batch)
                case .copied(let rows): try await files.append(rows)
                }
            }
        }
    }

    private func sorted(_ rows: SliceParts) async throws -> [WrittenFile] {
        let sort = RowSort(clustering, schema: reading.columns, memory: reading.memory.bytes / 2, budget: context.budget, scratch: context.scratch)
        try await rows.forEach { part in
            guard case .rows(let batch) = part else { preconditionFailure("rows to be sorted are decoded") }
            try sort.add(batch)
        }
        let rowsInFile = max(1, (rows.rowCount + Int64(max(1, outputFileCount)) - 1) / Int64(max(1, outputFileCount)))
        switch try sort.finish() {
        case .inMemory(let blocks, let order): return try await write(blocks, order, rowsInFile: Int(rowsInFile))
        case .onDisk(let runs):
            return try await ClusteredFiles.writing(to: files(0, rowsInFile: rowsInFile)) { files in
                try await SortedRows.forEachBatch(runs) { try await files.append($0) }
            }
        }
    }

    /// Each file is a stretch of the order, so that several can be written at once.
    private func write(_ blocks: [RecordBatch], _ order: [RowReference], rowsInFile: Int) async throws -> [WrittenFile] {
        let starts = Array(stride(from: 0, to: order.count, by: rowsInFile))
        return try await withThrowingTaskGroup(of: (Int, [WrittenFile]).self) { tasks in
            var written: [Int: [WrittenFile]] = [:]
            var next = 0
            func addNext() {
                guard next < starts.count else { return }
                let (number, start) = (next, starts[next])
                next += 1
                tasks.addTask {
                    let files = try await ClusteredFiles.writing(to: files(number)) { files in
                        try await SortedRows.forEachBatch(blocks, order[start..<min(order.count, start + rowsInFile)]) { try await files.append($0) }
                    }
                    return (number, files)
                }
            }
            for _ in 0..<Self.width { addNext() }
            while let (number, files) = try await tasks.next() {
                written[number] = files
                addNext()
            }
            return starts.indices.flatMap { written[$0] ?? [] }
        }
    }

    private func files(_ stretch: Int, rowsInFile: Int64? = nil) -> ClusteredFiles.Place {
        ClusteredFiles.Place(context: context, partition: partition, group: number, stretch: stretch, rowsInFile: rowsInFile)
    }
}
