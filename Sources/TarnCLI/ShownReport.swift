import TarnBase
import TarnTable
import TarnWrite

/// What a commit did, as `tarn write` and `tarn ingest` print it.
struct ShownReport {
    let report: CommitReport

    init(_ report: CommitReport) { self.report = report }

    /// - Parameter more: Members behind the common ones.
    func json(_ more: [JSON.Member] = []) -> JSON {
        .object(
            [
                .init("instant", report.instant.map { .string("\($0)") } ?? .null), .init("action", .string(report.action)),
                .init("operation", .string("\(report.operation)".lowercased())), .init("rows_in", .int(report.rowsIn)),
                .init("inserted", .int(report.inserted)), .init("updated", .int(report.updated)), .init("deleted", .int(report.deleted)),
                .init("stale", .int(report.stale)), .init("duplicates", .int(report.duplicates)),
                .init("files_written", .int(report.filesWritten)), .init("bytes_written", .int(report.bytesWritten)),
                .init("files_read", .int(report.filesRead)), .init("bytes_read", .int(report.bytesRead)),
                .init("requests", report.requests.json), .init("lookup_requests", report.lookupRequests.json),
                .init("already_committed", .bool(report.wasAlreadyCommitted)),
                .init("rolled_back", .array(report.rolledBack.map { .string("\($0)") })),
                .init("peak_memory_bytes", .int(Console.peakMemoryBytes)), .init("seconds", .double(report.seconds)),
            ] + more)
    }

    func text() -> String {
        for time in report.rolledBack { Console.standardError("rolled back \(time), which a failed writer left") }
        guard let instant = report.instant else { return "nothing to commit (\(report.stale) stale, \(report.duplicates) duplicate)\n" }
        if report.wasAlreadyCommitted { return "already committed as \(instant)\n" }
        let milliseconds = Int64(report.seconds * 1000)
        return "\(instant): \(report.inserted) inserted, \(report.updated) updated, \(report.deleted) deleted, \(report.stale) stale, "
            + "\(report.duplicates) duplicate; \(report.filesWritten) files, \(ByteCount(report.bytesWritten)) in "
            + "\(Duration.milliseconds(milliseconds).shortText), peak memory \(ByteCount(Console.peakMemoryBytes))\n"
    }
}
