/// Decompresses one run of bytes after another with the same context. Not shared between threads.
package final class Decompressor {
    /// What can be read: more than ``Codec`` can write.
    package enum Format: Hashable, Sendable {
        case none, zstd, snappy, gzip
        /// One block without framing.
        case lz4
        /// Blocks in Hadoop's framing, or one block without.
        case hadoopLZ4
    }

    private enum State {
        case none
        case zstd(ZstandardDecompressor)
        case snappy
        case gzip(GzipDecompressor)
        case lz4
        case hadoopLZ4
    }

    private let state: State

    package init(_ format: Format) {
        state =
            switch format {
            case .none: .none
            case .zstd: .zstd(ZstandardDecompressor())
            case .snappy: .snappy
            case .gzip: .gzip(GzipDecompressor())
            case .lz4: .lz4
            case .hadoopLZ4: .hadoopLZ4
            }
    }

    /// - Parameter codec: Its level does not matter.
    package convenience init(_ codec: Codec) {
        switch codec {
        case .none: self.init(Format.none)
        case .zstd: self.init(Format.zstd)
        case .snappy: self.init(Format.snappy)
        case .gzip: self.init(Format.gzip)
        }
    }

    /// How many bytes one compressed byte can stand for at most, rounded up: what declares more is wrong before it is read.
    private var greatestRatio: Int {
        switch state {
        case .none: 1
        case .snappy: 32
        case .lz4, .hadoopLZ4: 256
        case .gzip: 1033
        // A block of one repeated byte: 128 KiB in four.
        case .zstd: 1 << 16
        }
    }

    /// The `uncompressedSize` bytes that `bytes` stands for.
    ///
    /// Allocates `uncompressedSize` bytes before it looks at the data, so the caller has held that against its limits; never
    /// more, whatever the data says, and nothing when no data of this length can stand for so many. Several frames or gzip members one after another are one run. No bytes at all stand for
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
        guard uncompressedSize / greatestRatio <= bytes.count else { throw .sizeMismatch(declared: uncompressedSize, actual: nil) }
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
        case .lz4: try LZ4.decompress(source, into: target)
        case .hadoopLZ4: try LZ4.decompressHadoop(source, into: target)
        }
    }
}
