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
    package var pageVersion = PageVersion.v1
    /// Whether columns that repeat themselves are written with a dictionary.
    package var usesDictionaries = true
    /// The dictionary's limit, before compression.
    package var dictionaryBytes = 1 << 20
    /// How values are written that no dictionary holds.
    package var encodings = Encodings.plain
    /// Whether every page has a CRC-32.
    package var writesChecksums = true
    /// Whether each chunk has a column index and an offset index.
    package var writesPageIndex = true
    /// Whether chunks and indexes say how large values are once decoded.
    package var writesSizeStatistics = true
    /// Bounds of text and binary values are cut to so many bytes.
    package var boundBytes = 64
    /// What the rows of every row group are sorted by. The writer repeats it and does not check it.
    package var sortingColumns: [SortingColumn] = []
    /// What differs for single leaves, by dotted path.
    package var columns: [String: ColumnWriteOptions] = [:]
    /// The name of the schema's root, which Hudi sets to that of the Avro record.
    package var rootName = "schema"
    package var createdBy = "tarn version 0.1.0"
    /// Footer entries by which other engines restore their types.
    package var schemaHints: SchemaHints = []

    package init() {}

    package enum PageVersion: Hashable, Sendable {
        /// What every reader reads.
        case v1
        /// Levels stand uncompressed in front of the values; pages that do not shrink are stored as they are.
        case v2
    }

    package enum Encodings: Hashable, Sendable {
        /// PLAIN: what every reader reads.
        case plain
        /// Of PLAIN, the delta encodings and BYTE_STREAM_SPLIT the one that makes a chunk's first values smallest, compressed.
        case smallest
    }
}

/// What differs for one leaf.
package struct ColumnWriteOptions: Hashable, Sendable {
    package var usesDictionary: Bool?
    /// For values that no dictionary holds.
    package var encoding: Encoding?
    /// A bloom filter for each chunk that has values.
    package var bloomFilter: BloomFilterOptions?

    package init() {}
}

package struct BloomFilterOptions: Hashable, Sendable {
    /// How often a value that is not there is taken for one that is.
    package var falsePositiveRate = 0.01
    /// A filter takes no more, even if it is wrong more often then.
    package var byteLimit = 1 << 20

    package init() {}
}

extension ParquetWriteOptions {
    /// - Throws: `unsupported`, naming the column, for what no leaf of the schema can be given.
    func check(against tree: SchemaTree) throws(ParquetError) {
        for (name, column) in columns.sorted(by: { $0.key < $1.key }) {
            guard let leaf = tree.leaves.first(where: { $0.name == name }) else {
                throw .unsupported("options for a column that is no leaf of the schema", column: name)
            }
            if let encoding = column.encoding, !EncodingChoice.legal(for: leaf).contains(encoding) {
                throw .unsupported("\(leaf.physicalType) values in encoding \(encoding)", column: name)
            }
            guard let filter = column.bloomFilter else { continue }
            guard leaf.physicalType != .boolean else { throw .unsupported("a bloom filter of booleans", column: name) }
            guard filter.falsePositiveRate > 0, filter.falsePositiveRate < 1, filter.byteLimit >= SplitBlockBloomFilter.bytesPerBlock else {
                throw .unsupported("a bloom filter of at most \(filter.byteLimit) bytes, wrong in \(filter.falsePositiveRate) of all cases", column: name)
            }
        }
        for sorting in sortingColumns where !tree.leaves.indices.contains(Int(sorting.leaf)) {
            throw .unsupported("rows sorted by leaf \(sorting.leaf) of \(tree.leaves.count)")
        }
    }

    /// What a leaf's values may be written in, the first unless another proves smaller.
    func encodings(for leaf: LeafColumn) -> [Encoding] {
        if let encoding = columns[leaf.name]?.encoding { return [encoding] }
        guard encodings == .smallest else { return [.plain] }
        // BYTE_STREAM_SPLIT of integers and fixed bytes is too new for many readers.
        return EncodingChoice.legal(for: leaf).filter { encoding in
            encoding != .byteStreamSplit || leaf.physicalType == .float || leaf.physicalType == .double
        }
    }

    func usesDictionary(for leaf: LeafColumn) -> Bool {
        leaf.physicalType != .boolean && columns[leaf.name]?.usesDictionary ?? usesDictionaries
    }
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
