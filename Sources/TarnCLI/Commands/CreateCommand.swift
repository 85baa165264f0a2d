import Tarn
import TarnAvro
import TarnBase
import TarnColumns
import TarnCommandLine
import TarnLocations
import TarnStorage
import TarnTable

struct CreateCommand: Command {
    enum Kind: String, ArgumentValue { case cow, mor }
    enum Merge: String, ArgumentValue {
        case eventTime = "event-time"
        case commitTime = "commit-time"
    }
    enum ChangeLog: String, ArgumentValue {
        case off, before
        case opKey = "op-key"
        case beforeAfter = "before-after"
    }
    struct Property: ArgumentValue {
        let key: String, value: String
        init?(argument: String) {
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else { return nil }
            (key, value) = (String(parts[0]), String(parts[1]))
        }
    }

    var table = ""
    var s3 = S3Options()
    var tableName: String?
    var schemaFile: String?
    var schemaFrom: String?
    var recordKey = NameList()
    var partitionBy = NameList()
    var hiveStyle = Switch.on
    var urlEncode = Switch.off
    var ordering = NameList()
    var kind = Kind.cow
    var version = 6
    var merge: Merge?
    var keyGenerator: TableConfiguration.KeyGeneratorKind?
    var index = "simple"
    var metadataTable = Switch.off
    var changeLog = ChangeLog.off
    var properties: [Property] = []
    var asJSON = false

    static let word = "create"
    static let abstract = "Creates an empty table."
    static let parameters: [Parameter<Self>] = [
        .positional("TABLE", "The folder of the table, or s3://bucket/prefix.", \.table),
        .option("name", "NAME", "The table's name (the folder's name).", \.tableName),
        .option("schema", "FILE", "The columns, as an Avro schema in JSON.", \.schemaFile),
        .option("schema-from", "DATAFILE", "The columns of this Parquet file.", \.schemaFrom),
        .option("record-key", "COL", "The column that identifies a row.", \.recordKey),
        .option("partition-by", "COL", "The column whose values become folders (none).", \.partitionBy),
        .option("hive-style", "on|off", "Folders named column=value (on).", \.hiveStyle),
        .option("url-encode", "on|off", "Escape special characters in partition values (off).", \.urlEncode),
        .option("ordering", "COL", "The column that tells which version of a row is newer.", \.ordering),
        .option("type", "cow|mor", "The table type: copy-on-write or merge-on-read (cow).", \.kind),
        .option("table-version", "6", "The table version (6).", \.version),
        .option("merge-mode", "event-time|commit-time", "Which version of a row is kept (told from --ordering).", \.merge),
        .option("keygen", "simple|non-partitioned", "The key generator (told from the columns).", \.keyGenerator),
        .option("index", "simple", "How keys are found (simple: in the whole table).", \.index),
        .option("metadata-table", "off", "Whether to keep a metadata table (off).", \.metadataTable),
        .option("cdc", "off", "Whether to log changes (off).", \.changeLog),
        .options("property", "K=V", "hoodie.database.name=NAME; other properties are refused.", \.properties),
        .flag("json", "Print one JSON object.", \.asJSON),
    ]

    func run() async throws -> Int32 {
        try refuseWhatIsPlanned()
        let location = try TableLocation(self)
        var configuration = TableConfiguration(name: try name(location), schema: try await schema(), recordKey: recordKey.names)
        for property in properties {
            guard property.key == "hoodie.database.name" else {
                throw Failure(.unsupported, "--property \(property.key): only hoodie.database.name can be given; the other properties follow from the options")
            }
            configuration.database = property.value
        }
        configuration.partitioning = partitionBy.names.isEmpty ? .none : .fields(partitionBy.names)
        configuration.orderingFields = ordering.names
        configuration.mergeMode = merge.map { $0 == .eventTime ? .eventTimeOrdering : .commitTimeOrdering }
        configuration.hiveStylePartitioning = hiveStyle.isOn
        configuration.urlEncodedPartitioning = urlEncode.isOn
        configuration.keyGenerator = keyGenerator
        configuration.type = kind == .mor ? .mergeOnRead : .copyOnWrite
        _ = try await Table.create(configuration, at: "", in: location.store)
        if asJSON {
            Console.standardOutput.write(["table": .string(table), "name": .string(configuration.name), "version": 6, "type": .string(kind.rawValue)] as JSON)
        } else {
            Console.standardOutput.write("created \(configuration.name) (version 6, \(kind == .mor ? "merge-on-read" : "copy-on-write")) in \(table)\n")
        }
        return 0
    }

    private func refuseWhatIsPlanned() throws {
        if version != 6 { throw Failure(.unsupported, "--table-version \(version): only version 6 can be created yet") }
        if metadataTable.isOn { throw Failure(.unsupported, "--metadata-table on: Tarn does not keep a metadata table yet") }
        if changeLog != .off { throw Failure(.unsupported, "--cdc \(changeLog.rawValue): change logging does not work yet") }
        if index != "simple" {
            let known = ["record", "bloom"].contains(index) || index.hasPrefix("bucket:")
            throw known ? Failure(.unsupported, "--index \(index): only the simple index works yet") : Failure(.usage, "'\(index)' is not an index: record, bloom, simple or bucket:N")
        }
        if recordKey.names.isEmpty { throw Failure(.usage, "--record-key is needed: the column that identifies a row") }
    }

    private func name(_ location: TableLocation) throws -> String {
        if let tableName { return tableName }
        guard let name = location.place.name else { throw Failure(.usage, "--name is needed") }
        return name
    }

    private func schema() async throws -> Schema {
        switch (schemaFile, schemaFrom) {
        case (let file?, nil):
            let bytes = try await SmallFile(file).content()
            do {
                return try Schema(avro: AvroSchema(parsing: bytes))
            } catch {
                throw Failure(.invalid, "the schema cannot be used: \(error)", path: file)
            }
        case (nil, let file?): return try await InputFile(file).parquetSchema()
        default: throw Failure(.usage, "the columns are needed: --schema FILE or --schema-from DATAFILE")
        }
    }
}
