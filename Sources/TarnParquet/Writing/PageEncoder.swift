import TarnBase

/// A page as it goes into the file, header included.
struct EncodedPage {
    let bytes: Bytes
    let headerByteCount: Int
    /// Of the page without header, before compression.
    let uncompressedByteCount: Int

    /// Of the page without header.
    var compressedByteCount: Int { bytes.count - headerByteCount }
}

/// Compresses pages and puts their headers in front. One a file: the codec's context and the buffers are used again.
final class PageEncoder {
    private let compressor: Compressor
    private var raw = ByteBuilder()
    private var compressed = ByteBuilder()
    /// Buffers that one unusual page made larger than this are not kept.
    private static let keptCapacity = 8 << 20

    init(codec: Codec) { compressor = Compressor(codec) }

    /// The page of what `fill` appends. Its header carries the CRC-32 of the compressed page.
    ///
    /// Specification: Parquet, `parquet.thrift`, `PageHeader`.
    func encode(
        _ content: PageHeader.Content, column: String, _ fill: (inout ByteBuilder) -> Void
    ) throws(ParquetError) -> EncodedPage {
        compress(fill)
        defer { trim() }
        guard raw.count <= Int32.max, compressed.count <= Int32.max else {
            throw .unsupported("a page of \(raw.count) bytes", column: column)
        }
        let header = PageHeader(
            content, uncompressedByteCount: raw.count, compressedByteCount: compressed.count,
            checksum: compressed.withUnsafeBytes { CRC32.checksum(of: $0) }
        ).encoded()
        let count = header.count + compressed.count
        let bytes = Bytes(unsafeUninitializedCapacity: count) { target in
            header.withUnsafeBytes { target.copyMemory(from: $0) }
            compressed.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: target[header.count...]).copyMemory(from: $0) }
            return count
        }
        return EncodedPage(bytes: bytes, headerByteCount: header.count, uncompressedByteCount: raw.count)
    }

    /// How many bytes what `fill` appends would take when compressed, header not counted.
    func compressedByteCount(_ fill: (inout ByteBuilder) -> Void) -> Int {
        compress(fill)
        defer { trim() }
        return compressed.count
    }

    private func compress(_ fill: (inout ByteBuilder) -> Void) {
        raw.removeAll()
        compressed.removeAll()
        fill(&raw)
        raw.withUnsafeBytes { compressor.compress($0, appendingTo: &compressed) }
    }

    private func trim() {
        if raw.capacity > PageEncoder.keptCapacity { raw = ByteBuilder() }
        if compressed.capacity > PageEncoder.keptCapacity { compressed = ByteBuilder() }
    }
}
