import TarnBase

/// The smallest and largest value of a chunk in PLAIN form, as statistics hold them.
struct ValueBounds {
    var minimum: Bytes
    var maximum: Bytes?
    var isMinimumExact = true
    var isMaximumExact = true

    init(minimum: Bytes, maximum: Bytes) {
        self.minimum = minimum
        self.maximum = maximum
    }

    /// Bounds of text or binary values, each cut to at most `limit` bytes: the lower to its beginning, the upper to the
    /// smallest short value above it, which is left out when there is none.
    init(minimum: Bytes, maximum: Bytes, isText: Bool, limit: Int = 64) {
        let lower = isText ? ValueBounds.textPrefix(minimum, limit) : minimum[0..<min(limit, minimum.count)]
        self.minimum = lower
        isMinimumExact = lower.count == minimum.count
        guard maximum.count > limit else {
            self.maximum = maximum
            return
        }
        isMaximumExact = false
        self.maximum = isText ? ValueBounds.textAbove(ValueBounds.textPrefix(maximum, limit)) : ValueBounds.bytesAbove(maximum[0..<limit])
    }

    /// At most `limit` bytes, not ending inside a character.
    private static func textPrefix(_ text: Bytes, _ limit: Int) -> Bytes {
        guard text.count > limit else { return text }
        var end = limit
        while end > 0, text[end] & 0xC0 == 0x80 { end -= 1 }
        // Not UTF-8 if a character has more than three bytes after its first; any cut is as good then.
        return text[0..<(limit - end > 3 ? limit : end)]
    }

    /// The last character that has a successor is replaced by it.
    private static func textAbove(_ text: Bytes) -> Bytes? {
        guard let string = text.utf8Text else { return bytesAbove(text) }
        var scalars = Array(string.unicodeScalars)
        while let last = scalars.popLast() {
            // U+D800...U+DFFF are no characters.
            let next = last.value == 0xD7FF ? 0xE000 : last.value + 1
            if let successor = Unicode.Scalar(next) {
                var result = String.UnicodeScalarView(scalars)
                result.append(successor)
                return Bytes(String(result))
            }
        }
        return nil
    }

    private static func bytesAbove(_ bytes: Bytes) -> Bytes? {
        var array = bytes.array
        while let last = array.popLast() {
            if last < 0xFF { return Bytes(array + [last + 1]) }
        }
        return nil
    }
}
