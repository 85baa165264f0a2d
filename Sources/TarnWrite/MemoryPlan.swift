package import TarnBase

/// How the ceiling on a write's memory is divided. The parts that are alive together, with n tasks at work:
///
///     staging     rows + records + keys                        + the batch in hand
///     look-up     rows + records + keys + directory + changes  + n · 2 · keySpan
///     rewriting   rows + changes + n · (fetch + rowGroup + openPages)
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
    /// What the Parquet writer may hold of open pages and dictionaries, of all columns together.
    package let openPages: Int
    /// What of a base file is fetched at once to be rewritten.
    package let fetch: Int
    /// What is fetched of a column at once by those who fetch no more.
    package let window: Int
    /// What the look-up fetches of a file at once.
    package let keySpan: Int

    /// - Parameters:
    ///   - memory: Less than 1 MiB counts as 1 MiB.
    ///   - tasks: How many files are read or written at the same time.
    package init(_ memory: ByteCount, tasks: Int = 1) {
        let bytes = Int(clamping: max(memory.bytes, 1 << 20))
        let tasks = max(1, tasks)
        rows = bytes / 4
        records = bytes / 5
        keys = bytes / 32
        directory = bytes / 4
        changes = bytes / 12
        rowGroup = min(32 << 20, bytes / 8 / tasks)
        openPages = bytes / 8 / tasks
        fetch = max(8 << 20, bytes / 8, rowGroup * 5 / 4)
        window = min(1 << 20, max(64 << 10, bytes / 512))
        keySpan = min(8 << 20, bytes / 32 / tasks)
    }
}
