import TarnBase
import TarnColumns
import TarnTable

/// Finds keys that occur twice, by 128-bit hashes, in one or several passes over the key columns.
///
/// Pass p of n looks at the hashes whose low half leaves p when divided by n, so that a pass holds about 1/n of all keys.
struct KeyUniqueness {
    /// Where a key's hash was seen.
    struct Entry: BitwiseCopyable {
        let low: UInt64
        let high: UInt64
        let file: UInt32
        let row: UInt32
    }

    let passCount: Int
    private let hash: KeyHash
    private var entries: [Entry] = []

    /// - Parameter keyCount: Of all files together.
    init(keyCount: Int64, memory: ByteCount, hash: KeyHash) {
        self.hash = hash
        let perPass = max(1024, memory.bytes / Int64(MemoryLayout<Entry>.stride) * 3 / 4)
        passCount = Int(min((max(keyCount, 1) - 1) / perPass + 1, 1 << 20))
        // Grown step by step it would take twice the memory for a moment.
        entries.reserveCapacity(Int(min(keyCount, perPass + perPass / 8)))
    }

    /// Adds the keys of this pass.
    ///
    /// - Parameter keys: Flat; rows that are null are passed over.
    mutating func add(_ keys: Column, pass: Int, file: Int, firstRow: Int64) {
        let hashes = keys.hashKeys(hash)
        hashes.bytes.withValues(of: KeyHashes.Value.self) { values in
            for row in 0..<hashes.count {
                let value = values[row]
                guard value.low % UInt64(passCount) == UInt64(pass), value.low | value.high != 0 else { continue }
                entries.append(
                    Entry(low: value.low, high: value.high, file: UInt32(truncatingIfNeeded: file), row: UInt32(truncatingIfNeeded: firstRow + Int64(row))))
            }
        }
    }

    /// Two files (or one) that hold the same keys: how many, and where the first pair is.
    struct Duplicate {
        let first: Entry
        let second: Entry
        var count: Int
    }

    /// What the pass found, one entry for each pair of files; the pass begins anew.
    mutating func finishPass() -> [Duplicate] {
        entries.sort { ($0.low, $0.high, $0.file, $0.row) < ($1.low, $1.high, $1.file, $1.row) }
        struct Pair: Hashable {
            let first: UInt32
            let second: UInt32
        }
        var found: [Pair: Duplicate] = [:]
        var begin = 0
        for index in entries.indices.dropFirst() {
            guard entries[index].low == entries[begin].low, entries[index].high == entries[begin].high else {
                begin = index
                continue
            }
            let pair = Pair(first: entries[begin].file, second: entries[index].file)
            found[pair, default: Duplicate(first: entries[begin], second: entries[index], count: 0)].count += 1
        }
        entries.removeAll(keepingCapacity: true)
        return found.values.sorted { ($0.first.file, $0.second.file) < ($1.first.file, $1.second.file) }
    }
}
