/// Base64 with the standard alphabet and padding, as footers hold bloom filters.
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    package static func encode(_ bytes: Bytes) -> String {
        let count = (bytes.count + 2) / 3 * 4
        return String(unsafeUninitializedCapacity: count) { target in
            bytes.withUnsafeBytes { source in
                alphabet.withUnsafeBufferPointer { alphabet in
                    var written = 0
                    var index = 0
                    while index < source.count {
                        let left = source.count - index
                        let group = UInt32(source[index]) << 16
                            | (left > 1 ? UInt32(source[index + 1]) << 8 : 0) | (left > 2 ? UInt32(source[index + 2]) : 0)
                        target[written] = alphabet[Int(group >> 18)]
                        target[written + 1] = alphabet[Int(group >> 12 & 63)]
                        target[written + 2] = left > 1 ? alphabet[Int(group >> 6 & 63)] : UInt8(ascii: "=")
                        target[written + 3] = left > 2 ? alphabet[Int(group & 63)] : UInt8(ascii: "=")
                        written += 4
                        index += 3
                    }
                }
            }
            return count
        }
    }

    /// nil for anything that is not whole groups of the alphabet, padded at the end alone.
    package static func decode(_ text: String) -> Bytes? {
        var text = text
        return text.withUTF8 { source -> Bytes? in
            guard source.count % 4 == 0 else { return nil }
            if source.isEmpty { return Bytes() }
            let padding = source[source.count - 1] != UInt8(ascii: "=") ? 0 : source[source.count - 2] != UInt8(ascii: "=") ? 1 : 2
            let digits = source.count - padding
            var isLegal = true
            let decoded = Bytes(unsafeUninitializedCapacity: source.count / 4 * 3) { target in
                values.withUnsafeBufferPointer { values in
                    var seen: UInt8 = 0
                    for group in 0..<(source.count / 4) {
                        var word: UInt32 = 0
                        for position in 0..<4 {
                            let index = group * 4 + position
                            let value = index < digits ? values[Int(source[index])] : 0
                            seen |= value
                            word = word << 6 | UInt32(value & 63)
                        }
                        target[group * 3] = UInt8(truncatingIfNeeded: word >> 16)
                        target[group * 3 + 1] = UInt8(truncatingIfNeeded: word >> 8)
                        target[group * 3 + 2] = UInt8(truncatingIfNeeded: word)
                    }
                    isLegal = seen < 64
                }
                return source.count / 4 * 3 - padding
            }
            return isLegal ? decoded : nil
        }
    }

    /// The value of each character; 255 for those that are none.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()
}
