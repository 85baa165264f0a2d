import TarnBase
import TarnColumns
import TarnStorage
import TarnTable

/// The record keys of a file while it is written: their range, and the keys themselves for the bloom filter, whose size is
/// only known with the last row.
final class KeySpool {
    /// Bytes a batch of keys takes in the spool, and its rows.
    private var batches: [(start: Int64, offsets: [UInt32])] = []
    private let bytes: SpilledBytes
    private let coder = RowCoder(schema: [Field(MetaFields.recordKey, .string)])
    private(set) var count = 0
    private var least: Bytes?
    private var greatest: Bytes?

    init(memoryLimit: Int, scratch: ScratchSpace) { bytes = SpilledBytes(memoryLimit: memoryLimit, scratch: scratch) }

    /// - Precondition: no key is null.
    func append(_ keys: Column) throws {
        guard keys.count > 0 else { return }
        count += keys.count
        if case (.text(let low), .text(let high))? = keys.minMax() {
            least = least.map { low.precedes($0) ? low.compacted() : $0 } ?? low.compacted()
            greatest = greatest.map { $0.precedes(high) ? high.compacted() : $0 } ?? high.compacted()
        }
        var encoded = ByteBuilder()
        let offsets = coder.encode(RecordBatch(schema: coder.schema, columns: [keys], rowCount: keys.count), into: &encoded)
        let start = try encoded.withUnsafeBytes { try bytes.append($0) }
        batches.append((start, offsets.map { UInt32($0) }))
    }

    /// The least and the greatest key, by their bytes; nil without rows.
    var range: (least: String, greatest: String)? {
        guard let least, let greatest else { return nil }
        return (least.printableText, greatest.printableText)
    }

    /// The filter over all keys, sized for them (hudi-format §4.5).
    func bloomFilter() throws -> RecordBloomFilter {
        var filter = RecordBloomFilter(entries: count)
        for (start, offsets) in batches {
            let total = Int(offsets[offsets.count - 1])
            let encoded = try Bytes(unsafeUninitializedCapacity: total) { buffer in
                if let base = buffer.baseAddress { try bytes.copy(start..<(start + Int64(total)), to: base) }
                return total
            }
            let rows = (0..<(offsets.count - 1)).map { Int(offsets[$0])..<Int(offsets[$0 + 1]) }
            filter.insert(try coder.decode(encoded, rows: rows).columns[0])
        }
        return filter
    }
}
