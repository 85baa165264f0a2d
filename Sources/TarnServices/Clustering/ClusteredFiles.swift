import TarnBase
import TarnColumns
import TarnTable
import TarnWrite

/// New files of one group, one after the other. One owner.
final class ClusteredFiles {
    /// Where they go, and when one is full.
    struct Place: Sendable {
        let context: RewriteContext
        let partition: PartitionPath
        /// Among the groups of the plan, and the files' part of it.
        let group: Int
        let stretch: Int
        /// A file with as many rows is full; nil: the size alone decides.
        let rowsInFile: Int64?
    }

    private let place: Place
    private var open: BaseFileWriter?
    private var written: [WrittenFile] = []

    /// Writes what `body` appends; when it throws, nothing of the last file appears.
    static func writing(to place: Place, _ body: (ClusteredFiles) async throws -> Void) async throws -> [WrittenFile] {
        let files = ClusteredFiles(place)
        do {
            try await body(files)
            try await files.close()
        } catch {
            await files.open?.abandon()
            throw error
        }
        return files.written
    }

    private init(_ place: Place) { self.place = place }

    /// Rows with their meta fields, which stay but for the name of the file. Other columns than the table's are dropped.
    func append(_ batch: RecordBatch) async throws {
        var rest = batch
        while rest.rowCount > 0 {
            let file = try await file()
            let room = place.rowsInFile.map { Int(min(Int64(rest.rowCount), max(1, $0 - file.rowCount))) } ?? rest.rowCount
            file.counts.inserted += Int64(room)
            try await file.append(try file.renamed(rest.slice(0..<room)))
            rest = rest.slice(room..<rest.rowCount)
            if isFull(file) { try await close() }
        }
    }

    func append(_ rows: CopiedRows) async throws {
        let file = try await file()
        file.counts.inserted += Int64(rows.rowCount)
        try await file.append(rows)
        if isFull(file) { try await close() }
    }

    private func isFull(_ file: BaseFileWriter) -> Bool {
        if let rows = place.rowsInFile, file.rowCount >= rows { return true }
        return file.estimatedBytes >= place.context.targetBytes / 2 * 3
    }

    private func file() async throws -> BaseFileWriter {
        if let open { return open }
        let context = place.context
        let name = BaseFileName(
            FileID(random: context.table.runtime.random), WriteToken(task: place.group, stage: place.stretch, attempt: written.count), context.instant)
        let file = try await BaseFileWriter(context, FilePlace(partition: place.partition, name: name, replacing: nil, number: place.group))
        open = file
        return file
    }

    private func close() async throws {
        guard let file = open else { return }
        written.append(try await file.finish())
        open = nil
    }
}
