import TarnBase
import TarnServices
import TarnStorage
import TarnTable

/// What a cleaning did, or would do, as `tarn clean` prints it.
enum ShownCleaning {
    static func text(_ report: CleanReport) -> String {
        for time in report.rolledBack { Console.standardError("rolled back \(time), which a failed writer left") }
        for time in report.finished { Console.standardError("finished the clean \(time)") }
        guard let instant = report.instant else { return "nothing to clean\n" }
        let milliseconds = Int64(report.seconds * 1000)
        return "\(instant): \(report.deletedFiles) files deleted, \(report.reclaimed) in \(Duration.milliseconds(milliseconds).shortText)\n"
    }

    static func json(_ report: CleanReport) -> JSON {
        .object([
            .init("instant", report.instant.map { .string("\($0)") } ?? .null), .init("action", "clean"), .init("operation", "clean"),
            .init("inserted", 0), .init("updated", 0), .init("deleted", 0), .init("files_written", 0), .init("bytes_written", 0),
            .init("files_read", 0), .init("bytes_read", .int(report.requests.bytesRead)), .init("files_deleted", .int(report.deletedFiles)),
            .init("bytes_reclaimed", .int(report.reclaimed.bytes)), .init("finished", .array(report.finished.map { .string("\($0)") })),
            .init("rolled_back", .array(report.rolledBack.map { .string("\($0)") })), .init("requests", report.requests.json),
            .init("peak_memory_bytes", .int(Console.peakMemoryBytes)), .init("seconds", .double(report.seconds)),
        ])
    }

    static func text(_ decision: CleaningDecision) -> String {
        var rows = [["", "file", "bytes", "because"]]
        for verdict in decision.verdicts {
            for file in verdict.version.files {
                rows.append([verdict.reason.isDeletion ? "delete" : "keep", verdict.version.relativePath(of: file), "\(file.size)", "\(verdict.reason)"])
            }
        }
        let sum = "would delete \(decision.deletedFileCount) files, \(ByteCount(decision.deletedByteCount)), keeping \(decision.retention)"
        return AlignedText.table(rows) + sum + (decision.retained.map { ": snapshots from \($0.time) on" } ?? "") + "\n"
    }

    static func json(_ decision: CleaningDecision) -> JSON {
        let files = decision.verdicts.flatMap { verdict in
            verdict.version.files.map { file in
                JSON.object([
                    .init("path", .string(verdict.version.relativePath(of: file))), .init("bytes", .int(file.size)),
                    .init("delete", .bool(verdict.reason.isDeletion)), .init("reason", .string("\(verdict.reason)")),
                ])
            }
        }
        return .object([
            .init("action", "clean"), .init("keep", .string("\(decision.retention)")), .init("dry_run", true),
            .init("earliest_retained", decision.retained.map { .string("\($0.time)") } ?? .null),
            .init("files_deleted", .int(decision.deletedFileCount)), .init("bytes_reclaimed", .int(decision.deletedByteCount)),
            .init("files", .array(files)),
        ])
    }
}
