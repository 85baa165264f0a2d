import TarnBase
import TarnColumns

/// The values of a data page, taken a stretch at a time, whatever their encoding.
enum ValueDecoder {
    case fixed(PlainFixedDecoder)
    case bits(PlainBitDecoder)
    case byteArrays(PlainByteArrayDecoder)
    /// Dictionary indices.
    case codes(RunLengthDecoder)
    /// Booleans.
    case runs(RunLengthDecoder)
    case deltas(DeltaBinaryPackedDecoder)
    case deltaLengths(DeltaLengthByteArrayDecoder)
    case deltaStrings(DeltaByteArrayDecoder)
    case split(ByteStreamSplitDecoder)

    /// - Parameter bytes: The value section of the page.
    init(_ bytes: Bytes, encoding: Encoding, leaf: LeafColumn, limits: ReadLimits) throws(ParquetError) {
        let isText = leaf.type == .string
        switch (encoding, leaf.physicalType) {
        case (.plain, .boolean): self = .bits(PlainBitDecoder(bytes))
        case (.plain, .byteArray): self = .byteArrays(PlainByteArrayDecoder(bytes, isText: isText))
        case (.plain, _): self = .fixed(PlainFixedDecoder(bytes, width: leaf.storedWidth ?? 1))
        case (.plainDictionary, _) where leaf.physicalType != .boolean, (.runLengthDictionary, _) where leaf.physicalType != .boolean:
            self = .codes(try Self.codes(bytes))
        case (.runLength, .boolean): self = .runs(try Self.booleans(bytes))
        case (.deltaBinaryPacked, .int32), (.deltaBinaryPacked, .int64): self = .deltas(try DeltaBinaryPackedDecoder(bytes))
        case (.deltaLengthByteArray, .byteArray):
            self = .deltaLengths(try DeltaLengthByteArrayDecoder(bytes, isText: isText))
        case (.deltaByteArray, .byteArray), (.deltaByteArray, .fixedLengthByteArray):
            self = .deltaStrings(try DeltaByteArrayDecoder(bytes, isText: isText, byteLimit: limits.pageBytes))
        case (.byteStreamSplit, .int32), (.byteStreamSplit, .int64), (.byteStreamSplit, .float), (.byteStreamSplit, .double),
            (.byteStreamSplit, .fixedLengthByteArray):
            self = .split(try ByteStreamSplitDecoder(bytes, width: leaf.storedWidth ?? 1))
        default: throw .unsupported("\(leaf.physicalType) values in \(encoding)", column: leaf.name)
        }
    }

    private static func codes(_ bytes: Bytes) throws(ParquetError) -> RunLengthDecoder {
        // A page of nulls may hold nothing at all.
        guard !bytes.isEmpty else { return RunLengthDecoder(bytes, bitWidth: 1) }
        let bitWidth = Int(bytes[0])
        guard bitWidth <= 32 else { throw .malformed("dictionary indices of \(bitWidth) bits") }
        return RunLengthDecoder(bytes[1..<bytes.count], bitWidth: bitWidth)
    }

    private static func booleans(_ bytes: Bytes) throws(ParquetError) -> RunLengthDecoder {
        guard !bytes.isEmpty else { return RunLengthDecoder(bytes, bitWidth: 1) }
        guard bytes.count >= 4 else { throw .truncated("length of boolean runs") }
        let length = Int(bytes.unsafePointer.loadUnaligned(as: UInt32.self))
        withExtendedLifetime(bytes) {}
        guard length <= bytes.count - 4 else { throw .truncated("boolean runs of \(length) bytes") }
        return RunLengthDecoder(bytes[4..<(4 + length)], bitWidth: 1)
    }

    var isDictionary: Bool { if case .codes = self { true } else { false } }

    // MARK: Booleans

    mutating func decodeBits(count: Int, into bits: UnsafeMutableRawPointer, at position: Int) throws(ParquetError) {
        switch self {
        case .bits(var decoder):
            try decoder.decodeBits(count: count, into: bits, at: position)
            self = .bits(decoder)
        case .runs(var decoder):
            _ = try decoder.decodeBits(count: count, into: bits, at: position)
            self = .runs(decoder)
        default: preconditionFailure("not booleans")
        }
    }

    // MARK: Dictionary indices

    /// Writes the next `count` indices, each below `limit`.
    mutating func decodeCodes(count: Int, below limit: Int, into target: UnsafeMutablePointer<UInt32>) throws(ParquetError) {
        guard count > 0 else { return }
        guard case .codes(var decoder) = self else { preconditionFailure("not dictionary indices") }
        try decoder.decode(count: count, into: target)
        self = .codes(decoder)
        try Self.require(target, count: count, below: limit)
    }

    static func require(_ codes: UnsafePointer<UInt32>, count: Int, below limit: Int) throws(ParquetError) {
        guard limit > 0, limit <= Int(Int32.max) else { throw .malformed("indices into a dictionary that is not there") }
        // Bit 31 shows an index that is too large, without a comparison per value.
        let last = UInt32(limit - 1)
        var excess: UInt32 = 0
        for index in 0..<count { excess |= codes[index] | (last &- codes[index]) }
        guard excess >> 31 == 0 else { throw .malformed("dictionary index beyond its \(limit) values") }
    }

    // MARK: Fixed width

    /// Writes the next `count` values in their form in memory.
    mutating func decodeFixed(
        count: Int, leaf: LeafColumn, dictionary: Column?, into target: UnsafeMutableRawPointer
    ) throws(ParquetError) {
        switch self {
        case .fixed(var decoder):
            let stored = try decoder.take(count)
            self = .fixed(decoder)
            try leaf.convert(stored, count: count, into: target)
        case .split(var decoder):
            let stored = try decoder.take(count)
            self = .split(decoder)
            try leaf.convert(stored, count: count, into: target)
        case .deltas(var decoder):
            let stored = try Self.decode(&decoder, count: count, leaf)
            self = .deltas(decoder)
            try leaf.convert(stored, count: count, into: target)
        case .deltaStrings(var decoder) where leaf.conversion != .decimalFromBytes:
            let stored = try Self.decode(&decoder, count: count, width: leaf.typeLength)
            self = .deltaStrings(decoder)
            try leaf.convert(stored, count: count, into: target)
        case .codes: try decodeGathering(count: count, dictionary, into: target)
        default: try decodeDecimals(count: count, into: target)
        }
    }

    private static func decode(
        _ decoder: inout DeltaBinaryPackedDecoder, count: Int, _ leaf: LeafColumn
    ) throws(ParquetError) -> Bytes {
        let width = leaf.storedWidth ?? 8
        return try Bytes(unsafeUninitializedCapacity: count * width) { (buffer) throws(ParquetError) -> Int in
            guard let base = buffer.baseAddress else { return 0 }
            if width == 4 {
                try decoder.decode(count: count, into: base.bindMemory(to: Int32.self, capacity: count))
            } else {
                try decoder.decode(count: count, into: base.bindMemory(to: Int64.self, capacity: count))
            }
            return count * width
        }
    }

    private static func decode(
        _ decoder: inout DeltaByteArrayDecoder, count: Int, width: Int
    ) throws(ParquetError) -> Bytes {
        let (bytes, ends) = try decoder.decode(count: count)
        for (index, end) in ends.enumerated() where end != (index + 1) * width {
            throw .malformed("a fixed-length value is not of \(width) bytes")
        }
        return bytes
    }

    private mutating func decodeGathering(count: Int, _ dictionary: Column?, into target: UnsafeMutableRawPointer) throws(ParquetError) {
        guard count > 0 else { return }
        guard let dictionary, case .fixed(let values) = dictionary.values, let width = dictionary.type.fixedWidth else {
            throw .malformed("indices into a dictionary that is not there")
        }
        let codes = UnsafeMutablePointer<UInt32>.allocate(capacity: count)
        defer { codes.deallocate() }
        try decodeCodes(count: count, below: dictionary.count, into: codes)
        Self.gather(values, width: width, codes, count, into: target)
    }

    static func gather(_ values: Bytes, width: Int, _ codes: UnsafePointer<UInt32>, _ count: Int, into target: UnsafeMutableRawPointer) {
        switch width {
        case 4: gather(values, UInt32.self, codes, count, into: target)
        case 8: gather(values, UInt64.self, codes, count, into: target)
        default: gather(values, UInt128.self, codes, count, into: target)
        }
    }

    @inline(__always)
    private static func gather<Value: BitwiseCopyable>(
        _ values: Bytes, _ type: Value.Type, _ codes: UnsafePointer<UInt32>, _ count: Int, into target: UnsafeMutableRawPointer
    ) {
        values.withValues(of: Value.self) { values in
            guard let base = values.baseAddress else { return }
            let output = target.assumingMemoryBound(to: Value.self)
            for index in 0..<count { output[index] = base[Int(codes[index])] }
        }
    }

    /// Decimals in byte arrays.
    private mutating func decodeDecimals(count: Int, into target: UnsafeMutableRawPointer) throws(ParquetError) {
        let views = UnsafeMutablePointer<View>.allocate(capacity: count)
        defer { views.deallocate() }
        var buffers: [Bytes] = []
        try decodeViews(count: count, dictionary: nil, buffers: &buffers, into: views)
        try Self.convertDecimals(views, count: count, buffers: buffers, into: target)
    }

    /// Big-endian bytes of any length to numbers.
    static func convertDecimals(_ views: UnsafePointer<View>, count: Int, buffers: [Bytes], into target: UnsafeMutableRawPointer) throws(ParquetError) {
        let pointers = buffers.map(\.unsafePointer)
        for index in 0..<count {
            let content = View.content(views + index, pointers)
            // Inline bytes may be the last of the scratch buffer: load them from a copy with room behind.
            var room: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
            let value: Int128? = withUnsafeMutableBytes(of: &room) { room in
                guard content.count <= 16 else { return content.baseAddress.flatMap { BigEndianDecimal.load($0, byteCount: content.count) } }
                room.copyMemory(from: content)
                return room.baseAddress.flatMap { BigEndianDecimal.load($0, byteCount: content.count) }
            }
            guard let value else { throw .malformed("a decimal of more than 128 bits") }
            target.storeBytes(of: value, toByteOffset: index &* 16, as: Int128.self)
        }
        withExtendedLifetime(buffers) {}
    }

    // MARK: Byte arrays

    /// Writes the next `count` values as views; the buffers they point into are added to `buffers`.
    mutating func decodeViews(
        count: Int, dictionary: Column?, buffers: inout [Bytes], into target: UnsafeMutablePointer<View>
    ) throws(ParquetError) {
        let buffer = UInt32(buffers.count)
        switch self {
        case .byteArrays(var decoder):
            try decoder.decode(count: count, buffer: buffer, into: target)
            buffers.append(decoder.bytes)
            self = .byteArrays(decoder)
        case .deltaLengths(var decoder):
            try decoder.decode(count: count, buffer: buffer, into: target)
            buffers.append(decoder.bytes)
            self = .deltaLengths(decoder)
        case .deltaStrings(var decoder):
            let (bytes, ends) = try decoder.decode(count: count)
            self = .deltaStrings(decoder)
            guard bytes.count <= Int(UInt32.max) else { throw .limit("byte arrays of more than 4 GiB in a batch") }
            var start = 0
            for (index, end) in ends.enumerated() {
                target[index] = View(at: bytes.unsafePointer + start, length: end - start, buffer: buffer, offset: start)
                start = end
            }
            buffers.append(bytes)
        case .codes: try decodeGatheringViews(count: count, dictionary, buffers: &buffers, into: target)
        default: preconditionFailure("not byte arrays")
        }
    }

    /// The same for values of a fixed length.
    mutating func decodeFixedViews(
        count: Int, leaf: LeafColumn, dictionary: Column?, buffers: inout [Bytes], into target: UnsafeMutablePointer<View>
    ) throws(ParquetError) {
        let stored: Bytes
        switch self {
        case .fixed(var decoder):
            stored = try decoder.take(count)
            self = .fixed(decoder)
        case .split(var decoder):
            stored = try decoder.take(count)
            self = .split(decoder)
        case .deltaStrings(var decoder):
            stored = try Self.decode(&decoder, count: count, width: leaf.typeLength)
            self = .deltaStrings(decoder)
        default: return try decodeGatheringViews(count: count, dictionary, buffers: &buffers, into: target)
        }
        for index in 0..<count {
            let offset = index * leaf.typeLength
            target[index] = View(
                at: stored.unsafePointer + offset, length: leaf.typeLength, buffer: UInt32(buffers.count), offset: offset)
        }
        buffers.append(stored)
    }

    private mutating func decodeGatheringViews(
        count: Int, _ dictionary: Column?, buffers: inout [Bytes], into target: UnsafeMutablePointer<View>
    ) throws(ParquetError) {
        guard count > 0 else { return }
        guard let dictionary, case .views(let values) = dictionary.values else {
            throw .malformed("indices into a dictionary that is not there")
        }
        let codes = UnsafeMutablePointer<UInt32>.allocate(capacity: count)
        defer { codes.deallocate() }
        try decodeCodes(count: count, below: dictionary.count, into: codes)
        let first = UInt32(buffers.count)
        values.views.withValues(of: View.self) { all in
            for index in 0..<count {
                let view = all[Int(codes[index])]
                target[index] = view.isInline ? view : view.inBuffer(UInt32(view.buffer) &+ first)
            }
        }
        buffers.append(contentsOf: values.buffers)
    }
}

extension LeafColumn {
    fileprivate func convert(_ stored: Bytes, count: Int, into target: UnsafeMutableRawPointer) throws(ParquetError) {
        try convert(stored.unsafePointer, count: count, into: target)
        withExtendedLifetime(stored) {}
    }
}
