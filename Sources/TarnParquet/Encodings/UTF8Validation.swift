package import TarnBase

package enum UTF8Validation {
    /// Whether no byte has its highest bit set. Lengths below 128 between the values do not disturb it.
    package static func isASCII(_ bytes: Bytes) -> Bool {
        bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return true }
            return isASCII(base, buffer.count)
        }
    }

    private static func isASCII(_ base: UnsafeRawPointer, _ count: Int) -> Bool {
        var index = 0
        while index &+ 64 <= count {
            var seen: UInt64 = 0
            for word in 0..<8 { seen |= base.loadUnaligned(fromByteOffset: index &+ word &* 8, as: UInt64.self) }
            if seen & 0x8080_8080_8080_8080 != 0 { return false }
            index &+= 64
        }
        var seen: UInt8 = 0
        while index < count {
            seen |= base.load(fromByteOffset: index, as: UInt8.self)
            index &+= 1
        }
        return seen & 0x80 == 0
    }

    /// Whether `count` bytes are well-formed UTF-8 (no surrogates, no overlong forms).
    package static func isValid(_ base: UnsafeRawPointer, _ count: Int) -> Bool {
        var index = 0
        while index < count {
            if index &+ 32 <= count, (base.loadUnaligned(fromByteOffset: index, as: SIMD4<UInt64>.self) & 0x8080_8080_8080_8080) == .zero {
                index &+= 32
                continue
            }
            if index &+ 8 <= count, base.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0 {
                index &+= 8
                continue
            }
            let lead = base.load(fromByteOffset: index, as: UInt8.self)
            if lead < 0x80 {
                index &+= 1
                continue
            }
            let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
            guard lead >= 0xC2, lead <= 0xF4, length <= count &- index else { return false }
            let second = base.load(fromByteOffset: index &+ 1, as: UInt8.self)
            let lowest: UInt8 = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80
            let highest: UInt8 = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF
            guard second >= lowest, second <= highest else { return false }
            for rest in 2..<max(2, length) where base.load(fromByteOffset: index &+ rest, as: UInt8.self) & 0xC0 != 0x80 { return false }
            index &+= length
        }
        return true
    }
}
