/// What the index knows of one staged change: 40 bytes, whatever the row.
package struct IndexRecord: BitwiseCopyable, Sendable {
    /// The seeded 128-bit hash of the record key. Stands for the key: that two keys of a write agree in it is less likely
    /// than that memory errs.
    package var hashLow: UInt64
    package var hashHigh: UInt64
    /// The ordering value, so mapped that integers compare as the values do; `Int64.min` where there is none.
    package var ordering: Int64
    /// Offset of the row in the staged rows in the low 56 bits; kind and marks above.
    private var place: UInt64
    /// Bytes of the staged row; 0 for deletes of which no row is kept.
    package var rowLength: UInt32
    /// Number of the partition the row belongs into; see ``PartitionNames``. Unspecified for deletes.
    package var partition: UInt32

    package init(
        hash: (low: UInt64, high: UInt64), ordering: Int64, kind: ChangeKind, rowOffset: Int64, rowLength: UInt32, partition: UInt32
    ) {
        precondition(rowOffset >= 0 && rowOffset < 1 << 56)
        hashLow = hash.low
        hashHigh = hash.high
        self.ordering = ordering
        place = UInt64(rowOffset) | UInt64(kind.rawValue) << 56
        self.rowLength = rowLength
        self.partition = partition
    }

    package static let byteCount = 40

    package var rowOffset: Int64 { Int64(place & 0x00FF_FFFF_FFFF_FFFF) }

    package var kind: ChangeKind {
        switch (place >> 56) & 3 {
        case 0: .upsert
        case 1: .delete
        default: .deleteByKey
        }
    }

    /// A delete by key came before the winning change: what is stored under the key goes, and the winner stays only if
    /// it beats what was stored.
    package var deletesStored: Bool {
        get { place & Self.deletesStoredMark != 0 }
        set { place = newValue ? place | Self.deletesStoredMark : place & ~Self.deletesStoredMark }
    }

    private static let deletesStoredMark: UInt64 = 1 << 58
}
