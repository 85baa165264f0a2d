public import TarnStorage
public import TarnTable
import TarnWrite

/// What compactions did.
public struct CompactionReport: Hashable, Sendable {
    /// The compactions that were completed, oldest first.
    public internal(set) var instants: [InstantTime] = []
    /// The newest of them.
    public var instant: InstantTime? { instants.last }

    /// Slices rewritten, and what their logs held.
    public internal(set) var slices: Int64 = 0
    public internal(set) var logFiles: Int64 = 0
    public internal(set) var logBytes: Int64 = 0
    public internal(set) var logRecords: Int64 = 0

    /// Rows of the new base files, and those that the logs added, replaced and removed.
    public internal(set) var rows: Int64 = 0
    public internal(set) var inserted: Int64 = 0
    public internal(set) var updated: Int64 = 0
    public internal(set) var deleted: Int64 = 0

    public internal(set) var filesWritten: Int64 = 0
    public internal(set) var bytesWritten: Int64 = 0
    public internal(set) var filesRead: Int64 = 0
    public internal(set) var bytesRead: Int64 = 0
    /// Bytes that went to scratch files.
    public internal(set) var bytesSpilled: Int64 = 0
    /// The most that was held of ``Compaction/memory`` at a time, as it is counted.
    public internal(set) var memoryPeak: Int64 = 0
    public internal(set) var requests = RequestCounts()
    public internal(set) var seconds: Double = 0
    /// Instants of failed writes that were rolled back first.
    public internal(set) var rolledBack: [InstantTime] = []

    /// Nothing was done.
    public init() {}

    mutating func add(_ slice: CompactedSlice) {
        let counts = slice.counts
        slices += 1
        logFiles += Int64(slice.source.logFiles.count)
        logBytes += slice.source.logBytes
        logRecords += counts.logRecords
        rows += slice.file.rowCount
        inserted += counts.inserted
        updated += counts.updated
        deleted += counts.deleted
        filesWritten += 1
        bytesWritten += slice.file.byteCount
        filesRead += Int64(slice.source.logFiles.count) + (slice.source.baseFile == nil ? 0 : 1)
    }

    mutating func add(_ other: CompactionReport) {
        instants += other.instants
        slices += other.slices
        logFiles += other.logFiles
        logBytes += other.logBytes
        logRecords += other.logRecords
        rows += other.rows
        inserted += other.inserted
        updated += other.updated
        deleted += other.deleted
        filesWritten += other.filesWritten
        bytesWritten += other.bytesWritten
        filesRead += other.filesRead
        bytesRead += other.bytesRead
        bytesSpilled += other.bytesSpilled
        memoryPeak = max(memoryPeak, other.memoryPeak)
        requests += other.requests
        seconds += other.seconds
        rolledBack += other.rolledBack
    }
}
