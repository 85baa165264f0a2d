import TarnAvro

/// What a compaction plan says of the work on one slice (format §9.1). Spark reads `TOTAL_LOG_FILES_SIZE` when it runs the
/// plan, and dies without it; the rest is for its own planners.
package struct CompactionMetrics: Hashable, Sendable {
    package var logFiles: Int64
    package var logBytes: Int64
    /// In whole MiB, as Java counts them.
    package var readMebibytes: Int64
    package var writeMebibytes: Int64

    /// What a slice without a base file is expected to become: 0.15's largest Parquet file.
    private static let defaultBaseBytes: Int64 = 120 << 20

    package init(of slice: FileSlice) {
        logFiles = Int64(slice.logFiles.count)
        logBytes = slice.logBytes
        readMebibytes = slice.size >> 20
        writeMebibytes = (slice.baseFile?.size ?? Self.defaultBaseBytes) >> 20
    }

    init(_ members: [AvroValue.Member]) {
        func number(_ name: String) -> Int64 {
            guard case .double(let value)? = members.last(where: { $0.name == name })?.value else { return 0 }
            return Int64(exactly: value.rounded()) ?? 0
        }
        logFiles = number("TOTAL_LOG_FILES")
        logBytes = number("TOTAL_LOG_FILES_SIZE")
        readMebibytes = number("TOTAL_IO_READ_MB")
        writeMebibytes = number("TOTAL_IO_WRITE_MB")
    }

    /// In the order of Java's map.
    var members: [AvroValue.Member] {
        [
            ("TOTAL_LOG_FILES", logFiles), ("TOTAL_IO_MB", readMebibytes + writeMebibytes), ("TOTAL_IO_READ_MB", readMebibytes),
            ("TOTAL_LOG_FILES_SIZE", logBytes), ("TOTAL_IO_WRITE_MB", writeMebibytes),
        ].map { .init($0.0, .double(Double($0.1))) }
    }
}
