package import TarnBase

/// A column chunk that goes into the file next: its pages, and what the file says of them.
struct FinishedChunk {
    /// Offsets are those in the file that is written; places of indexes and filter are not known yet.
    var metadata: ColumnChunk
    var pages: [Bytes]
    var indexes = ChunkIndexes()
}

/// What belongs to a column chunk but lies apart from its pages, as it goes into the file.
package struct ChunkIndexes: Hashable, Sendable {
    /// Header and bits of the bloom filter: behind the row group.
    package var bloomFilter: Bytes?
    /// The `ColumnIndex` and the `OffsetIndex`, encoded: behind all row groups. Offsets in the latter are those of the file.
    package var columnIndex: Bytes?
    package var offsetIndex: Bytes?

    package init() {}
}
