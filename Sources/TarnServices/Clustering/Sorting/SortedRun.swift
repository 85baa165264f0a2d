import TarnBase
import TarnColumns
import TarnStorage

/// Rows in ascending order of their keys, in a scratch file.
struct SortedRun: Sendable {
    private struct Chunk: Sendable {
        let start: Int64
        let byteCount: Int
        let rowCount: Int
    }

    private let coder: RowCoder
    private let file: ScratchFile
    private let chunks: [Chunk]

    var chunkCount: Int { chunks.count }

    func chunk(_ number: Int) throws -> RecordBatch {
        let chunk = chunks[number]
        return try coder.decode(chunk: try file.read(chunk.start..<chunk.start + Int64(chunk.byteCount)), rowCount: chunk.rowCount)
    }

    /// Appends rows that are in order. One owner.
    final class Writer {
        let rowsInChunk: Int
        private let coder: RowCoder
        private let file: ScratchFile
        private var chunks: [Chunk] = []

        init(_ coder: RowCoder, rowsInChunk: Int, in scratch: ScratchSpace) throws {
            self.coder = coder
            self.rowsInChunk = rowsInChunk
            file = try scratch.makeFile(bufferBytes: 0)
        }

        /// One chunk.
        func append(_ batch: RecordBatch) throws {
            let bytes = coder.chunk(batch)
            chunks.append(Chunk(start: try file.append(bytes), byteCount: bytes.count, rowCount: batch.rowCount))
        }

        func finish() throws -> SortedRun {
            try file.flush()
            return SortedRun(coder: coder, file: file, chunks: chunks)
        }
    }
}

/// Several runs as one. One owner.
struct RunMerge {
    private let runs: [SortedRun]
    private let rowsInBatch: Int
    private var nextChunk: [Int]
    private var merge: KeyMerge
    /// What references point into.
    private var live: [RecordBatch] = []

    init(_ runs: [SortedRun], rowsInBatch: Int) {
        self.runs = runs
        self.rowsInBatch = rowsInBatch
        nextChunk = Array(repeating: 0, count: runs.count)
        merge = KeyMerge(runs: runs.count)
    }

    /// The next rows in order, with their keys; nil at the end.
    mutating func next() throws -> RecordBatch? {
        var rows: [RowReference] = []
        rows.reserveCapacity(rowsInBatch)
        while true {
            switch merge.next(into: &rows, limit: rowsInBatch) {
            case .needs(let run):
                guard nextChunk[run] < runs[run].chunkCount else {
                    merge.end(run: run)
                    continue
                }
                let chunk = try runs[run].chunk(nextChunk[run])
                nextChunk[run] += 1
                live.append(chunk)
                merge.supply(chunk.columns[chunk.columns.count - 1], batch: UInt32(live.count - 1), to: run)
            case .full:
                let batch = RecordBatch.interleave(live, rows)
                live = merge.renumber().map { live[Int($0)] }
                return batch
            case .done:
                if rows.isEmpty { return nil }
                return RecordBatch.interleave(live, rows)
            }
        }
    }
}
