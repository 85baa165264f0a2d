import TarnBase

/// What the readers of a scan did, counted.
final class ScanWork {
    /// Of pages and dictionaries, as they came out of the decompressor, or out of the file where nothing is compressed.
    var decompressedByteCount: Int64 = 0
    /// Values that were written to columns, and entries of dictionaries.
    var decodedValueCount: Int64 = 0
}

/// Decompresses the pages of one column.
struct PageDecompressor {
    let decompressor: Decompressor
    let work: ScanWork

    func page(_ body: Bytes, to uncompressedByteCount: Int) throws(ParquetError) -> Bytes {
        do {
            let page = try decompressor.decompress(body, to: uncompressedByteCount)
            work.decompressedByteCount += Int64(page.count)
            return page
        } catch { throw .malformed(error.description) }
    }

    func uncompressed(_ body: Bytes) -> Bytes {
        work.decompressedByteCount += Int64(body.count)
        return body
    }
}

/// One decompressor for each codec of a file.
struct Decompressors {
    let work = ScanWork()
    private var known: [CompressionCodec: PageDecompressor] = [:]

    /// - Throws: `unsupported` for a codec that Tarn does not read.
    mutating func decompressor(_ codec: CompressionCodec, _ column: LeafColumn) throws(ParquetError) -> PageDecompressor {
        if let decompressor = known[codec] { return decompressor }
        guard let format = codec.format else { throw .unsupported("compression with \(codec)", column: column.name) }
        let decompressor = PageDecompressor(decompressor: Decompressor(format), work: work)
        known[codec] = decompressor
        return decompressor
    }
}

extension CompressionCodec {
    /// nil for codecs that Tarn does not read.
    var format: Decompressor.Format? {
        switch self {
        case .uncompressed: Decompressor.Format.none
        case .snappy: .snappy
        case .gzip: .gzip
        case .zstd: .zstd
        case .lz4: .hadoopLZ4
        case .lz4Raw: .lz4
        default: nil
        }
    }
}
