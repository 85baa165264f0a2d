package import TarnBase

/// How ``ParquetFileWriter`` lays out a file. The same options, schema and batches give the same bytes, however the rows are
/// cut into batches aside.
package struct ParquetWriteOptions: Hashable, Sendable {
    package var codec = Codec.zstd(level: 3)
    /// A row group ends when its encoded pages reach about this; they are held in memory until then.
    package var rowGroupBytes = 32 << 20
    /// A row group holds at most so many rows.
    package var rowGroupRows = Int.max
    /// A page ends when its values reach this before compression; one row may exceed it.
    package var pageBytes = 1 << 20
    /// A page holds at most so many rows, so that a reader that wants few does not decode many.
    package var pageRows = 20_000
    /// Whether columns that repeat themselves are written with a dictionary.
    package var usesDictionaries = true
    /// The dictionary's limit, before compression.
    package var dictionaryBytes = 1 << 20
    /// The name of the schema's root, which Hudi sets to that of the Avro record.
    package var rootName = "schema"
    package var createdBy = "tarn version 0.1.0"

    package init() {}
}

extension Codec {
    /// The number of this codec in Parquet's metadata.
    var parquetCodec: CompressionCodec {
        switch self {
        case .none: .uncompressed
        case .snappy: .snappy
        case .gzip: .gzip
        case .zstd: .zstd
        }
    }
}
