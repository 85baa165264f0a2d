import TarnBase
import TarnColumns

/// PLAIN values of one width, one after another.
struct PlainFixedDecoder {
    private let bytes: Bytes
    private let width: Int
    private var offset = 0

    init(_ bytes: Bytes, width: Int) {
        self.bytes = bytes
        self.width = width
    }

    /// The next `count` values, in place.
    mutating func take(_ count: Int) throws(ParquetError) -> Bytes {
        guard count <= (bytes.count - offset) / width else { throw .truncated("\(count) values of \(width) bytes", at: offset) }
        defer { offset += count * width }
        return bytes[offset..<(offset + count * width)]
    }
}

/// PLAIN booleans: one bit each, lowest first.
struct PlainBitDecoder {
    private let bytes: Bytes
    private var position = 0

    init(_ bytes: Bytes) { self.bytes = bytes }

    mutating func decodeBits(count: Int, into bits: UnsafeMutableRawPointer, at target: Int) throws(ParquetError) {
        guard count <= bytes.count * 8 - position else { throw .truncated("\(count) booleans", at: position / 8) }
        _ = BitCopy.copy(bytes.unsafePointer, from: position, count: count, to: bits, at: target)
        withExtendedLifetime(bytes) {}
        position += count
    }
}

/// PLAIN byte arrays, each behind its length in 4 bytes, as views into the page.
struct PlainByteArrayDecoder {
    let bytes: Bytes
    /// Whether values must be checked to be UTF-8, which is so for text unless the whole page is ASCII.
    private let checksText: Bool
    private var offset = 0

    init(_ bytes: Bytes, isText: Bool) {
        self.bytes = bytes
        checksText = isText && !UTF8Validation.isASCII(bytes)
    }

    mutating func decode(count: Int, buffer: UInt32, into target: UnsafeMutablePointer<View>) throws(ParquetError) {
        let base = bytes.unsafePointer
        let end = bytes.count
        defer { withExtendedLifetime(bytes) {} }
        var position = offset
        for index in 0..<count {
            guard position &+ 4 <= end else { throw .truncated("length of a byte array", at: position) }
            let length = Int(base.loadUnaligned(fromByteOffset: position, as: UInt32.self))
            position &+= 4
            guard length <= end &- position else { throw .truncated("byte array of \(length) bytes", at: position &- 4) }
            if checksText, !UTF8Validation.isValid(base + position, length) { throw .malformed("text that is not UTF-8", at: position) }
            target[index] = View(at: base + position, length: length, buffer: buffer, offset: position)
            position &+= length
        }
        offset = position
    }
}
