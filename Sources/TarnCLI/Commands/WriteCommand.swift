import Tarn
import TarnBase
import TarnColumns
import TarnCommandLine
import TarnLocations
import TarnTable
import TarnWrite

struct WriteCommand: WritingCommand {
    enum Operation: String, ArgumentValue, CaseIterable {
        case upsert, insert, delete
        case bulkInsert = "bulk-insert"
        case insertOverwrite = "insert-overwrite"
        case insertOverwriteTable = "insert-overwrite-table"
        case deletePartition = "delete-partition"
    }

    var table = ""
    var s3 = S3Options()
    var lock = LockOptions()
    var files: [String] = []
    var inputFormat: InputFile.Format?
    var operation = Operation.upsert
    var deleteMarker: String?
    var dedupe = false
    var targetFileSize = ByteCount.mebibytes(120)
    var token: String?
    var watermarkField: String?
    var memory = ByteCount.mebibytes(512)
    var spillDirectory: String?
    var noProgress = false
    var asJSON = false

    static let word = "write"
    static let abstract = "Makes one commit from files of rows."
    static let parameters: [Parameter<Self>] = [
        .positional("TABLE", "The table.", \.table),
        .rest("FILE", required: true, "Parquet or NDJSON files; - is standard input.", \.files),
        .option("input-format", "ndjson|parquet", "The format of the files (told from their names).", \.inputFormat),
        .option("op", "upsert|insert|delete", "What to do with the rows (upsert).", \.operation),
        .option("delete-marker", "COL[=VALUE]", "Rows in which COL is VALUE (true) delete their key; COL is not stored.", \.deleteMarker),
        .flag("dedupe", "Of rows with one key keep the newest; always on.", \.dedupe),
        .option("target-file-size", "SIZE", "Files are filled up to this size (120MiB).", \.targetFileSize),
        .option("commit-token", "TOKEN", "The same token twice makes no second commit.", \.token),
        .option("watermark-field", "COL", "The column with each row's event time.", \.watermarkField),
        .option("memory", "SIZE", "Ceiling on working memory (512MiB).", \.memory),
        .option("spill-dir", "FOLDER", "Where to spill what does not fit.", \.spillDirectory),
        .flag("no-progress", "No progress on standard error.", \.noProgress),
        .flag("json", "Print one JSON object.", \.asJSON),
    ]

    func run() async throws -> Int32 {
        let settings = try settings()
        let inputs = try files.map { try InputFile($0, format: inputFormat) }
        let location = try TableLocation(writing: self)
        let transaction = try await WriteTransaction.begin(location.handle, settings)
        let report: CommitReport
        do {
            if transaction.committedBefore == nil { try await transaction.holdingLock { try await stage(inputs, in: transaction) } }
            report = try await transaction.commit()
        } catch {
            await transaction.abandon()
            throw error
        }
        let shown = ShownReport(report)
        Console.standardOutput.write(asJSON ? shown.json().description + "\n" : shown.text())
        return 0
    }

    private func settings() throws -> WriteSettings {
        var settings: WriteSettings
        switch operation {
        case .upsert: settings = WriteSettings(operation: .upsert)
        case .insert: settings = WriteSettings(operation: .insert)
        case .bulkInsert: settings = WriteSettings(operation: .bulkInsert)
        case .delete: settings = WriteSettings(operation: .delete)
        default: throw Failure(.unsupported, "--op \(operation.rawValue) does not work yet; upsert, insert, bulk-insert and delete do")
        }
        settings.targetFileSize = targetFileSize
        settings.memory = memory
        settings.spillDirectory = spillDirectory
        settings.commitToken = token
        return settings
    }

    private func stage(_ inputs: [InputFile], in transaction: WriteTransaction) async throws {
        let shape = try RowShape(for: transaction, operation: operation, deleteMarker: deleteMarker, watermarkField: watermarkField)
        for input in inputs {
            var firstRow = 0
            try await input.forEachBatch(as: shape.inputSchema) { batch in
                let changes = try shape.changes(batch, from: input.path, firstRow: firstRow)
                if let rejected = try await transaction.stage(changes).first {
                    let place = input.format == .ndjson ? "line" : "row"
                    throw Failure(.invalid, "\(place) \(firstRow + rejected.row + 1): \(rejected.reason); nothing was written", path: input.path)
                }
                firstRow += batch.rowCount
            }
        }
    }
}
