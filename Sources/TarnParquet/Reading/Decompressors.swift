import TarnBase

/// One decompressor for each codec of a file.
struct Decompressors {
    private var known: [CompressionCodec: Decompressor] = [:]

    /// - Throws: `unsupported` for a codec that Tarn does not read.
    mutating func decompressor(_ codec: CompressionCodec, _ column: LeafColumn) throws(ParquetError) -> Decompressor {
        if let decompressor = known[codec] { return decompressor }
        guard let format = codec.format else { throw .unsupported("compression with \(codec)", column: column.name) }
        let decompressor = Decompressor(format)
        known[codec] = decompressor
        return decompressor
    }
}
