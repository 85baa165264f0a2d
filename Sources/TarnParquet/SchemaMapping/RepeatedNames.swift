/// Names that occur more than once, in schemas of thousands of columns.
enum RepeatedNames {
    /// Those that equal an earlier one, as `String` compares: in whatever Unicode form.
    ///
    /// Cost: O(n); for ASCII, whose only form is its bytes, without the general hash of a string.
    static func among(_ names: [String]) -> Set<String> {
        var table = Table(capacity: names.count)
        for index in names.indices where !table.insert(index, names) { return repeated(names) }
        return []
    }

    private static func repeated(_ names: [String]) -> Set<String> {
        var (seen, repeated): (Set<String>, Set<String>) = ([], [])
        for name in names where !seen.insert(name).inserted { repeated.insert(name) }
        return repeated
    }

    /// Names by a hash of their bytes, with open addressing.
    private struct Table {
        /// Names put at one place beside each other before they look chosen to meet there.
        private static let longestSearch = 64

        /// The name's position and 1, and bits of its hash; 0 where there is none.
        private var slots: [(position: UInt32, hash: UInt32)]
        private let mask: Int

        init(capacity: Int) {
            var size = 16
            while size < capacity * 2 { size *= 2 }
            slots = Array(repeating: (0, 0), count: size)
            mask = size - 1
        }

        /// Whether it was certainly not there.
        mutating func insert(_ index: Int, _ names: [String]) -> Bool {
            guard let hash = RepeatedNames.hash(ofASCII: names[index]) else { return false }
            let tag = UInt32(truncatingIfNeeded: hash)
            var slot = Int(truncatingIfNeeded: hash &>> 32) & mask
            for _ in 0..<Table.longestSearch {
                let found = slots[slot]
                if found.position == 0 {
                    slots[slot] = (UInt32(truncatingIfNeeded: index + 1), tag)
                    return true
                }
                if found.hash == tag, names[Int(found.position) - 1] == names[index] { return false }
                slot = (slot &+ 1) & mask
            }
            return false
        }
    }

    /// nil for what is not ASCII, or not stored as UTF-8.
    private static func hash(ofASCII name: String) -> UInt64? {
        name.utf8.withContiguousStorageIfAvailable { bytes -> UInt64? in
            let base = UnsafeRawPointer(bytes.baseAddress)
            var (hash, seen) = (UInt64(truncatingIfNeeded: bytes.count), UInt64(0))
            func mix(_ word: UInt64) {
                seen |= word
                let product = (hash ^ word).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
                hash = product.high ^ product.low
            }
            var index = 0
            while index &+ 8 <= bytes.count, let base {
                mix(base.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                index &+= 8
            }
            var rest: UInt64 = 0
            while index < bytes.count {
                rest = rest &<< 8 | UInt64(bytes[index])
                index &+= 1
            }
            mix(rest)
            return seen & 0x8080_8080_8080_8080 == 0 ? hash &* 0x9E37_79B9_7F4A_7C15 : nil
        } ?? nil
    }
}
