import TarnBase
import TarnCheck
import TarnCommandLine
import TarnLocations
import TarnStorage

/// The options of `tablecheck`.
struct CheckCommand: StoreCommand {
    static let name = "tablecheck"
    static let abstract = "Checks every invariant of SPEC.md on a table, from outside the writer; only reads."

    var table = ""
    var s3 = S3Options()
    var isDeep = false
    var only: [IDList] = []
    var asJSON = false

    static let parameters: [Parameter<Self>] = [
        .positional("TABLE", "The table's folder, its file: address, or s3://bucket/prefix.", \.table),
        .flag("deep", "Decode every page and block, checksums included.", \.isDeep),
        .options("only", "ID[,ID…]", "Check these invariants alone.", \.only),
        .flag("json", "Print the report as one JSON object.", \.asJSON),
    ]

    /// - Returns: 0 without errors, 1 with errors, 2 if a part could not be checked and there is no error besides.
    func run() async throws -> Int32 {
        var options = CheckOptions()
        options.isDeep = isDeep
        if !only.isEmpty { options.only = try chosen() }
        let report = try await report(options)
        Output.write(asJSON ? report.json(table: table).description + "\n" : ReportText(report, table: table).text)
        switch report.severity {
        case .error: return 1
        case .unchecked: return 2
        case .warning, nil: return 0
        }
    }

    private func chosen() throws -> Set<String> {
        let ids = only.flatMap(\.ids)
        let known = Invariant.all.map(\.id)
        for id in ids where !known.contains(id) {
            let hint = closest(to: id, in: known).map { "; did you mean '\($0)'?" } ?? "; SPEC.md section 9 lists them"
            throw Failure("usage", "there is no invariant '\(id)'\(hint)")
        }
        return Set(ids)
    }

    /// A table that cannot be opened gives a report too.
    private func report(_ options: CheckOptions) async throws -> CheckReport {
        let place = try StoreLocation(table)
        do {
            return await TableCheck("", in: try place.open(s3, durability: .none), options: options).report()
        } catch let error as StorageError {
            return CheckReport(unreadable: error.message)
        }
    }
}

/// Ids of invariants, separated by commas.
struct IDList: ArgumentValue {
    let ids: [String]

    init?(argument: String) {
        ids = argument.split(separator: ",").map(String.init)
        if ids.isEmpty { return nil }
    }
}
