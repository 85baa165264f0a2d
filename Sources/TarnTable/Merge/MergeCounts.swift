/// What the merging of a slice met and did, row by row.
package struct MergeCounts: Hashable, Sendable {
    /// Rows of the base file.
    package var storedRows: Int64 = 0
    /// Blocks of rows and of deletes that count, and the rows in them.
    package var logBlocks: Int64 = 0
    package var logRecords: Int64 = 0
    /// Distinct keys in those blocks.
    package var logKeys: Int64 = 0

    /// Keys by what became of them: a stored row was replaced, or removed; the stored row stayed, since its ordering value is
    /// greater; a row was added; nothing, since a key was deleted that is not stored.
    package var updated: Int64 = 0
    package var deleted: Int64 = 0
    package var outranked: Int64 = 0
    package var inserted: Int64 = 0
    package var void: Int64 = 0

    package init() {}

    /// Rows that come out.
    package var rows: Int64 { storedRows - deleted + inserted }
    /// Whether every key of the logs came to its end. True once all rows were read.
    package var isBalanced: Bool { updated + deleted + outranked + inserted + void == logKeys }

    mutating func add(_ other: MergeCounts) {
        storedRows += other.storedRows
        logBlocks += other.logBlocks
        logRecords += other.logRecords
        logKeys += other.logKeys
        updated += other.updated
        deleted += other.deleted
        outranked += other.outranked
        inserted += other.inserted
        void += other.void
    }
}
