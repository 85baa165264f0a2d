/// How a run of bytes is compressed. Formats map their own codec numbers to this.
package enum Codec: Hashable, Sendable {
    case none
    /// Frames as RFC 8878. Level 3 is the library's default; levels are clamped to what the library knows.
    case zstd(level: Int = 3)
    /// The raw block format, without framing, as Parquet and Avro use it.
    case snappy
    /// Gzip members, RFC 1952.
    case gzip(level: Int = 6)

    /// `bytes` compressed, with a context of its own. Loops keep a ``Compressor``.
    package func compress(_ bytes: Bytes) -> Bytes {
        Compressor(self).compress(bytes)
    }

    /// The `uncompressedSize` bytes that `bytes` stands for, with a context of its own. Loops keep a ``Decompressor``.
    ///
    /// See ``Decompressor/decompress(_:to:)``.
    package func decompress(_ bytes: Bytes, to uncompressedSize: Int) throws(CodecError) -> Bytes {
        try Decompressor(self).decompress(bytes, to: uncompressedSize)
    }
}

/// Why bytes could not be decompressed.
package enum CodecError: Error, Hashable, Sendable {
    /// The bytes are not what the codec writes, or end too early; the library's words.
    case malformed(codec: String, reason: String)
    /// The bytes stand for more or fewer bytes than declared. `actual` is nil when decompression stopped because there were more, or did
    /// not begin because there cannot be so many.
    case sizeMismatch(declared: Int, actual: Int?)
}

extension CodecError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .malformed(let codec, let reason): "malformed \(codec) data: \(reason)"
        case .sizeMismatch(let declared, let actual?): "decompresses to \(actual) bytes, \(declared) were declared"
        case .sizeMismatch(let declared, nil): "does not decompress to the declared \(declared) bytes"
        }
    }
}
