import TarnBase
import TarnColumns
import TarnParquet
import TarnStorage
import TarnTable
import TarnWrite

/// What slices hold, with their meta fields.
enum SlicePart: Sendable {
    /// Decoded.
    case rows(RecordBatch)
    /// A row group of a base file.
    case copied(CopiedRows)
}

/// The parts of slices, one slice after the other. Small files are fetched and decoded ahead, so that neither the store's
/// latency nor decoding is waited for. One owner.
final class SliceParts {
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
        /// nil: all rows are decoded.
        let copying: RowGroupCopying?
        private let merging: FileSliceReader?

        /// - Throws: ``TableError`` `unsupported` for a merge-on-read table whose way of merging is not known.
        init(_ ground: WriteGround, _ clustering: Clustering, memory: ByteCount, scratch: ScratchSpace, budget: MemoryBudget) throws {
            table = ground.table
            self.memory = memory
            columns = ground.schema.fileColumns
            aheadBytes = memory.bytes / 8
            plan = MemoryPlan(memory)
            let (least, most) = (clustering.smallRowGroupLimit.bytes, Int64(plan.fetch))
            copying = clustering.sortColumns.isEmpty && least <= most ? try RowGroupCopying(into: ground.schema, bytes: least...most) : nil
            wholeFileBytes = min(8 << 20, aheadBytes / SliceParts.decodedSize)
            merging =
                ground.properties.type == .mergeOnRead
                ? try FileSliceReader(
                    ground.table, schema: columns, of: ground.schema.columns, rule: MergeRule(ground.properties),
                    visibility: LogVisibility(ground.timeline),
                    memory: MergeMemory(logs: ByteCount(max(1, memory.bytes / 4)), window: plan.window, scratch: scratch, budget: budget)) : nil
        }

        fileprivate func parts(of file: BaseFile) async throws -> BaseFileParts {
            BaseFileParts(try await .open(file, of: table, fetch: plan.fetch), at: file.path(in: table), columns: columns, copying: copying)
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

    /// Row groups that were not decoded.
    private(set) var copiedCount = 0

    /// - Throws: ``TableError`` `corrupt` with the path; whatever `body` throws.
    func forEach(_ body: (SlicePart) async throws -> Void) async throws {
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
                for part in whole.parts { try await give(part, to: body) }
                aheadBytes -= file.size * Self.decodedSize
            }
        }
    }

    private func give(_ part: SlicePart, to body: (SlicePart) async throws -> Void) async throws {
        if case .copied = part { copiedCount += 1 }
        try await body(part)
    }

    /// The slice's one file, if it is small.
    private func wholeFile(_ slice: FileSlice) -> BaseFile? {
        guard slice.logFiles.isEmpty, let file = slice.baseFile, file.size <= reading.wholeFileBytes else { return nil }
        return file
    }

    private func stream(_ slice: FileSlice, _ body: (SlicePart) async throws -> Void) async throws {
        if slice.logFiles.isEmpty, let file = slice.baseFile {
            let parts = try await reading.parts(of: file)
            rowCount += parts.rowCount
            while let part = try await parts.next() { try await give(part, to: body) }
        } else {
            for try await batch in try reading.merged(slice) {
                rowCount += Int64(batch.rowCount)
                try await body(.rows(batch))
            }
        }
    }

    /// The parts of a small file.
    private struct Whole: Sendable {
        let rowCount: Int64
        let parts: [SlicePart]

        init(_ file: BaseFile, _ reading: Reading) async throws {
            let file = try await reading.parts(of: file)
            var parts: [SlicePart] = []
            while let part = try await file.next() { parts.append(part) }
            rowCount = file.rowCount
            self.parts = parts
        }
    }
}
