import TarnBase
import TarnColumns
import TarnParquet
import TarnStorage
import TarnTable
import TarnWrite

/// The rows of slices, one slice after the other, with their meta fields. Small files are fetched and decoded ahead, so that
/// neither the store's latency nor decoding is waited for. One owner.
final class SliceRows {
    /// How slices are read.
    struct Reading: Sendable {
        let table: TableHandle
        /// Meta fields in front.
        let columns: Schema
        /// What decoded rows that are not yet asked for may take.
        let aheadBytes: Int64
        /// Files up to this size are decoded ahead.
        let wholeFileBytes: Int64
        let memory: ByteCount
        let plan: MemoryPlan
        private let merging: FileSliceReader?

        /// - Throws: ``TableError`` `unsupported` for a merge-on-read table whose way of merging is not known.
        init(_ ground: WriteGround, memory: ByteCount, scratch: ScratchSpace) throws {
            table = ground.table
            self.memory = memory
            columns = ground.schema.fileColumns
            aheadBytes = memory.bytes / 8
            plan = MemoryPlan(memory)
            wholeFileBytes = min(8 << 20, aheadBytes / SliceRows.decodedSize)
            merging =
                ground.properties.type == .mergeOnRead
                ? try FileSliceReader(
                    ground.table, schema: columns, of: ground.schema.columns, rule: MergeRule(ground.properties),
                    visibility: LogVisibility(ground.timeline),
                    memory: MergeMemory(logs: ByteCount(max(1, memory.bytes / 4)), window: plan.window, scratch: scratch)) : nil
        }

        fileprivate func open(_ file: BaseFile) async throws -> BaseFileScan {
            try await .open(file, of: table, fetch: plan.fetch)
        }

        fileprivate func merged(_ slice: FileSlice) throws(TableError) -> FileSliceReader.Rows {
            guard let merging else { throw TableError(.unsupported, "log files in a copy-on-write table: \(slice.logFiles.first?.relativePath ?? "")") }
            return merging.rows(of: slice)
        }
    }

    /// How many times its size a file takes when it is decoded, at a guess.
    fileprivate static let decodedSize: Int64 = 6
    private static let requestLimit = 16

    private let slices: [FileSlice]
    private let reading: Reading
    /// Rows so far: what the footers say, or what merging gave.
    private(set) var rowCount: Int64 = 0

    init(_ slices: [FileSlice], _ reading: Reading) {
        self.slices = slices
        self.reading = reading
    }

    /// - Throws: ``TableError`` `corrupt` with the path; whatever `body` throws.
    func forEachBatch(_ body: (RecordBatch) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: (Int, Whole).self) { tasks in
            var ready: [Int: Whole] = [:]
            var next = 0
            var aheadBytes: Int64 = 0
            for (number, slice) in slices.enumerated() {
                next = max(next, number)
                while next < slices.count, next - number < Self.requestLimit, next == number || aheadBytes < reading.aheadBytes {
                    if let file = wholeFile(slices[next]) {
                        aheadBytes += file.size * Self.decodedSize
                        tasks.addTask { [next, reading] in (next, try await Whole(file, reading)) }
                    }
                    next += 1
                }
                guard let file = wholeFile(slice) else {
                    try await stream(slice, body)
                    continue
                }
                while ready[number] == nil, let (index, whole) = try await tasks.next() { ready[index] = whole }
                guard let whole = ready.removeValue(forKey: number) else { preconditionFailure("a file that nobody reads") }
                rowCount += whole.rowCount
                for batch in whole.batches { try await body(batch) }
                aheadBytes -= file.size * Self.decodedSize
            }
        }
    }

    /// The slice's one file, if it is small.
    private func wholeFile(_ slice: FileSlice) -> BaseFile? {
        guard slice.logFiles.isEmpty, let file = slice.baseFile, file.size <= reading.wholeFileBytes else { return nil }
        return file
    }

    private func stream(_ slice: FileSlice, _ body: (RecordBatch) async throws -> Void) async throws {
        if slice.logFiles.isEmpty, let file = slice.baseFile {
            let scan = try await reading.open(file)
            rowCount += scan.metadata.rowCount
            while let rows = try await scan.next() { try await body(try adapted(rows.rows, file)) }
        } else {
            for try await batch in try reading.merged(slice) {
                rowCount += Int64(batch.rowCount)
                try await body(batch)
            }
        }
    }

    private func adapted(_ batch: RecordBatch, _ file: BaseFile) throws -> RecordBatch {
        do { return try batch.adapted(to: reading.columns) } catch { throw TableError(error, at: file.path(in: reading.table)) }
    }

    /// A small file, decoded.
    private struct Whole: Sendable {
        let rowCount: Int64
        let batches: [RecordBatch]

        init(_ file: BaseFile, _ reading: Reading) async throws {
            let scan = try await reading.open(file)
            var batches: [RecordBatch] = []
            do {
                while let rows = try await scan.next() { batches.append(try rows.rows.adapted(to: reading.columns)) }
            } catch {
                throw TableError(error, at: file.path(in: reading.table))
            }
            rowCount = scan.metadata.rowCount
            self.batches = batches
        }
    }
}
