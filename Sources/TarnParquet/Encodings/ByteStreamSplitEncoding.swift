import TarnBase

/// Writes values of one width as BYTE_STREAM_SPLIT: the first bytes of all of them, then their second bytes, and so on.
///
/// Specification: Parquet, *Encodings*, "Byte Stream Split (BYTE_STREAM_SPLIT = 9)".
enum ByteStreamSplitEncoding {
    /// - Parameter plain: Values in their PLAIN form, `width` bytes each.
    static func encode(plain: UnsafeRawBufferPointer, width: Int, appendingTo output: inout ByteBuilder) {
        guard let source = plain.baseAddress, !plain.isEmpty else { return }
        let count = plain.count / width
        output.append(upTo: count * width) { target in
            guard let start = target.baseAddress else { return 0 }
            for stream in 0..<width {
                let out = start + stream &* count
                for index in 0..<count {
                    out.storeBytes(of: source.load(fromByteOffset: index &* width &+ stream, as: UInt8.self), toByteOffset: index, as: UInt8.self)
                }
            }
            return count &* width
        }
    }
}
