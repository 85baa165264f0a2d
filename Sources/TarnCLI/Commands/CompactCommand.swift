import Tarn
import TarnBase
import TarnCommandLine
import TarnLocations
import TarnServices
import TarnTable

struct CompactCommand: WritingCommand {
    var table = ""
    var s3 = S3Options()
    var lock = LockOptions()
    var plansOnly = false
    var instant: String?
    var isDry = false
    var maximumBytes: ByteCount?
    var maximumLag: Int?
    var memory = ByteCount.mebibytes(512)
    var spillDirectory: String?
    var asJSON = false

    static let word = "compact"
    static let abstract = "Folds the log files of a merge-on-read table into base files."
    static let parameters: [Parameter<Self>] = [
        .positional("TABLE", "The table.", \.table),
        .flag("plan-only", "Put the plan on the timeline and leave it to a later run.", \.plansOnly),
        .option("run", "INSTANT", "Run the plan that stands on the timeline under this instant.", \.instant),
        .flag("dry-run", "Print what would be compacted; write nothing.", \.isDry),
        .option("max-bytes", "SIZE", "At most so many bytes of base and log files, one slice at least (all).", \.maximumBytes),
        .option("max-lag", "SECONDS", "Only slices with a record that has waited for longer (all).", \.maximumLag),
        .option("memory", "SIZE", "Ceiling on working memory (512MiB).", \.memory),
        .option("spill-dir", "FOLDER", "Where to spill what does not fit.", \.spillDirectory),
        .flag("json", "Print one JSON object.", \.asJSON),
    ]

    func run() async throws -> Int32 {
        var options = Compaction()
        options.maximumBytes = maximumBytes
        options.maximumLagSeconds = maximumLag.map(Int64.init)
        options.memory = memory
        options.spillDirectory = spillDirectory
        guard [plansOnly, isDry, instant != nil].count(where: { $0 }) <= 1 else {
            throw Failure(.usage, "--plan-only, --dry-run and --run exclude one another")
        }
        let table = try TableLocation(writing: self).table
        if plansOnly || isDry {
            var plan = try await table.plan(options)
            if plansOnly, let found = plan { plan = try await table.schedule(found) }
            show(plan)
        } else if let instant {
            guard let time = InstantTime(instant) else { throw Failure(.usage, "'\(instant)' is not an instant") }
            show(try await table.runCompaction(time, options))
        } else {
            show(try await table.compact(options))
        }
        return 0
    }

    // MARK: Plans

    private func show(_ plan: PlannedCompaction?) {
        if asJSON {
            let slices = (plan?.slices ?? []).map { slice -> JSON in
                [
                    "partition": .string(slice.partition), "file_id": .string(slice.fileID), "base_file": slice.baseFile.map { .string($0) } ?? .null,
                    "base_bytes": .int(slice.baseBytes), "log_files": .int(slice.logFiles.count), "log_bytes": .int(slice.logBytes),
                ]
            }
            Console.standardOutput.write(
                [
                    "instant": plan?.instant.map { .string("\($0)") } ?? .null, "action": "compaction", "operation": "compact",
                    "slices": .array(slices), "base_bytes": .int(plan?.baseBytes ?? 0), "log_bytes": .int(plan?.logBytes ?? 0),
                ] as JSON)
            return
        }
        guard let plan else {
            Console.standardOutput.write("nothing to compact\n")
            return
        }
        var rows = [["partition", "file group", "base file", "log files", "log bytes"]]
        for slice in plan.slices {
            rows.append([
                slice.partition, slice.fileID, slice.baseFile == nil ? "-" : ByteCount(slice.baseBytes).description, "\(slice.logFiles.count)",
                ByteCount(slice.logBytes).description,
            ])
        }
        let place = plan.instant.map { "planned as \($0); 'tarn compact \(table) --run \($0)' runs it" } ?? "would compact"
        Console.standardOutput.write("\(place)\n\n\(AlignedText.table(rows))")
    }

    // MARK: Reports

    private func show(_ done: CompactionReport?) {
        let report = done ?? CompactionReport()
        for time in report.rolledBack { Console.standardError("rolled back \(time), which a failed writer left") }
        if asJSON {
            Console.standardOutput.write(json(report))
            return
        }
        guard let instant = report.instant else {
            Console.standardOutput.write("nothing to compact\n")
            return
        }
        let milliseconds = Int64(report.seconds * 1000)
        Console.standardOutput.write(
            "\(instant): \(report.slices) slices with \(report.logFiles) log files (\(ByteCount(report.logBytes))); \(report.updated) updated, "
                + "\(report.deleted) deleted, \(report.inserted) inserted; \(ByteCount(report.bytesWritten)) in "
                + "\(Duration.milliseconds(milliseconds).shortText), peak memory \(ByteCount(Console.peakMemoryBytes))\n")
    }

    private func json(_ report: CompactionReport) -> JSON {
        [
            "instant": report.instant.map { .string("\($0)") } ?? .null, "instants": .array(report.instants.map { .string("\($0)") }),
            "action": "compaction", "operation": "compact", "slices": .int(report.slices), "log_files": .int(report.logFiles),
            "log_bytes": .int(report.logBytes), "log_records": .int(report.logRecords), "rows": .int(report.rows),
            "inserted": .int(report.inserted), "updated": .int(report.updated), "deleted": .int(report.deleted),
            "files_written": .int(report.filesWritten), "bytes_written": .int(report.bytesWritten), "files_read": .int(report.filesRead),
            "bytes_read": .int(report.bytesRead), "bytes_spilled": .int(report.bytesSpilled), "requests": report.requests.json,
            "rolled_back": .array(report.rolledBack.map { .string("\($0)") }), "peak_memory_bytes": .int(Console.peakMemoryBytes),
            "seconds": .double(report.seconds),
        ]
    }
}
