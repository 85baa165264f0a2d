import TarnBase
import TarnServices
import TarnTable

/// What `tarn cluster` prints.
struct ShownClustering {
    let report: ClusteringReport
    let isDryRun: Bool

    var json: JSON {
        .object([
            .init("instant", report.instant.map { .string("\($0)") } ?? .null), .init("action", "replacecommit"), .init("operation", "cluster"),
            .init("completed", .bool(report.isCompleted)), .init("finished", .array(report.finished.map { .string("\($0)") })),
            .init("inserted", 0), .init("updated", 0), .init("deleted", 0), .init("rows", .int(report.rows)),
            .init("groups", .int(Int64(report.groups))), .init("partitions", .int(Int64(report.partitions))),
            .init("files_written", .int(Int64(report.filesWritten))), .init("bytes_written", .int(report.bytesWritten)),
            .init("files_read", .int(Int64(report.filesRead))), .init("bytes_read", .int(report.bytesRead)),
            .init("row_groups_copied", .int(Int64(report.rowGroupsCopied))), .init("bytes_spilled", .int(report.bytesSpilled)), .init("requests", report.requests.json),
            .init("peak_memory_bytes", .int(Console.peakMemoryBytes)), .init("seconds", .double(report.seconds)),
        ])
    }

    var text: String {
        var lines = report.finished.map { "\($0): pending, now done\n" }
        let input = "\(report.filesRead) files (\(ByteCount(report.bytesRead))) in \(report.partitions) partitions"
        if report.groups == 0 {
            if report.finished.isEmpty { lines.append("nothing to cluster\n") }
        } else if report.isCompleted, let instant = report.instant {
            let took = Duration.milliseconds(Int64(report.seconds * 1000)).shortText
            lines.append(
                "\(instant): \(report.rows) rows of \(input) are now in \(report.filesWritten) files (\(ByteCount(report.bytesWritten))), in \(took), peak memory \(ByteCount(Console.peakMemoryBytes))\n")
        } else if let instant = report.instant {
            lines.append("\(instant): planned; \(input) are going to be about \(report.filesWritten)\n")
        } else {
            lines.append("\(input) would be about \(report.filesWritten)\n")
        }
        return lines.joined()
    }
}
