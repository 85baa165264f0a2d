import TarnBase

/// The hash table of a dictionary: from a hash to the code of the entry that has it. What the entries are, and whether they
/// are equal, is the owner's business.
///
/// Open addressing, linear probing, at most half full. A slot is a tag (the hash's upper half) and code + 1, so only equal
/// tags look at an entry.
struct CodeTable: ~Copyable {
    private(set) var slots: UnsafeMutablePointer<UInt64>
    private(set) var mask: UInt64
    private(set) var count = 0

    init(capacity: Int = 2048) {
        precondition(capacity > 0 && capacity & (capacity - 1) == 0)
        slots = .allocate(capacity: capacity)
        slots.initialize(repeating: 0, count: capacity)
        mask = UInt64(capacity - 1)
    }

    deinit { slots.deallocate() }

    /// The code of the entry with this hash that `isEqual` accepts; otherwise a new one, the number of entries so far, which
    /// the caller then adds.
    @inline(__always)
    mutating func code(for hash: UInt64, isEqual: (UInt32) -> Bool) -> (code: UInt32, isNew: Bool) {
        let tag = hash &>> 32
        var slot = tag & mask
        while true {
            let content = slots[Int(truncatingIfNeeded: slot)]
            if content == 0 { break }
            let code = UInt32(truncatingIfNeeded: content) &- 1
            if content &>> 32 == tag, isEqual(code) { return (code, false) }
            slot = (slot &+ 1) & mask
        }
        let code = UInt32(truncatingIfNeeded: count)
        slots[Int(truncatingIfNeeded: slot)] = tag &<< 32 | UInt64(code &+ 1)
        count &+= 1
        if UInt64(truncatingIfNeeded: count) &* 2 > mask { grow() }
        return (code, true)
    }

    private mutating func grow() {
        let old = UnsafeMutableBufferPointer(start: slots, count: Int(mask) + 1)
        let capacity = old.count * 4
        let grown = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity)
        grown.initialize(repeating: 0, count: capacity)
        mask = UInt64(capacity - 1)
        for content in old where content != 0 {
            var slot = (content &>> 32) & mask
            while grown[Int(truncatingIfNeeded: slot)] != 0 { slot = (slot &+ 1) & mask }
            grown[Int(truncatingIfNeeded: slot)] = content
        }
        old.deallocate()
        slots = grown
    }

    /// Empty again; a table that grew large gives its memory back.
    mutating func removeAll() {
        count = 0
        if mask > 65535 {
            self = CodeTable()
        } else {
            slots.update(repeating: 0, count: Int(mask) + 1)
        }
    }
}

/// Dictionaries hash with one seed: codes are given by first appearance, so the file does not depend on it.
let dictionaryHash = KeyHash(seed: 0x7461_726E)

/// The hash of a value that fits a word, where a call would cost more than the hash.
@inline(__always)
func wordHash(_ word: UInt64) -> UInt64 {
    func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }
    return fold(fold(word ^ 0xA076_1D64_78BD_642F, 0xE703_7ED1_A0B4_28DB) ^ 0x8EBC_6AF0_9C88_C6E3, 0x5899_65CC_7537_4CC3)
}
