import TarnBase

/// Decodes BYTE_STREAM_SPLIT: the first bytes of all values, then their second bytes, and so on.
///
/// Specification: Parquet, *Encodings*, "Byte Stream Split (BYTE_STREAM_SPLIT = 9)".
struct ByteStreamSplitDecoder {
    private let bytes: Bytes
    private let width: Int
    private let valueCount: Int
    private var taken = 0

    /// - Parameter bytes: The values alone: their number follows from the length.
    init(_ bytes: Bytes, width: Int) throws(ParquetError) {
        guard bytes.count % width == 0 else { throw .malformed("\(bytes.count) bytes are no streams of \(width)") }
        self.bytes = bytes
        self.width = width
        valueCount = bytes.count / width
    }

    mutating func take(_ count: Int) throws(ParquetError) -> Bytes {
        guard count <= valueCount - taken else { throw .truncated("\(count) values in byte streams") }
        let first = taken
        taken += count
        return Bytes(unsafeUninitializedCapacity: count * width) { target in
            guard let output = target.baseAddress else { return 0 }
            bytes.withUnsafeBytes { source in
                guard let source = source.baseAddress else { return }
                for stream in 0..<width {
                    let input = source + (stream * valueCount + first)
                    for index in 0..<count {
                        output.storeBytes(of: input.load(fromByteOffset: index, as: UInt8.self), toByteOffset: index &* width &+ stream, as: UInt8.self)
                    }
                }
            }
            return count * width
        }
    }

    /// Those picked of the next `count` values, one after another.
    mutating func take(_ count: Int, picking picks: Picks) throws(ParquetError) -> Bytes {
        guard count <= valueCount - taken else { throw .truncated("\(count) values in byte streams") }
        let first = taken
        taken += count
        return Bytes(unsafeUninitializedCapacity: picks.count * width) { target in
            guard let output = target.baseAddress else { return 0 }
            bytes.withUnsafeBytes { source in
                guard let source = source.baseAddress else { return }
                for stream in 0..<width {
                    let input = source + (stream * valueCount + first)
                    for index in 0..<picks.count {
                        output.storeBytes(of: input.load(fromByteOffset: picks[index], as: UInt8.self), toByteOffset: index &* width &+ stream, as: UInt8.self)
                    }
                }
            }
            return picks.count * width
        }
    }
}
