import Tarn
import TarnBase
import TarnCommandLine
import TarnLocations
import TarnServices
import TarnStorage
import TarnTable

/// `20..30`.
struct KeptRange: ArgumentValue {
    let range: ClosedRange<Int>

    init(_ range: ClosedRange<Int>) { self.range = range }

    init?(argument: String) {
        guard let dots = argument.firstRange(of: ".."), let low = Int(argument[..<dots.lowerBound]), let high = Int(argument[dots.upperBound...]),
            low > 0, low <= high
        else { return nil }
        range = low...high
    }
}

struct ArchiveCommand: WritingCommand {
    var table = ""
    var s3 = S3Options()
    var lock = LockOptions()
    var keep = KeptRange(20...30)
    var dryRun = false
    var asJSON = false

    static let word = "archive"
    static let abstract = "Moves old instants from the timeline to the archive."
    static let parameters: [Parameter<Self>] = [
        .positional("TABLE", "The table.", \.table),
        .option("keep", "MIN..MAX", "With more than MAX commits, MIN stay (20..30).", \.keep),
        .flag("dry-run", "Print what would go and why, and change nothing.", \.dryRun),
        .flag("json", "Print one JSON object.", \.asJSON),
    ]

    func run() async throws -> Int32 {
        let archival = try Archival(TableLocation(writing: self).handle, keeping: keep.range)
        if dryRun {
            let decision = try await archival.decision()
            Console.standardOutput.write(asJSON ? json(decision).description + "\n" : text(decision))
        } else {
            let report = try await archival.archive()
            Console.standardOutput.write(asJSON ? json(report).description + "\n" : text(report))
        }
        return 0
    }

    private func text(_ report: ArchiveReport) -> String {
        for time in report.rolledBack { Console.standardError("rolled back \(time), which a failed writer left") }
        guard let last = report.archived.max() else { return "nothing to archive\n" }
        return "\(report.archived.count) instants archived, up to \(last), in \(Duration.milliseconds(Int64(report.seconds * 1000)).shortText)\n"
    }

    private func json(_ report: ArchiveReport) -> JSON {
        .object([
            .init("instant", .null), .init("action", "archive"), .init("operation", "archive"), .init("inserted", 0), .init("updated", 0),
            .init("deleted", 0), .init("files_written", 0), .init("bytes_written", .int(report.requests.bytesWritten)), .init("files_read", 0),
            .init("bytes_read", .int(report.requests.bytesRead)), .init("archived", .array(report.archived.map { .string("\($0)") })),
            .init("archive_files", .array(report.files.map { .string($0) })),
            .init("rolled_back", .array(report.rolledBack.map { .string("\($0)") })), .init("requests", report.requests.json),
            .init("peak_memory_bytes", .int(Console.peakMemoryBytes)), .init("seconds", .double(report.seconds)),
        ])
    }

    private func text(_ decision: ArchivalDecision) -> String {
        let rows = decision.verdicts.map { verdict in
            [verdict.reason.isArchival ? "archive" : "keep", "\(verdict.instant.time)", verdict.instant.action.rawValue, "\(verdict.reason)"]
        }
        return AlignedText.table([["", "instant", "action", "because"]] + rows) + "would archive \(decision.archived.count) instants\n"
    }

    private func json(_ decision: ArchivalDecision) -> JSON {
        let instants = decision.verdicts.map { verdict in
            JSON.object([
                .init("instant", .string("\(verdict.instant.time)")), .init("action", .string(verdict.instant.action.rawValue)),
                .init("archive", .bool(verdict.reason.isArchival)), .init("reason", .string("\(verdict.reason)")),
            ])
        }
        return .object([
            .init("action", "archive"), .init("keep", .string("\(keep.range.lowerBound)..\(keep.range.upperBound)")), .init("dry_run", true),
            .init("archived", .int(decision.archived.count)), .init("instants", .array(instants)),
        ])
    }
}
