package import TarnBase

/// The column chunk of one row group of one file as it lies there, to be put into another file without decoding.
///
/// Promises: `pages` are whole pages whose values add up to what the metadata says, and whose checksums are right; the indexes
/// that are kept fit them.
package struct EncodedChunk: Sendable {
    /// In the schema of the file it comes from.
    package let leaf: LeafColumn
    /// Of its row group.
    package let rowCount: Int64
    /// As the footer of the file it comes from has it: offsets are that file's.
    package let metadata: ColumnChunk
    /// The dictionary page, if there is one, and the data pages.
    package let pages: Bytes
    /// Header and bits; nil also where the file does not say how long they are.
    package let bloomFilter: Bytes?
    package let columnIndex: Bytes?
    /// Offsets are those of the file it comes from.
    package let offsetIndex: OffsetIndex?

    /// The chunk at another place: offsets are moved, all else stays.
    func placed(at offset: Int64) -> FinishedChunk {
        let distance = offset - metadata.startOffset
        var chunk = metadata
        chunk.fileOffset = 0
        chunk.dataPageOffset += distance
        chunk.dictionaryPageOffset = metadata.startOffset < metadata.dataPageOffset ? offset : nil
        var moved = offsetIndex
        for page in offsetIndex?.pages.indices ?? 0..<0 { moved?.pages[page].offset += distance }
        var finished = FinishedChunk(metadata: chunk, pages: [pages])
        finished.indexes.bloomFilter = bloomFilter
        finished.indexes.columnIndex = columnIndex
        finished.indexes.offsetIndex = moved?.encoded()
        return finished
    }
}

/// A column of a row group with all its leaves, encoded.
package struct EncodedField: Sendable {
    /// In the schema of the file it comes from.
    package let field: SchemaField
    /// One a leaf, in their order.
    package let chunks: [EncodedChunk]

    package var byteCount: Int { chunks.reduce(0) { $0 + $1.pages.count } }
}
