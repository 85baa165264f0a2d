import TarnBase

/// A fixed-width value as the column holds it, with what writing it as Parquet needs: its PLAIN form, its identity in a
/// dictionary, its order in statistics.
protocol StorableValue: BitwiseCopyable, Comparable {
    /// Equal for values with the same bits. Spread by the dictionary's hash.
    var identity: UInt64 { get }
    func isIdentical(to other: Self) -> Bool

    /// Greater and smaller than every value that bounds count.
    static var aboveAll: Self { get }
    static var belowAll: Self { get }
    /// As a bound. A zero may stand for the other zero, so it is the lesser one below and the greater one above.
    var asLowerBound: Self { get }
    var asUpperBound: Self { get }

    /// `width` is the physical type's.
    static func encodePlain(_ values: UnsafeBufferPointer<Self>, width: Int, appendingTo output: inout ByteBuilder)
    /// DELTA_BINARY_PACKED; of 32- and 64-bit integers only.
    static func encodeDelta(_ values: UnsafeBufferPointer<Self>, appendingTo output: inout ByteBuilder)
}

extension StorableValue {
    var asLowerBound: Self { self }
    var asUpperBound: Self { self }

    // Every machine this runs on is little-endian, as PLAIN is.
    static func encodePlain(_ values: UnsafeBufferPointer<Self>, width: Int, appendingTo output: inout ByteBuilder) {
        output.append(UnsafeRawBufferPointer(values))
    }

    static func encodeDelta(_ values: UnsafeBufferPointer<Self>, appendingTo output: inout ByteBuilder) {
        preconditionFailure("only integers have differences")
    }

    /// BYTE_STREAM_SPLIT.
    static func encodeSplit(_ values: UnsafeBufferPointer<Self>, width: Int, appendingTo output: inout ByteBuilder) {
        var plain = ByteBuilder()
        encodePlain(values, width: width, appendingTo: &plain)
        plain.withUnsafeBytes { ByteStreamSplitEncoding.encode(plain: $0, width: width, appendingTo: &output) }
    }
}

extension StorableValue where Self: FixedWidthInteger {
    static var aboveAll: Self { .max }
    static var belowAll: Self { .min }
    @inline(__always) func isIdentical(to other: Self) -> Bool { self == other }
}

extension Int32: StorableValue {
    var identity: UInt64 { UInt64(UInt32(bitPattern: self)) }

    static func encodeDelta(_ values: UnsafeBufferPointer<Int32>, appendingTo output: inout ByteBuilder) {
        DeltaBinaryPackedEncoding.encode(values, appendingTo: &output)
    }
}

extension Int64: StorableValue {
    var identity: UInt64 { UInt64(bitPattern: self) }

    static func encodeDelta(_ values: UnsafeBufferPointer<Int64>, appendingTo output: inout ByteBuilder) {
        DeltaBinaryPackedEncoding.encode(values, appendingTo: &output)
    }
}

extension Float: StorableValue {
    var identity: UInt64 { UInt64(bitPattern) }
    func isIdentical(to other: Float) -> Bool { bitPattern == other.bitPattern }
    static var aboveAll: Float { .infinity }
    static var belowAll: Float { -.infinity }
    var asLowerBound: Float { self == 0 ? -0.0 : self }
    var asUpperBound: Float { self == 0 ? 0.0 : self }
}

extension Double: StorableValue {
    var identity: UInt64 { bitPattern }
    func isIdentical(to other: Double) -> Bool { bitPattern == other.bitPattern }
    static var aboveAll: Double { .infinity }
    static var belowAll: Double { -.infinity }
    var asLowerBound: Double { self == 0 ? -0.0 : self }
    var asUpperBound: Double { self == 0 ? 0.0 : self }
}

/// Decimals: big-endian two's complement in `width` bytes.
extension Int128: StorableValue {
    var identity: UInt64 {
        UInt64(truncatingIfNeeded: self) ^ UInt64(truncatingIfNeeded: self &>> 64) &* 0x9E37_79B9_7F4A_7C15
    }

    static func encodePlain(_ values: UnsafeBufferPointer<Int128>, width: Int, appendingTo output: inout ByteBuilder) {
        precondition((1...16).contains(width))
        output.append(upTo: values.count * width + 16) { target in
            guard let base = target.baseAddress else { return 0 }
            let shift = Int128(truncatingIfNeeded: 128 - width * 8)
            for index in values.indices {
                // Shifted to the front; the bytes behind are overwritten by the next value.
                (base + index &* width).storeBytes(of: (values[index] &<< shift).bigEndian, as: Int128.self)
            }
            return values.count &* width
        }
    }
}
