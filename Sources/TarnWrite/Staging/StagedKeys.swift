import TarnBase
import TarnColumns

/// The record keys of staged changes: all of them while they fit, their range always.
///
/// One owner; not for concurrent use.
final class StagedKeys {
    private let memoryLimit: Int
    private var batches: [Column] = []
    private var byteCount = 0
    private var areAllHeld = true
    private var range: (least: Bytes, greatest: Bytes)?
    private var haveOneOrder = true

    init(memoryLimit: Int) { self.memoryLimit = memoryLimit }

    /// - Parameter keys: A string column without nulls.
    func append(_ keys: Column) {
        guard case (.text(let least), .text(let greatest))? = keys.minMax() else { return }
        widen(to: least)
        widen(to: greatest)
        haveOneOrder = haveOneOrder && !keys.hasTextOfTwoOrders
        guard areAllHeld else { return }
        let kept = keys.decoded().compacted()
        batches.append(kept)
        byteCount += kept.retainedByteCount
        // Sorting takes as much again.
        guard byteCount > memoryLimit / 2 else { return }
        areAllHeld = false
        batches = []
    }

    private func widen(to key: Bytes) {
        guard let (least, greatest) = range else {
            range = (key.compacted(), key.compacted())
            return
        }
        if key.precedes(least) { range = (key.compacted(), greatest) }
        if greatest.precedes(key) { range = (least, key.compacted()) }
    }

    /// What is to be looked for. Call once, last.
    func sought() -> SoughtKeys {
        defer { batches = [] }
        let keys = areAllHeld && !batches.isEmpty ? Column.concatenate(batches) : nil
        return SoughtKeys(keys: keys, range: haveOneOrder ? range : nil)
    }
}
