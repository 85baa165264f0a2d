import TarnBase
import TarnColumns

/// Decodes DELTA_LENGTH_BYTE_ARRAY: all lengths in DELTA_BINARY_PACKED, then all bytes. Values are views into the page.
///
/// Specification: Parquet, *Encodings*, "Delta-length byte array (DELTA_LENGTH_BYTE_ARRAY = 6)".
struct DeltaLengthByteArrayDecoder {
    let bytes: Bytes
    private let isText: Bool
    /// Whether values must be checked to be UTF-8, which is so for text unless all that is left is ASCII; nil before anyone asked.
    private var checksText: Bool?
    private var lengths: DeltaBinaryPackedDecoder
    private var offset: Int

    init(_ bytes: Bytes, isText: Bool) throws(ParquetError) {
        self.bytes = bytes
        lengths = try DeltaBinaryPackedDecoder(bytes)
        offset = try lengths.endOffset()
        self.isText = isText
    }

    mutating func decode(count: Int, buffer: UInt32, into target: UnsafeMutablePointer<View>) throws(ParquetError) {
        let checksText = checksText ?? (isText && !UTF8Validation.isASCII(bytes[offset..<bytes.count]))
        self.checksText = checksText
        let sizes = UnsafeMutablePointer<Int32>.allocate(capacity: count)
        defer { sizes.deallocate() }
        try lengths.decode(count: count, into: sizes)
        let base = bytes.unsafePointer
        defer { withExtendedLifetime(bytes) {} }
        var position = offset
        for index in 0..<count {
            let length = Int(sizes[index])
            guard length >= 0, length <= bytes.count &- position else { throw .truncated("byte array of \(length) bytes", at: position) }
            if checksText, !UTF8Validation.isValid(base + position, length) { throw .malformed("text that is not UTF-8", at: position) }
            target[index] = View(at: base + position, length: length, buffer: buffer, offset: position)
            position &+= length
        }
        offset = position
    }
}

extension DeltaLengthByteArrayDecoder {
    /// Lengths looked at at once.
    private static let step = 1024

    /// Writes those picked of the next `count` values; long ones are copied to `text`.
    mutating func decode(count: Int, picking picks: Picks, text: TextBuffers, into target: UnsafeMutablePointer<View>) throws(ParquetError) {
        let sizes = UnsafeMutablePointer<Int32>.allocate(capacity: min(count, Self.step))
        defer { sizes.deallocate() }
        let base = bytes.unsafePointer
        defer { withExtendedLifetime(bytes) {} }
        var passed = 0
        var next = 0
        while passed < count {
            let part = min(Self.step, count - passed)
            try lengths.decode(count: part, into: sizes)
            for index in 0..<part {
                let length = Int(sizes[index])
                guard length >= 0, length <= bytes.count &- offset else { throw .truncated("byte array of \(length) bytes", at: offset) }
                if next < picks.count, picks[next] == passed &+ index {
                    if isText, !UTF8Validation.isValid(base + offset, length) { throw .malformed("text that is not UTF-8", at: offset) }
                    target[next] = text.append(UnsafeRawBufferPointer(start: base + offset, count: length))
                    next &+= 1
                }
                offset &+= length
            }
            passed += part
        }
    }
}

/// Decodes DELTA_BYTE_ARRAY: for each value how many bytes it shares with the one before, then the rest of it.
///
///     page := prefix lengths (DELTA_BINARY_PACKED) suffixes (DELTA_LENGTH_BYTE_ARRAY)
///
/// Values are put together in a buffer of their own.
///
/// Specification: Parquet, *Encodings*, "Delta Strings (DELTA_BYTE_ARRAY = 7)".
struct DeltaByteArrayDecoder {
    private var prefixes: DeltaBinaryPackedDecoder
    private var suffixes: DeltaLengthByteArrayDecoder
    private var last = Bytes()
    private let isText: Bool
    /// How many bytes one call may produce: shared prefixes let a small page stand for very much.
    private let byteLimit: Int

    init(_ bytes: Bytes, isText: Bool, byteLimit: Int) throws(ParquetError) {
        prefixes = try DeltaBinaryPackedDecoder(bytes)
        suffixes = try DeltaLengthByteArrayDecoder(bytes[try prefixes.endOffset()..<bytes.count], isText: false)
        self.isText = isText
        self.byteLimit = byteLimit
    }

    /// The next `count` values one after another, and the offsets of their ends.
    mutating func decode(count: Int) throws(ParquetError) -> (bytes: Bytes, ends: [Int]) {
        guard count > 0 else { return (Bytes(), []) }
        var shared = [Int32](repeating: 0, count: count)
        var views = [View](repeating: .empty, count: count)
        try shared.withUnsafeMutableBufferPointer { (buffer) throws(ParquetError) in
            if let base = buffer.baseAddress { try prefixes.decode(count: count, into: base) }
        }
        try views.withUnsafeMutableBufferPointer { (buffer) throws(ParquetError) in
            if let base = buffer.baseAddress { try suffixes.decode(count: count, buffer: 0, into: base) }
        }
        let (total, ends) = try measure(shared, views)
        let result = assemble(shared, views, total: total)
        let lastStart = count > 1 ? ends[count - 2] : 0
        last = result[lastStart..<total].compacted()
        if isText { try check(result, ends) }
        return (result, ends)
    }

    private func measure(_ shared: [Int32], _ views: [View]) throws(ParquetError) -> (total: Int, ends: [Int]) {
        var total = 0
        var previousLength = last.count
        var ends: [Int] = []
        ends.reserveCapacity(shared.count)
        for index in shared.indices {
            let prefix = Int(shared[index])
            guard prefix >= 0, prefix <= previousLength else { throw .malformed("a value shares \(prefix) of \(previousLength) bytes") }
            previousLength = prefix &+ views[index].length
            total &+= previousLength
            guard total <= byteLimit else { throw .limit("byte arrays of more than \(byteLimit) bytes at once") }
            ends.append(total)
        }
        return (total, ends)
    }

    private func assemble(_ shared: [Int32], _ views: [View], total: Int) -> Bytes {
        Bytes(unsafeUninitializedCapacity: total) { target in
            guard let base = target.baseAddress else { return 0 }
            last.withUnsafeBytes { lastBytes in
                suffixes.bytes.withUnsafeBytes { source in
                    views.withUnsafeBufferPointer { slots in
                        guard let slots = slots.baseAddress, let source = source.baseAddress else { return }
                        var previous = lastBytes.baseAddress ?? source
                        var output = base
                        let sources = [source]
                        for index in shared.indices {
                            let prefix = Int(shared[index])
                            output.copyMemory(from: previous, byteCount: prefix)
                            let suffix = View.content(slots + index, sources)
                            if let start = suffix.baseAddress { (output + prefix).copyMemory(from: start, byteCount: suffix.count) }
                            previous = UnsafeRawPointer(output)
                            output += prefix &+ suffix.count
                        }
                    }
                }
            }
            return total
        }
    }

    private func check(_ bytes: Bytes, _ ends: [Int]) throws(ParquetError) {
        guard !UTF8Validation.isASCII(bytes) else { return }
        var start = 0
        for end in ends {
            guard UTF8Validation.isValid(bytes.unsafePointer + start, end - start) else { throw .malformed("text that is not UTF-8") }
            start = end
        }
        withExtendedLifetime(bytes) {}
    }

    /// Values put together at once, of which few are wanted.
    private static var step: Int { 1024 }

    /// Calls `body` with those picked of the next `count` values, and their number among the picks. Each value needs the one
    /// before it, so all are put together.
    mutating func decode(count: Int, picking picks: Picks, _ body: (Int, UnsafeRawBufferPointer) throws(ParquetError) -> Void) throws(ParquetError) {
        var passed = 0
        var next = 0
        while passed < count {
            let part = min(Self.step, count - passed)
            let (values, ends) = try decode(count: part)
            while next < picks.count, picks[next] < passed + part {
                let index = picks[next] - passed
                let start = index > 0 ? ends[index - 1] : 0
                try body(next, UnsafeRawBufferPointer(start: values.unsafePointer + start, count: ends[index] - start))
                next += 1
            }
            withExtendedLifetime(values) {}
            passed += part
        }
    }
}
