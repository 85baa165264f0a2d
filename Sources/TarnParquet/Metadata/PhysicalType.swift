/// How values lie in the file. Raw values are those of Parquet's Thrift enumeration `Type`.
package enum PhysicalType: Int32, Hashable, Sendable {
    case boolean = 0, int32, int64, int96, float, double, byteArray, fixedLengthByteArray
}

/// Parquet's `FieldRepetitionType`.
package enum Repetition: Int32, Hashable, Sendable {
    case required = 0, optional, repeated
}

/// Parquet's `Encoding`. Not an `enum`, so that a file may name one we do not know in a column nobody reads.
package struct Encoding: RawRepresentable, Hashable, Sendable {
    package let rawValue: Int32
    package init(rawValue: Int32) { self.rawValue = rawValue }

    package static let plain = Encoding(rawValue: 0)
    /// In a data page: dictionary indices. In a dictionary page: PLAIN values. Deprecated, and what Spark writes.
    package static let plainDictionary = Encoding(rawValue: 2)
    package static let runLength = Encoding(rawValue: 3)
    package static let bitPacked = Encoding(rawValue: 4)
    package static let deltaBinaryPacked = Encoding(rawValue: 5)
    package static let deltaLengthByteArray = Encoding(rawValue: 6)
    package static let deltaByteArray = Encoding(rawValue: 7)
    package static let runLengthDictionary = Encoding(rawValue: 8)
    package static let byteStreamSplit = Encoding(rawValue: 9)

    package var isDictionary: Bool { self == .plainDictionary || self == .runLengthDictionary }
}

extension Encoding: CustomStringConvertible {
    package var description: String {
        let names = [
            "PLAIN", "GROUP_VAR_INT", "PLAIN_DICTIONARY", "RLE", "BIT_PACKED", "DELTA_BINARY_PACKED", "DELTA_LENGTH_BYTE_ARRAY",
            "DELTA_BYTE_ARRAY", "RLE_DICTIONARY", "BYTE_STREAM_SPLIT",
        ]
        return names.indices.contains(Int(rawValue)) ? names[Int(rawValue)] : "encoding \(rawValue)"
    }
}

/// Parquet's `CompressionCodec`, as an open set for the reason given at ``Encoding``.
package struct CompressionCodec: RawRepresentable, Hashable, Sendable {
    package let rawValue: Int32
    package init(rawValue: Int32) { self.rawValue = rawValue }

    package static let uncompressed = CompressionCodec(rawValue: 0)
    package static let snappy = CompressionCodec(rawValue: 1)
    package static let gzip = CompressionCodec(rawValue: 2)
    /// Frames of Hadoop's around blocks of LZ4, or one block without.
    package static let lz4 = CompressionCodec(rawValue: 5)
    package static let zstd = CompressionCodec(rawValue: 6)
    package static let lz4Raw = CompressionCodec(rawValue: 7)
}

extension CompressionCodec: CustomStringConvertible {
    package var description: String {
        let names = ["UNCOMPRESSED", "SNAPPY", "GZIP", "LZO", "BROTLI", "LZ4", "ZSTD", "LZ4_RAW"]
        return names.indices.contains(Int(rawValue)) ? names[Int(rawValue)] : "codec \(rawValue)"
    }
}
