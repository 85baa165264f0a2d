import Tarn
import TarnBase
import TarnCommandLine
import TarnIngest
import TarnLocations
import TarnStorage
import TarnTable
import TarnWrite

extension Envelope: ArgumentValue {}
extension LineFormat: ArgumentValue {}
extension OrderingSource: ArgumentValue {}
extension TimeUnitOfLong: ArgumentValue {}
extension Contract: ArgumentValue {}

struct IngestCommand: WritingCommand {
    var table = ""
    var s3 = S3Options()
    var lock = LockOptions()
    var inputs: [String] = []
    var files: [String] = []
    var lines: LineFormat?
    var topic: String?
    var envelope = Envelope.debezium
    var orderingFrom = OrderingSource.column
    var orderingUnit: TimeUnitOfLong?
    var batchRows = 50_000
    var batchSeconds = 60
    var quarantine: String?
    var contract = Contract.strict
    var memory = ByteCount.mebibytes(512)
    var spillDirectory: String?
    var targetFileSize = ByteCount.mebibytes(120)
    var watermarkField: String?
    var fromStart = false
    var fromEnd = false
    var fromOffsets: String?
    var noProgress = false
    var asJSON = false

    static let word = "ingest"
    static let abstract = "Commits change events in micro-batches until the source ends."
    static let parameters: [Parameter<Self>] = [
        .positional("TABLE", "The table.", \.table),
        .options("from", "FILE", "Where events come from; - is standard input. Further files may follow.", \.inputs),
        .rest("FILE", "Further files.", \.files),
        .option("lines", "value|record|kcat", "What a line is (told from the first line).", \.lines),
        .option("topic", "TOPIC", "Take only lines of this topic.", \.topic),
        .option("envelope", "debezium|plain", "What a value is (debezium).", \.envelope),
        .option("ordering-from", "column|source-time|source-position", "Where the ordering value comes from (column).", \.orderingFrom),
        .option("ordering-unit", "ms|us", "What a long in the ordering column counts, for deletes without it.", \.orderingUnit),
        .option("batch-rows", "ROWS", "Events a commit at most (50000).", \.batchRows),
        .option("batch-seconds", "SECONDS", "Seconds a commit at most (60).", \.batchSeconds),
        .option("quarantine", "FOLDER", "Where bad events go (TABLE.quarantine).", \.quarantine),
        .option("contract", "strict", "What happens to events that do not fit: strict puts them aside (strict).", \.contract),
        .option("memory", "SIZE", "Ceiling on working memory (512MiB).", \.memory),
        .option("spill-dir", "FOLDER", "Where to spill what does not fit.", \.spillDirectory),
        .option("target-file-size", "SIZE", "Files are filled up to this size (120MiB).", \.targetFileSize),
        .option("watermark-field", "COL", "The column with each event's time (the source's own time).", \.watermarkField),
        .flag("from-start", "Read sources with offsets from the first event there is.", \.fromStart),
        .flag("from-end", "Read them from behind the last event there is.", \.fromEnd),
        .option("from-offsets", "FILE", "Read them from these offsets: {\"topic/partition\": offset, …}.", \.fromOffsets),
        .flag("no-progress", "No progress on standard error.", \.noProgress),
        .flag("json", "Print a JSON object for each commit.", \.asJSON),
    ]

    func run() async throws -> Int32 {
        let location = try TableLocation(writing: self)
        let settings = try await ingestSettings()
        let ingest = ChangeIngest(
            into: TableSink(location.handle, writeSettings), settings, quarantine: try quarantineFolder(location), runtime: location.handle.runtime)
        var events: [EventInput] = []
        for path in try paths() { events.append(path == "-" ? .standardInput() : try await .file(path)) }
        let summary = try await ingest.run(events) { report in
            Console.standardOutput.write(asJSON ? json(report).description + "\n" : text(report))
            Console.standardOutput.flush()
        }
        for note in summary.notes { Console.standardError("tarn: \(note)") }
        return 0
    }

    private func paths() throws -> [String] {
        let all = inputs + files
        guard !all.isEmpty else { throw Failure(.usage, "--from is needed: the file of events, or - for standard input") }
        if let kafka = all.first(where: { $0.hasPrefix("kafka://") }) {
            throw Failure(.unsupported, "reading Kafka does not work yet: pipe the topic in with kcat -J (\(kafka))")
        }
        return all
    }

    private func ingestSettings() async throws -> IngestSettings {
        var settings = IngestSettings()
        settings.envelope = envelope
        settings.lines = lines
        settings.topic = topic
        settings.orderingFrom = orderingFrom
        settings.orderingUnit = orderingUnit
        guard batchRows > 0, batchSeconds > 0 else { throw Failure(.usage, "--batch-rows and --batch-seconds must be at least 1") }
        settings.batchRows = batchRows
        settings.batchSeconds = Double(batchSeconds)
        settings.contract = contract
        settings.memory = memory
        settings.watermarkField = watermarkField
        switch (fromStart, fromEnd, fromOffsets) {
        case (false, false, nil): settings.start = .ledger
        case (true, false, nil): settings.start = .fromStart
        case (false, true, nil): settings.start = .fromEnd
        case (false, false, let file?): settings.start = .fromOffsets(try await offsets(file))
        default: throw Failure(.usage, "only one of --from-start, --from-end and --from-offsets can be given")
        }
        return settings
    }

    private func offsets(_ file: String) async throws -> [String: Int64] {
        do {
            let members = try JSON(parsing: try await SmallFile(file).content()).objectValue ?? []
            var offsets: [String: Int64] = [:]
            for member in members { offsets[member.name] = member.value.intValue }
            guard !members.isEmpty, offsets.count == members.count else {
                throw Failure(.usage, "offsets are a JSON object: {\"topic/partition\": offset, …}", path: file)
            }
            return offsets
        } catch let error as JSONError {
            throw Failure(.usage, "the offsets are \(error)", path: file)
        }
    }

    private var writeSettings: WriteSettings {
        var settings = WriteSettings(operation: .upsert)
        settings.memory = memory
        settings.spillDirectory = spillDirectory
        settings.targetFileSize = targetFileSize
        return settings
    }

    private func quarantineFolder(_ location: TableLocation) throws -> QuarantineFolder {
        let place = try quarantine.map { try StoreLocation($0) } ?? location.place.beside(".quarantine")
        return QuarantineFolder(store: try place.open(s3), folder: .root)
    }

    private func json(_ report: IngestReport) -> JSON {
        ShownReport(report.commit).json([
            .init("input", .string(report.input)), .init("events", report.events.json), .init("passed", .int(report.passed)),
            .init("already_read", .int(report.alreadyCommitted)), .init("quarantine", report.quarantine.map { .string($0) } ?? .null),
        ])
    }

    private func text(_ report: IngestReport) -> String {
        let events = report.events
        var line = "\(report.input): \(events.read) events"
        if events.quarantined > 0 { line += ", \(events.quarantined) to quarantine" }
        if report.alreadyCommitted > 0 { line += ", \(report.alreadyCommitted) read before" }
        return line + "\n  " + ShownReport(report.commit).text()
    }
}
