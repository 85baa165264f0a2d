import TarnColumns

extension LeafColumn {
    /// Turns `count` stored values of ``storedWidth`` bytes at `source` into values in memory at `target`. Loads up to 15
    /// bytes behind the last value.
    func convert(_ source: UnsafeRawPointer, count: Int, into target: UnsafeMutableRawPointer) throws(ParquetError) {
        switch conversion {
        case .none: target.copyMemory(from: source, byteCount: count * (storedWidth ?? 0))
        case .unsignedToInt64:
            Self.map(source, UInt32.self, count, into: target) { Int64($0) }
        case .unsignedToDecimal:
            Self.map(source, UInt64.self, count, into: target) { Int128($0) }
        case .timeFromMilliseconds:
            Self.map(source, Int32.self, count, into: target) { Int64($0) &* 1000 }
        case .decimalFromInteger:
            if physicalType == .int32 {
                Self.map(source, Int32.self, count, into: target) { Int128($0) }
            } else {
                Self.map(source, Int64.self, count, into: target) { Int128($0) }
            }
        case .floatFromHalf:
            Self.map(source, UInt16.self, count, into: target) { Float(Float16(bitPattern: $0)) }
        case .timestampFromInt96: try Int96Time.convert(source, count: count, to: type, into: target)
        case .decimalFromFixed: try convertDecimals(source, count: count, into: target)
        case .fixedBytes, .decimalFromBytes: preconditionFailure("not values of fixed width")
        }
    }

    @inline(__always)
    private static func map<Stored: BitwiseCopyable, Value: BitwiseCopyable>(
        _ source: UnsafeRawPointer, _ stored: Stored.Type, _ count: Int, into target: UnsafeMutableRawPointer,
        _ transform: (Stored) -> Value
    ) {
        for index in 0..<count {
            let value = source.loadUnaligned(fromByteOffset: index &* MemoryLayout<Stored>.size, as: Stored.self)
            target.storeBytes(of: transform(value), toByteOffset: index &* MemoryLayout<Value>.size, as: Value.self)
        }
    }

    private func convertDecimals(_ source: UnsafeRawPointer, count: Int, into target: UnsafeMutableRawPointer) throws(ParquetError) {
        for index in 0..<count {
            guard let value = BigEndianDecimal.load(source + index &* typeLength, byteCount: typeLength) else {
                throw .malformed("a decimal of more than 128 bits")
            }
            target.storeBytes(of: value, toByteOffset: index &* 16, as: Int128.self)
        }
    }
}

enum BigEndianDecimal {
    /// A two's complement number, highest byte first; nil when it needs more than 128 bits. Of no bytes it is 0.
    /// Loads up to 15 bytes behind the value.
    @inline(__always)
    static func load(_ source: UnsafeRawPointer, byteCount: Int) -> Int128? {
        guard byteCount <= 16 else { return loadLong(source, byteCount: byteCount) }
        guard byteCount > 0 else { return 0 }
        let high = Int64(bigEndian: source.loadUnaligned(as: Int64.self))
        if byteCount <= 8 { return Int128(high &>> Int64(truncatingIfNeeded: 64 &- 8 &* byteCount)) }
        let restBits = 8 &* (byteCount &- 8)
        let low = UInt64(bigEndian: source.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        return (Int128(high) &<< Int128(truncatingIfNeeded: restBits)) | Int128(low &>> UInt64(truncatingIfNeeded: 64 &- restBits))
    }

    private static func loadLong(_ source: UnsafeRawPointer, byteCount: Int) -> Int128? {
        let start = source + (byteCount - 16)
        guard let value = load(start, byteCount: 16) else { return nil }
        let sign: UInt8 = value < 0 ? 0xFF : 0
        for index in 0..<(byteCount - 16) where source.load(fromByteOffset: index, as: UInt8.self) != sign { return nil }
        return value
    }
}
