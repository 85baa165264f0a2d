import TarnBase
import TarnColumns

/// The same as reading all of the next `count` values and keeping those picked, but that what is not picked is decoded only
/// as far as the encoding needs it to go on.
extension ValueDecoder {
    /// Passes over the next `count` values.
    mutating func skip(_ count: Int, _ leaf: LeafColumn) throws(ParquetError) {
        switch self {
        case .fixed(var decoder):
            _ = try decoder.take(count)
            self = .fixed(decoder)
        case .split(var decoder):
            _ = try decoder.take(count, picking: .none)
            self = .split(decoder)
        case .bits(var decoder):
            try decoder.skip(count)
            self = .bits(decoder)
        case .runs(var decoder):
            try Self.skip(&decoder, count)
            self = .runs(decoder)
        case .codes(var decoder):
            try Self.skip(&decoder, count)
            self = .codes(decoder)
        case .deltas(var decoder):
            var none: Int64 = 0
            try decoder.decode(count: count, picking: .none, into: &none)
            self = .deltas(decoder)
        case .byteArrays, .deltaLengths, .deltaStrings:
            var none = View.empty
            try decodeByteArrays(count: count, picking: .none, text: TextBuffers(), into: &none)
        }
    }

    private static func skip(_ decoder: inout RunLengthDecoder, _ count: Int) throws(ParquetError) {
        var none: UInt32 = 0
        try decoder.decode(count: count, picking: .none, into: &none)
    }

    /// Writes bits behind bit `position` of `bits`, which are 0.
    mutating func decodeBits(count: Int, picking picks: Picks, into bits: UnsafeMutableRawPointer, at position: Int) throws(ParquetError) {
        let passed = try Bytes(unsafeUninitializedCapacity: (count + 7) / 8 + 8) { (buffer) throws(ParquetError) -> Int in
            if let base = buffer.baseAddress { try decodeBits(count: count, into: base, at: 0) }
            return (count + 7) / 8
        }
        let all = Bitmap(passed, count: count)
        for index in 0..<picks.count where all[picks[index]] {
            let byte = bits + ((position + index) >> 3)
            byte.storeBytes(of: byte.load(as: UInt8.self) | 1 << UInt8((position + index) & 7), as: UInt8.self)
        }
    }

    /// Writes indices, each below `limit`.
    mutating func decodeCodes(count: Int, picking picks: Picks, below limit: Int, into target: UnsafeMutablePointer<UInt32>) throws(ParquetError) {
        guard case .codes(var decoder) = self else { preconditionFailure("not dictionary indices") }
        try decoder.decode(count: count, picking: picks, into: target)
        self = .codes(decoder)
        try Self.require(target, count: picks.count, below: limit)
    }

    /// Writes values in their form in memory.
    mutating func decodeFixed(
        count: Int, picking picks: Picks, leaf: LeafColumn, dictionary: Column?, into target: UnsafeMutableRawPointer
    ) throws(ParquetError) {
        switch self {
        case .codes:
            guard let dictionary, case .fixed(let values) = dictionary.values, let width = dictionary.type.fixedWidth else {
                throw .malformed("indices into a dictionary that is not there")
            }
            let codes = UnsafeMutablePointer<UInt32>.allocate(capacity: picks.count)
            defer { codes.deallocate() }
            try decodeCodes(count: count, picking: picks, below: dictionary.count, into: codes)
            Self.gather(values, width: width, codes, picks.count, into: target)
        case .byteArrays, .deltaLengths,
            .deltaStrings where leaf.conversion == .decimalFromBytes:
            let views = UnsafeMutablePointer<View>.allocate(capacity: picks.count)
            defer { views.deallocate() }
            let text = TextBuffers()
            try decodeByteArrays(count: count, picking: picks, text: text, into: views)
            try Self.convertDecimals(views, count: picks.count, buffers: text.finish(), into: target)
        default:
            let stored = try storedValues(count: count, picking: picks, leaf)
            try leaf.convert(stored.unsafePointer, count: picks.count, into: target)
            withExtendedLifetime(stored) {}
        }
    }

    /// Values of fixed width as they are stored.
    private mutating func storedValues(count: Int, picking picks: Picks, _ leaf: LeafColumn) throws(ParquetError) -> Bytes {
        let width = leaf.storedWidth ?? 1
        switch self {
        case .fixed(var decoder):
            defer { self = .fixed(decoder) }
            return try decoder.take(count, picking: picks)
        case .split(var decoder):
            defer { self = .split(decoder) }
            return try decoder.take(count, picking: picks)
        case .deltas(var decoder):
            defer { self = .deltas(decoder) }
            return try Bytes(unsafeUninitializedCapacity: picks.count * width) { (buffer) throws(ParquetError) -> Int in
                guard let base = buffer.baseAddress else { return 0 }
                if width == 4 {
                    try decoder.decode(count: count, picking: picks, into: base.bindMemory(to: Int32.self, capacity: picks.count))
                } else {
                    try decoder.decode(count: count, picking: picks, into: base.bindMemory(to: Int64.self, capacity: picks.count))
                }
                return picks.count * width
            }
        case .deltaStrings(var decoder):
            defer { self = .deltaStrings(decoder) }
            return try Bytes(unsafeUninitializedCapacity: picks.count * width) { (buffer) throws(ParquetError) -> Int in
                guard let base = buffer.baseAddress else { return 0 }
                try decoder.decode(count: count, picking: picks) { (index, value) throws(ParquetError) in
                    guard value.count == width else { throw .malformed("a fixed-length value is not of \(width) bytes") }
                    if let start = value.baseAddress { (base + index * width).copyMemory(from: start, byteCount: width) }
                }
                return picks.count * width
            }
        default: preconditionFailure("not values of fixed width")
        }
    }

    /// Writes values as views; long ones are copied to `text`.
    mutating func decodeViews(
        count: Int, picking picks: Picks, leaf: LeafColumn, dictionary: Column?, text: TextBuffers, into target: UnsafeMutablePointer<View>
    ) throws(ParquetError) {
        switch self {
        case .codes:
            guard let dictionary, case .views(let values) = dictionary.values else { throw .malformed("indices into a dictionary that is not there") }
            let codes = UnsafeMutablePointer<UInt32>.allocate(capacity: picks.count)
            defer { codes.deallocate() }
            try decodeCodes(count: count, picking: picks, below: dictionary.count, into: codes)
            values.withViews { views, buffers in
                guard let views = views.baseAddress else { return }
                for index in 0..<picks.count {
                    let entry = views + Int(codes[index])
                    target[index] = entry.pointee.isInline ? entry.pointee : text.append(View.content(entry, buffers))
                }
            }
        case .byteArrays, .deltaLengths,
            .deltaStrings where leaf.conversion != .fixedBytes:
            try decodeByteArrays(count: count, picking: picks, text: text, into: target)
        default:
            let stored = try storedValues(count: count, picking: picks, leaf)
            for index in 0..<picks.count {
                target[index] = text.append(UnsafeRawBufferPointer(start: stored.unsafePointer + index * leaf.typeLength, count: leaf.typeLength))
            }
            withExtendedLifetime(stored) {}
        }
    }

    private mutating func decodeByteArrays(
        count: Int, picking picks: Picks, text: TextBuffers, into target: UnsafeMutablePointer<View>
    ) throws(ParquetError) {
        switch self {
        case .byteArrays(var decoder):
            try decoder.decode(count: count, picking: picks, text: text, into: target)
            self = .byteArrays(decoder)
        case .deltaLengths(var decoder):
            try decoder.decode(count: count, picking: picks, text: text, into: target)
            self = .deltaLengths(decoder)
        case .deltaStrings(var decoder):
            try decoder.decode(count: count, picking: picks) { (index, value) throws(ParquetError) in target[index] = text.append(value) }
            self = .deltaStrings(decoder)
        default: preconditionFailure("not byte arrays")
        }
    }
}
