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

    /// Those picked of the next `count` values, one after another.
    mutating func take(_ count: Int, picking picks: Picks) throws(ParquetError) -> Bytes {
        let values = try take(count)
        return Bytes(unsafeUninitializedCapacity: picks.count * width) { target in
            guard let target = target.baseAddress else { return 0 }
            let source = values.unsafePointer
            defer { withExtendedLifetime(values) {} }
            switch width {
            case 4: Self.gather(source, UInt32.self, picks, into: target)
            case 8: Self.gather(source, UInt64.self, picks, into: target)
            default: for index in 0..<picks.count { (target + index * width).copyMemory(from: source + picks[index] * width, byteCount: width) }
            }
            return picks.count * width
        }
    }

    @inline(__always)
    private static func gather<Value: BitwiseCopyable>(_ source: UnsafeRawPointer, _ type: Value.Type, _ picks: Picks, into target: UnsafeMutableRawPointer) {
        let output = target.assumingMemoryBound(to: Value.self)
        for index in 0..<picks.count { output[index] = source.loadUnaligned(fromByteOffset: picks[index] &* MemoryLayout<Value>.size, as: Value.self) }
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

    mutating func skip(_ count: Int) throws(ParquetError) {
        guard count <= bytes.count * 8 - position else { throw .truncated("\(count) booleans", at: position / 8) }
        position += count
    }
}

/// PLAIN byte arrays, each behind its length in 4 bytes, as views into the page.
struct PlainByteArrayDecoder {
    let bytes: Bytes
    private let isText: Bool
    /// Whether values must be checked to be UTF-8, which is so for text unless the whole page is ASCII; nil before anyone asked.
    private var checksText: Bool?
    private var offset = 0

    init(_ bytes: Bytes, isText: Bool) {
        self.bytes = bytes
        self.isText = isText
    }

    mutating func decode(count: Int, buffer: UInt32, into target: UnsafeMutablePointer<View>) throws(ParquetError) {
        let checksText = checksText ?? (isText && !UTF8Validation.isASCII(bytes))
        self.checksText = checksText
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

    /// Writes those picked of the next `count` values; long ones are copied to `text`. Of the others only the length is read.
    mutating func decode(count: Int, picking picks: Picks, text: TextBuffers, into target: UnsafeMutablePointer<View>) throws(ParquetError) {
        let base = bytes.unsafePointer
        defer { withExtendedLifetime(bytes) {} }
        var passed = 0
        for index in 0..<picks.count {
            try pass(picks[index] - passed)
            let start = offset + 4
            try pass(1)
            let value = UnsafeRawBufferPointer(start: base + start, count: offset - start)
            if isText, !UTF8Validation.isValid(base + start, value.count) { throw .malformed("text that is not UTF-8", at: start) }
            target[index] = text.append(value)
            passed = picks[index] + 1
        }
        try pass(count - passed)
    }

    private mutating func pass(_ count: Int) throws(ParquetError) {
        let base = bytes.unsafePointer
        let end = bytes.count
        defer { withExtendedLifetime(bytes) {} }
        var position = offset
        for _ in 0..<count {
            guard position &+ 4 <= end else { throw .truncated("length of a byte array", at: position) }
            let length = Int(base.loadUnaligned(fromByteOffset: position, as: UInt32.self))
            guard length <= end &- position &- 4 else { throw .truncated("byte array of \(length) bytes", at: position) }
            position &+= 4 &+ length
        }
        offset = position
    }
}
