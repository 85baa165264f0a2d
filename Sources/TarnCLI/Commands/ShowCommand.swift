import TarnCommandLine
import TarnLocations

struct ShowCommand: Command {
    enum What: String, ArgumentValue, CaseIterable { case summary, properties, schema, timeline, commit, files, sizes, partitions }

    var table = ""
    var s3 = S3Options()
    var what: String?
    var instant: String?
    var pathsOnly = false
    var asJSON = false

    static let word = "show"
    static let abstract = "Explains a Parquet file, or a table: \(What.allCases.map(\.rawValue).joined(separator: ", "))."
    static let parameters: [Parameter<Self>] = [
        .positional("TABLE", "The table, or a Parquet file.", \.table),
        .positional(optional: "WHAT", "\(What.allCases.map(\.rawValue).joined(separator: "|")) (summary).", \.what),
        .positional(optional: "INSTANT", "The commit to show, for WHAT = commit.", \.instant),
        .flag("paths", "With files: only the paths of the latest files, one a line, for other programs.", \.pathsOnly),
        .flag("json", "Print JSON.", \.asJSON),
    ]

    func run() async throws -> Int32 {
        if let file = try ParquetFile(table, s3) {
            if let what { throw Failure(.usage, "of a single file everything is shown: there is no '\(what)' of it") }
            do { try await write(ParquetFileView(file: file, reader: try await file.reader())) } catch { throw Failure(error).ofFile(table) }
            return 0
        }
        let subject = try await ShownTable(TableLocation(self))
        let view: any TableView =
            switch try chosen() {
            case .summary: SummaryView(table: subject)
            case .properties: PropertiesView(table: subject)
            case .schema: SchemaView(table: subject)
            case .timeline: TimelineView(table: subject)
            case .commit: try CommitView(table: subject, instant: instant)
            case .files: FilesView(table: subject, pathsOnly: pathsOnly)
            case .sizes: SizesView(table: subject)
            case .partitions: PartitionsView(table: subject)
            }
        try await write(view)
        return 0
    }

    private func write(_ view: some TableView) async throws {
        if asJSON {
            Console.standardOutput.write(try await view.json())
        } else {
            Console.standardOutput.write(try await view.text())
        }
    }

    private func chosen() throws -> What {
        guard let what else { return .summary }
        if let known = What(rawValue: what) { return known }
        if ["skew", "metadata", "readers", "key"].contains(what) { throw Failure(.unsupported, "'tarn show TABLE \(what)' does not work yet") }
        let hint = closest(to: what, in: What.allCases.map(\.rawValue)).map { "; did you mean '\($0)'?" } ?? ""
        throw Failure(.usage, "there is no '\(what)' to show\(hint)")
    }
}
