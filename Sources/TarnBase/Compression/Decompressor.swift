/// Decompresses one run of bytes after another with the same context. Not shared between threads.
package final class Decompressor {
    private enum State {
        case none
        case zstd(ZstandardDecompressor)
        case snappy
        case gzip(GzipDecompressor)
    }

    package let codec: Codec
    private let state: State

    /// - Parameter codec: Its level does not matter.
    package init(_ codec: Codec) {
        self.codec = codec
        state =
            switch codec {
            case .none: .none
            case .zstd: .zstd(ZstandardDecompressor())
            case .snappy: .snappy
            case .gzip: .gzip(GzipDecompressor())
            }
    }

    /// The `uncompressedSize` bytes that `bytes` stands for.
    ///
    /// Allocates `uncompressedSize` bytes before it looks at the data, so the caller has held that against its limits; never
    /// more, whatever the data says. Several frames or gzip members one after another are one run. No bytes at all stand for
    /// no bytes, since some writers leave an empty page uncompressed. ``Codec/none`` copies nothing.
    package func decompress(_ bytes: Bytes, to uncompressedSize: Int) throws(CodecError) -> Bytes {
        precondition(uncompressedSize >= 0)
        if case .none = state {
            guard bytes.count == uncompressedSize else {
                throw .sizeMismatch(declared: uncompressedSize, actual: bytes.count)
            }
            return bytes
        }
        if bytes.isEmpty {
            guard uncompressedSize == 0 else { throw .sizeMismatch(declared: uncompressedSize, actual: 0) }
            return bytes
        }
        return try Bytes(unsafeUninitializedCapacity: uncompressedSize) { (target) throws(CodecError) -> Int in
            try bytes.withUnsafeBytes { (source) throws(CodecError) in try decompress(source, into: target) }
            return uncompressedSize
        }
    }

    /// Fills all of `target`, or throws.
    private func decompress(
        _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) throws(CodecError) {
        switch state {
        case .none: target.copyMemory(from: source)
        case .zstd(let decompressor): try decompressor.decompress(source, into: target)
        case .snappy: try Snappy.decompress(source, into: target)
        case .gzip(let decompressor): try decompressor.decompress(source, into: target)
        }
    }
}
