import TarnBase
import TarnColumns
import TarnStorage
import TarnTable

/// The record keys of a file while it is written: their range, and the keys themselves for the bloom filter, whose size is
/// only known with the last row.
final class KeySpool {
    /// Where a batch of keys lies in the spool.
    private var batches: [(range: Range<Int64>, count: Int)] = []
    private let bytes: SpilledBytes
    private let coder = RowCoder(schema: [Field(MetaFields.recordKey, .string)])
    private(set) var count = 0
    private var least: Bytes?
    private var greatest: Bytes?

    init(memoryLimit: Int, scratch: ScratchSpace) { bytes = SpilledBytes(memoryLimit: memoryLimit, scratch: scratch) }

    var heldByteCount: Int { bytes.memoryByteCount + batches.count * 24 }

    /// - Precondition: no key is null.
    func append(_ keys: Column) throws {
        guard keys.count > 0 else { return }
        count += keys.count
        if case (.text(let low), .text(let high))? = keys.minMax() {
            least = least.map { low.precedes($0) ? low.compacted() : $0 } ?? low.compacted()
            greatest = greatest.map { $0.precedes(high) ? high.compacted() : $0 } ?? high.compacted()
        }
        let chunk = coder.chunk(RecordBatch(schema: coder.schema, columns: [keys], rowCount: keys.count))
        let start = try chunk.withUnsafeBytes { try bytes.append($0) }
        batches.append((start..<start + Int64(chunk.count), keys.count))
    }

    /// The least and the greatest key, by their bytes; nil without rows.
    var range: (least: String, greatest: String)? {
        guard let least, let greatest else { return nil }
        return (least.printableText, greatest.printableText)
    }

    /// The filter over all keys, sized for them (hudi-format §4.5).
    func bloomFilter() throws -> RecordBloomFilter {
        var filter = RecordBloomFilter(entries: count)
        for (range, count) in batches {
            let chunk = try Bytes(unsafeUninitializedCapacity: range.count) { buffer in
                if let base = buffer.baseAddress { try bytes.copy(range, to: base) }
                return range.count
            }
            filter.insert(try coder.decode(chunk: chunk, rowCount: count).columns[0])
        }
        return filter
    }
}
