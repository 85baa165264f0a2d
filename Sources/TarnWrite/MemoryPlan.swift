package import TarnBase

/// How the ceiling on a write's memory is divided. The parts that are alive together:
///
///     staging     rows + records + keys                        + the batch in hand
///     look-up     rows + records + keys + directory + changes  + span of a base file
///     rewriting   rows + changes + rowGroup + window·columns
package struct MemoryPlan: Hashable, Sendable {
    /// Encoded rows; beyond, all go to a scratch file.
    package let rows: Int
    /// Index records; likewise.
    package let records: Int
    /// The keys themselves; beyond, only their range is kept.
    package let keys: Int
    /// The key directory of one pass over the table.
    package let directory: Int
    /// Each of the two sorted lists of changes.
    package let changes: Int
    /// What the Parquet writer may hold of a row group.
    package let rowGroup: Int
    /// What is fetched of a column at once.
    package let window: Int
    /// What the look-up fetches of a file at once.
    package let keySpan: Int

    package init(_ memory: ByteCount) {
        let bytes = Int(clamping: max(memory.bytes, 16 << 20))
        rows = bytes / 4
        records = bytes / 5
        keys = bytes / 32
        directory = bytes / 4
        changes = bytes / 12
        rowGroup = min(32 << 20, bytes / 8)
        window = min(1 << 20, max(64 << 10, bytes / 512))
        keySpan = min(8 << 20, bytes / 64)
    }
}
