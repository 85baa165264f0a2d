import TarnBase
import TarnColumns

/// One of equal shares of all keys: what is merged at a time when a slice's logs hold more keys than memory.
///
/// Which share a key is in depends on the key alone, so that the same slice always comes out in the same order.
struct KeyPart: Hashable {
    /// A power of two.
    let count: Int
    let number: Int

    static let whole = KeyPart(count: 1, number: 0)
    /// Beyond it the keys are made to collide, or no memory is given at all.
    private static let maximumCount = 4096
    private static let hash = KeyHash(seed: 0)

    var isWhole: Bool { count == 1 }

    /// The two halves; nil when there are too many parts already.
    var halves: [KeyPart]? {
        guard count < Self.maximumCount else { return nil }
        return [KeyPart(count: count * 2, number: number), KeyPart(count: count * 2, number: number + count)]
    }

    /// Which of the keys are in it; null keys are in the first.
    func contains(_ keys: Column) -> Bitmap {
        let hashes = keys.hashKeys(Self.hash)
        let mask = UInt64(count - 1)
        let wanted = UInt64(number)
        return hashes.bytes.withValues(of: KeyHashes.Value.self) { hashes in
            Bitmap.make(hashes.count) { hashes[$0].high & mask == wanted }
        }
    }

    /// The rows of its keys.
    ///
    /// - Parameter batch: Rows with the column of the record key.
    func rows(of batch: RecordBatch) -> RecordBatch {
        guard !isWhole, let keys = batch[MetaFields.recordKey] else { return batch }
        return batch.filter(contains(keys))
    }
}
