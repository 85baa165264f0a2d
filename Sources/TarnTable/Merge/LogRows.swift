import TarnBase
import TarnColumns
import TarnStorage

/// Rows of a slice's logs, chunk by chunk as they came: in memory, or encoded in a scratch file.
///
/// A row is known by its chunk and its place in it. Rows that were superseded stay until ``LogRows`` is told which are live.
struct LogRows {
    private enum Content {
        case memory(RecordBatch)
        /// Where the first row begins in the file, and where each row ends, counted from there.
        case spilled(start: Int64, ends: [UInt32])
    }

    private struct Chunk {
        var content: Content
        /// The number of each row's key.
        let keys: [UInt32]
        /// nil where records have no order, or one of numbers, which the log keeps by key.
        var ordering: OrderingColumn?
        var memoryBytes: Int
    }

    private let coder: RowCoder
    private let orderingField: String?
    private let scratch: ScratchSpace
    private var file: ScratchFile?
    private var chunks: [Chunk] = []
    private(set) var rowCount = 0
    /// Of the rows in memory, and of what is kept for those that are not.
    private(set) var byteCount = 0

    /// Chunks of the scratch file are at most so long: their rows' ends are 32 bits.
    private static let chunkBytes = 256 << 20
    private static let chunkRows = 8192

    init(schema: Schema, orderingField: String?, scratch: ScratchSpace) {
        coder = RowCoder(schema: schema)
        self.orderingField = orderingField
        self.scratch = scratch
    }

    var isSpilled: Bool { file != nil }
    /// The number of the chunk that ``append(_:keys:)`` adds next.
    var nextChunk: Int { chunks.count }

    func ordering(of row: RowReference) -> OrderingColumn? { chunks[Int(row.batch)].ordering }

    // MARK: Filling

    /// - Parameter keys: The number of each row's key.
    mutating func append(_ batch: RecordBatch, keys: [UInt32]) throws(TableError) {
        precondition(batch.rowCount == keys.count)
        let chunk = Chunk(
            content: .memory(batch), keys: keys, ordering: try ordering(of: batch), memoryBytes: batch.retainedByteCount + keys.count * 4)
        try add(isSpilled ? try spilled(chunk) : chunk)
    }

    private func ordering(of batch: RecordBatch) throws(TableError) -> OrderingColumn? {
        guard let field = orderingField, let values = batch[field] else { return nil }
        return try OrderingColumn(values, field: field)
    }

    private mutating func add(_ chunk: Chunk) throws(TableError) {
        chunks.append(chunk)
        byteCount += chunk.memoryBytes
        rowCount += chunk.keys.count
    }

    /// Moves all rows to the scratch file, and all that follow.
    mutating func spill() throws(TableError) {
        guard !isSpilled else { return }
        do { file = try scratch.makeFile() } catch { throw TableError(error) }
        let held = chunks
        chunks = []
        (byteCount, rowCount) = (0, 0)
        for chunk in held { try add(try spilled(chunk)) }
    }

    /// The chunk with its rows in the file; what is needed to compare them stays.
    private func spilled(_ chunk: Chunk) throws(TableError) -> Chunk {
        guard case .memory(let batch) = chunk.content, let file else { return chunk }
        var encoded = ByteBuilder()
        let offsets = coder.encode(batch, into: &encoded)
        let total = offsets[batch.rowCount]
        guard total <= Self.chunkBytes else { throw TableError(.unsupported, "log records of \(ByteCount(total)) in \(batch.rowCount) rows") }
        var spilled = chunk
        do {
            let start = try file.append(encoded.finish())
            spilled.content = .spilled(start: start, ends: offsets.dropFirst().map { UInt32($0) })
        } catch {
            throw TableError(error)
        }
        spilled.memoryBytes = batch.rowCount * 8
        if let field = orderingField, let values = batch[field]?.compacted() {
            spilled.ordering = try OrderingColumn(values, field: field)
            spilled.memoryBytes += values.retainedByteCount
        }
        return spilled
    }

    // MARK: Dropping

    /// Keeps only the rows that are the state of their key, and writes down their new places.
    mutating func dropSuperseded(_ states: inout [RowReference]) throws(TableError) {
        var old = chunks
        let oldFile = file
        chunks = []
        (byteCount, rowCount) = (0, 0)
        if file != nil {
            do { file = try scratch.makeFile() } catch { throw TableError(error) }
        }
        // Short chunks are put together, so that what is left is not in ever more pieces.
        var kept: [RowReference] = []
        var keys: [UInt32] = []
        var firstHeld = 0
        for number in old.indices {
            for (row, key) in old[number].keys.enumerated() {
                let here = RowReference(batch: UInt32(number), row: UInt32(row))
                guard states[Int(key)] == here else { continue }
                kept.append(here)
                keys.append(key)
            }
            guard kept.count >= Self.chunkRows || number == old.count - 1, !kept.isEmpty else { continue }
            let batch = try Self.rows(kept, of: old, in: oldFile, coder).compacted()
            for (row, key) in keys.enumerated() { states[Int(key)] = RowReference(batch: UInt32(chunks.count), row: UInt32(row)) }
            try append(batch, keys: keys)
            kept.removeAll(keepingCapacity: true)
            keys.removeAll(keepingCapacity: true)
            for done in firstHeld...number { old[done].content = .spilled(start: 0, ends: []) }
            firstHeld = number + 1
        }
    }

    // MARK: Use

    /// Rows of `stored`, whose references have the batch ``stored``, and rows of the logs, in the order of the references.
    func interleave(_ stored: RecordBatch?, _ rows: [RowReference]) throws(TableError) -> RecordBatch {
        try Self.rows(rows, of: chunks, in: file, coder, beside: stored)
    }

    /// In a reference: a row of the base file.
    static let stored = UInt32.max

    private static func rows(
        _ rows: [RowReference], of chunks: [Chunk], in file: ScratchFile?, _ coder: RowCoder, beside stored: RecordBatch? = nil
    ) throws(TableError) -> RecordBatch {
        guard let file else {
            var batches: [RecordBatch] = []
            var numbers = [UInt32](repeating: .max, count: chunks.count)
            if let stored { batches.append(stored) }
            let references = rows.map { row in
                guard row.batch != Self.stored else { return RowReference(batch: 0, row: row.row) }
                if numbers[Int(row.batch)] == .max, case .memory(let batch) = chunks[Int(row.batch)].content {
                    numbers[Int(row.batch)] = UInt32(batches.count)
                    batches.append(batch)
                }
                return RowReference(batch: numbers[Int(row.batch)], row: row.row)
            }
            return .interleave(batches, references)
        }
        let logged = try read(rows.filter { $0.batch != Self.stored }, of: chunks, in: file, coder)
        guard let stored else { return logged }
        var next: UInt32 = 0
        let references = rows.map { row in
            guard row.batch != Self.stored else { return RowReference(batch: 0, row: row.row) }
            defer { next += 1 }
            return RowReference(batch: 1, row: next)
        }
        return .interleave([stored, logged], references)
    }

    private static func read(
        _ rows: [RowReference], of chunks: [Chunk], in file: ScratchFile, _ coder: RowCoder
    ) throws(TableError) -> RecordBatch {
        var ranges: [Range<Int64>] = []
        var places: [Range<Int>] = []
        ranges.reserveCapacity(rows.count)
        places.reserveCapacity(rows.count)
        var total = 0
        for row in rows {
            guard case .spilled(let start, let ends) = chunks[Int(row.batch)].content else { preconditionFailure("a spilled log has all rows in its file") }
            let first = row.row == 0 ? 0 : Int64(ends[Int(row.row) - 1])
            let length = Int(Int64(ends[Int(row.row)]) - first)
            ranges.append((start + first)..<(start + first + Int64(length)))
            places.append(total..<(total + length))
            total += length
        }
        do {
            let bytes = try Bytes(unsafeUninitializedCapacity: total) { buffer in
                try file.read(ranges, into: buffer)
                return total
            }
            return try coder.decode(bytes, rows: places)
        } catch {
            throw TableError(error)
        }
    }
}
