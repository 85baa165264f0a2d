import TarnColumns

/// Numbers the distinct keys it is shown, by their 128-bit hashes: 0, 1, 2, ….
///
/// Two different keys with one hash, of which the chance is about n² / 2¹²⁹ for n keys, would count as one.
struct KeyTable {
    private(set) var hashes: [KeyHashes.Value] = []
    /// Open addressing: numbers plus one, 0 for free; a power of two, at most half full.
    private var slots: [UInt32] = Array(repeating: 0, count: 1024)

    var count: Int { hashes.count }
    var byteCount: Int { hashes.capacity * 16 + slots.count * 4 }

    /// The key's number; nil if it was not shown before.
    func number(of hash: KeyHashes.Value) -> Int? {
        let slot = slots[place(of: hash)]
        return slot == 0 ? nil : Int(slot) - 1
    }

    /// The key's number, a new one if it was not shown before.
    mutating func number(adding hash: KeyHashes.Value) -> Int {
        let place = place(of: hash)
        if slots[place] != 0 { return Int(slots[place]) - 1 }
        precondition(hashes.count < Int(UInt32.max) - 1, "more than 2^32 keys in one file slice")
        hashes.append(hash)
        slots[place] = UInt32(hashes.count)
        if hashes.count * 2 > slots.count { grow() }
        return hashes.count - 1
    }

    private func place(of hash: KeyHashes.Value) -> Int {
        let mask = slots.count &- 1
        var place = Int(truncatingIfNeeded: hash.low) & mask
        while slots[place] != 0, hashes[Int(slots[place]) &- 1] != hash { place = (place &+ 1) & mask }
        return place
    }

    private mutating func grow() {
        slots = Array(repeating: 0, count: slots.count * 2)
        for (number, hash) in hashes.enumerated() { slots[place(of: hash)] = UInt32(number + 1) }
    }
}
