/// Whether bytes are well-formed UTF-8 (no overlong forms, no surrogates, nothing above U+10FFFF).
package enum UTF8Check {
    package static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let base = bytes.baseAddress else { return true }
        let count = bytes.count
        var offset = 0
        while offset < count {
            // Eight ASCII bytes at a time.
            while offset &+ 8 <= count,
                base.loadUnaligned(fromByteOffset: offset, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
            {
                offset &+= 8
            }
            guard offset < count else { return true }
            let first = base.load(fromByteOffset: offset, as: UInt8.self)
            if first < 0x80 {
                offset &+= 1
                continue
            }
            guard let length = sequenceLength(base + offset, first, left: count &- offset) else { return false }
            offset &+= length
        }
        return true
    }

    /// The length of the sequence of several bytes at `bytes`, nil if it is malformed.
    @inline(__always)
    private static func sequenceLength(_ bytes: UnsafeRawPointer, _ first: UInt8, left: Int) -> Int? {
        func continues(_ index: Int, _ range: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
            range.contains(bytes.load(fromByteOffset: index, as: UInt8.self))
        }
        switch first {
        case 0xC2...0xDF: return left >= 2 && continues(1) ? 2 : nil
        case 0xE0...0xEF:
            let second: ClosedRange<UInt8> = first == 0xE0 ? 0xA0...0xBF : first == 0xED ? 0x80...0x9F : 0x80...0xBF
            return left >= 3 && continues(1, second) && continues(2) ? 3 : nil
        case 0xF0...0xF4:
            let second: ClosedRange<UInt8> = first == 0xF0 ? 0x90...0xBF : first == 0xF4 ? 0x80...0x8F : 0x80...0xBF
            return left >= 4 && continues(1, second) && continues(2) && continues(3) ? 4 : nil
        default: return nil
        }
    }
}
