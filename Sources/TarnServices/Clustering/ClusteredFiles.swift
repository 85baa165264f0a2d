import TarnBase
import TarnColumns
import TarnTable
import TarnWrite

/// The new files of one group, one after the other. One owner.
final class ClusteredFiles {
    private let context: RewriteContext
    private let partition: PartitionPath
    private let group: Int
    /// A file with as many rows is full; nil: the size alone decides.
    private let rowsInFile: Int64?
    private var open: BaseFileWriter?
    private var written: [WrittenFile] = []

    init(_ context: RewriteContext, partition: PartitionPath, group: Int, rowsInFile: Int64? = nil) {
        self.context = context
        self.partition = partition
        self.group = group
        self.rowsInFile = rowsInFile
    }

    /// Rows with their meta fields, which stay but for the name of the file.
    func append(_ batch: RecordBatch) async throws {
        var rest = batch
        while rest.rowCount > 0 {
            let file = try await file()
            let room = rowsInFile.map { Int(min(Int64(rest.rowCount), max(1, $0 - file.rowCount))) } ?? rest.rowCount
            file.counts.inserted += Int64(room)
            try await file.append(try file.renamed(rest.slice(0..<room)))
            rest = rest.slice(room..<rest.rowCount)
            if isFull(file) { try await close() }
        }
    }

    func finish() async throws -> [WrittenFile] {
        try await close()
        return written
    }

    func abandon() async { await open?.abandon() }

    private func isFull(_ file: BaseFileWriter) -> Bool {
        if let rowsInFile, file.rowCount >= rowsInFile { return true }
        return file.estimatedBytes >= context.targetBytes / 2 * 3
    }

    private func file() async throws -> BaseFileWriter {
        if let open { return open }
        let name = BaseFileName(
            FileID(random: context.table.runtime.random), WriteToken(task: group, stage: written.count, attempt: 0), context.instant)
        let file = try await BaseFileWriter(context, FilePlace(partition: partition, name: name, replacing: nil, number: group))
        open = file
        return file
    }

    private func close() async throws {
        guard let file = open else { return }
        written.append(try await file.finish())
        open = nil
    }
}
