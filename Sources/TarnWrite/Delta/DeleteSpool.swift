import TarnAvro
import TarnBase
import TarnColumns
import TarnStorage

/// Keys that a log append deletes, kept until its rows are written: of one instant rows come first.
///
/// One owner; not for concurrent use.
final class DeleteSpool {
    /// Where a batch lies in the spool: its rows, behind the offsets of their ends.
    private var batches: [(start: Int64, rowCount: Int, rowBytes: Int)] = []
    private let bytes: SpilledBytes
    private let coder = RowCoder(schema: [Field("key", .string), Field("ordering", .int64)])
    private(set) var count: Int64 = 0

    init(memoryLimit: Int, scratch: ScratchSpace) { bytes = SpilledBytes(memoryLimit: memoryLimit, scratch: scratch) }

    /// - Parameter orderings: `.int64`, one a key, without nulls.
    func append(_ keys: Column, orderings: Column) throws {
        guard keys.count > 0 else { return }
        var encoded = ByteBuilder()
        let ends = coder.encode(RecordBatch(schema: coder.schema, columns: [keys, orderings], rowCount: keys.count), into: &encoded)
        let start = try ends.map { UInt32($0) }.withUnsafeBytes { try bytes.append($0) }
        _ = try encoded.withUnsafeBytes { try bytes.append($0) }
        batches.append((start, keys.count, encoded.count))
        count += Int64(keys.count)
    }

    /// Calls `body` with the batches in the order of their arrival.
    func forEachBatch(_ body: (_ keys: Column, _ orderings: Column) async throws -> Void) async throws {
        for batch in batches {
            let headBytes = 4 * (batch.rowCount + 1)
            let ends = try [UInt32](unsafeUninitializedCapacity: batch.rowCount + 1) { buffer, filled in
                if let base = buffer.baseAddress { try bytes.copy(batch.start..<(batch.start + Int64(headBytes)), to: base) }
                filled = batch.rowCount + 1
            }
            let first = batch.start + Int64(headBytes)
            let encoded = try Bytes(unsafeUninitializedCapacity: batch.rowBytes) { buffer in
                if let base = buffer.baseAddress { try bytes.copy(first..<(first + Int64(batch.rowBytes)), to: base) }
                return batch.rowBytes
            }
            let rows = try coder.decode(encoded, rows: (0..<batch.rowCount).map { Int(ends[$0])..<Int(ends[$0 + 1]) })
            try await body(rows.columns[0], rows.columns[1])
        }
    }
}
