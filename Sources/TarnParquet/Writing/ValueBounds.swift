import TarnBase

/// The smallest and largest value of a page or chunk in PLAIN form, as statistics hold them.
struct ValueBounds {
    var minimum: Bytes
    /// nil when no short value is above all.
    var maximum: Bytes?
    /// What bounds from above where a bound must be given: `maximum`, or the largest value itself.
    var indexMaximum: Bytes
    var isMinimumExact = true
    var isMaximumExact = true

    init(minimum: Bytes, maximum: Bytes) {
        self.minimum = minimum
        self.maximum = maximum
        indexMaximum = maximum
    }

    /// Bounds of text or binary values, each cut to at most `limit` bytes: the lower to its beginning, the upper to the
    /// smallest short value above it, which is left out when there is none.
    init(minimum: Bytes, maximum: Bytes, isText: Bool, limit: Int) {
        let lower = isText ? ValueBounds.textPrefix(minimum, limit) : minimum[0..<min(limit, minimum.count)]
        self.minimum = lower
        isMinimumExact = lower.count == minimum.count
        indexMaximum = maximum
        self.maximum = maximum
        guard maximum.count > limit else { return }
        isMaximumExact = false
        let cut = isText ? ValueBounds.textAbove(ValueBounds.textPrefix(maximum, limit)) : ValueBounds.bytesAbove(maximum[0..<limit])
        self.maximum = cut
        indexMaximum = cut ?? maximum
    }

    /// Widens to what bounds both. Cutting keeps the order of values, so bounds of pages make those of their chunk.
    mutating func formUnion(_ other: ValueBounds, _ order: BoundOrder) {
        if order.precedes(other.minimum, minimum) {
            minimum = other.minimum
            isMinimumExact = other.isMinimumExact
        } else if other.isMinimumExact, other.minimum == minimum {
            isMinimumExact = true
        }
        if order.precedes(indexMaximum, other.indexMaximum) {
            maximum = other.maximum
            indexMaximum = other.indexMaximum
            isMaximumExact = other.isMaximumExact
        } else if other.isMaximumExact, other.indexMaximum == indexMaximum {
            isMaximumExact = true
        }
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
