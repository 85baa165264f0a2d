import TarnBase
import TarnColumns
import TarnStorage

/// Puts rows in order, however many: in memory, in sorted runs on scratch files when they do not fit.
///
/// Add all, then `finish`. Rows with equal keys keep their order along a linear order. One owner.
final class RowSort {
    private let columns: [String]
    private let curve: SpaceFillingCurve?
    private let coder: RowCoder
    private let memoryLimit: Int
    private let scratch: ScratchSpace
    private var scale: CurveScale?
    /// Small batches that wait to be one block.
    private var loose: [RecordBatch] = []
    private var looseRowCount = 0
    private var blocks: [RecordBatch] = []
    private var heldBytes = 0 { didSet { hold.update(to: heldBytes) } }
    private let hold: MemoryHold
    private var runs: [SortedRun] = []

    private let blockRows: Int
    /// Runs beyond this are merged into one before more are made.
    private static let runLimit = 32
    /// What sorting takes beside the rows: order, references, and the key if it is not yet made.
    private static let rowOverhead = 64

    /// - Parameters:
    ///   - memory: For the rows held, their keys, and what sorting takes.
    ///   - budget: Where that is counted.
    init(_ clustering: Clustering, schema: Schema, memory: Int64, budget: MemoryBudget, scratch: ScratchSpace) {
        hold = MemoryHold(budget)
        columns = clustering.sortColumns
        curve = clustering.sortColumns.count > 1 ? clustering.curve.spaceFilling : nil
        coder = RowCoder(schema: Schema(schema.fields + [Field(Self.keyName, .binary)]))
        memoryLimit = Int(clamping: memory)
        blockRows = min(16_384, max(256, memoryLimit / 4096))
        self.scratch = scratch
    }

    /// The sort key is the last column of blocks and runs.
    private static let keyName = " key"

    func add(_ batch: RecordBatch) throws {
        guard batch.rowCount > 0 else { return }
        loose.append(batch)
        looseRowCount += batch.rowCount
        if looseRowCount >= blockRows { try closeBlock() }
    }

    func finish() throws -> SortedRows {
        try closeBlock()
        if runs.isEmpty { return .inMemory(blocks: keyed(), order: order()) }
        if !blocks.isEmpty { try spill() }
        return .onDisk(runs)
    }

    private func closeBlock() throws {
        guard looseRowCount > 0 else { return }
        var block = RecordBatch.concatenate(loose).compacted()
        loose = []
        looseRowCount = 0
        // Of a curve the keys are made when there are rows enough to tell the scale.
        if curve == nil { block = withKey(block, block.sortKeys(by: columns)) }
        heldBytes += block.retainedByteCount + block.rowCount * Self.rowOverhead
        blocks.append(block)
        if heldBytes > memoryLimit { try spill() }
    }

    private func withKey(_ batch: RecordBatch, _ key: Column) -> RecordBatch {
        RecordBatch(schema: coder.schema, columns: batch.columns + [key], rowCount: batch.rowCount)
    }

    private func keyed() -> [RecordBatch] {
        guard let curve, !blocks.isEmpty else { return blocks }
        let scale = self.scale ?? CurveScale(columns, sample: sample())
        self.scale = scale
        blocks = blocks.map { $0.columns.count == coder.schema.fields.count ? $0 : withKey($0, scale.keys(of: $0, along: curve)) }
        return blocks
    }

    /// Some rows of every block, in the sort columns alone.
    private func sample() -> RecordBatch {
        let step = max(1, blocks.count / 8)
        return RecordBatch.concatenate(stride(from: 0, to: blocks.count, by: step).compactMap { blocks[$0].selecting(columns) })
    }

    private func order() -> [RowReference] {
        let blocks = keyed()
        guard !blocks.isEmpty else { return [] }
        let keys = Column.concatenate(blocks.map { $0.columns[$0.columns.count - 1] })
        return RowReference.references(to: keys.sortOrder(), in: blocks.map(\.rowCount))
    }

    private func spill() throws {
        let order = order()
        let blocks = self.blocks
        let rowBytes = max(1, heldBytes / max(1, order.count))
        let writer = try SortedRun.Writer(coder, rowsInChunk: chunkRows(rowBytes), in: scratch)
        var start = 0
        while start < order.count {
            let end = min(order.count, start + writer.rowsInChunk)
            try writer.append(RecordBatch.interleave(blocks, Array(order[start..<end])))
            start = end
        }
        runs.append(try writer.finish())
        self.blocks = []
        heldBytes = 0
        if runs.count == Self.runLimit { try mergeRuns(rowBytes) }
    }

    private func mergeRuns(_ rowBytes: Int) throws {
        let writer = try SortedRun.Writer(coder, rowsInChunk: chunkRows(rowBytes), in: scratch)
        var merge = RunMerge(runs, rowsInBatch: writer.rowsInChunk)
        while let batch = try merge.next() { try writer.append(batch) }
        runs = [try writer.finish()]
    }

    /// While runs are merged, two chunks of each may be in memory.
    private func chunkRows(_ rowBytes: Int) -> Int { min(8192, max(64, memoryLimit / (2 * Self.runLimit * rowBytes))) }
}

extension Clustering.Curve {
    fileprivate var spaceFilling: SpaceFillingCurve? {
        switch self {
        case .linear: nil
        case .zorder: .zorder
        case .hilbert: .hilbert
        }
    }
}
