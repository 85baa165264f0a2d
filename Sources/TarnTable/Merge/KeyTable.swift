import TarnBase
import TarnColumns

/// Numbers the distinct keys it is shown, by their 128-bit hashes: 0, 1, 2, ….
///
/// Two different keys with one hash, of which the chance is about n² / 2¹²⁹ for n keys, would count as one.
struct KeyTable {
    /// What ``numbers(of:)`` says of a key that was not shown.
    static let none = UInt32.max

    private var hashes: [KeyHashes.Value] = []
    /// Open addressing: numbers plus one, 0 for free; a power of two, at most half full.
    private var slots: [UInt32] = Array(repeating: 0, count: 1024)

    var count: Int { hashes.count }
    /// By counts, not by capacities: what follows from it must not depend on the allocator.
    var byteCount: Int { KeyTable.roundedUp(hashes.count) * 16 + slots.count * 4 }

    /// The same with `more` further keys, while the arrays grow for them: old and new are there together.
    func byteCount(adding more: Int) -> Int {
        let (now, then) = (KeyTable.roundedUp(hashes.count), KeyTable.roundedUp(hashes.count + more))
        return then * 16 + (then > now ? now * 16 : 0) + max(slots.count, KeyTable.roundedUp((hashes.count + more) * 2)) * 4
    }

    /// Elements for which an array that doubles has room when it holds `count`.
    static func roundedUp(_ count: Int) -> Int { count <= 1 ? count : 1 << (Int.bitWidth - (count - 1).leadingZeroBitCount) }

    /// The keys' numbers; ``none`` for those that were not shown before.
    func numbers(of wanted: KeyHashes) -> [UInt32] {
        [UInt32](unsafeUninitializedCapacity: wanted.count) { numbers, filled in
            hashes.withUnsafeBufferPointer { known in
                slots.withUnsafeBufferPointer { slots in
                    wanted.bytes.withValues(of: KeyHashes.Value.self) { wanted in
                        for row in 0..<wanted.count {
                            // 0 for a free slot becomes `none`.
                            (numbers.baseAddress! + row).initialize(to: slots[Self.place(of: wanted[row], slots, known)] &- 1)
                        }
                    }
                }
            }
            filled = wanted.count
        }
    }

    /// The keys' numbers, new ones for those that were not shown before.
    mutating func numbers(adding wanted: KeyHashes) -> [UInt32] {
        precondition(hashes.count + wanted.count < Int(UInt32.max) - 1, "more than 2^32 keys in one file slice")
        reserve(wanted.count)
        var numbers = [UInt32](repeating: 0, count: wanted.count)
        wanted.bytes.withValues(of: KeyHashes.Value.self) { wanted in
            for row in 0..<wanted.count {
                let place = hashes.withUnsafeBufferPointer { known in
                    slots.withUnsafeBufferPointer { Self.place(of: wanted[row], $0, known) }
                }
                if slots[place] == 0 {
                    hashes.append(wanted[row])
                    slots[place] = UInt32(hashes.count)
                }
                numbers[row] = slots[place] - 1
            }
        }
        return numbers
    }

    /// The slot of the key, or the free one where it would go.
    @inline(__always)
    private static func place(
        of hash: KeyHashes.Value, _ slots: UnsafeBufferPointer<UInt32>, _ known: UnsafeBufferPointer<KeyHashes.Value>
    ) -> Int {
        let mask = slots.count &- 1
        var place = Int(truncatingIfNeeded: hash.low) & mask
        while slots[place] != 0, known[Int(slots[place]) &- 1] != hash { place = (place &+ 1) & mask }
        return place
    }

    private mutating func reserve(_ more: Int) {
        let wanted = (hashes.count + more) * 2
        guard wanted > slots.count else { return }
        var size = slots.count
        while size < wanted { size *= 2 }
        slots = []
        slots = Array(repeating: 0, count: size)
        slots.withUnsafeMutableBufferPointer { slots in
            let mask = size &- 1
            for (number, hash) in hashes.enumerated() {
                var place = Int(truncatingIfNeeded: hash.low) & mask
                while slots[place] != 0 { place = (place &+ 1) & mask }
                slots[place] = UInt32(number + 1)
            }
        }
    }
}
