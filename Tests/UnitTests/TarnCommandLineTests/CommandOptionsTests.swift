import TarnCommandLine
import Testing

private struct ReadOptions: CommandOptions {
    enum Format: String, ArgumentValue { case json, csv }
    var table = ""
    var what: String?
    var limit: Int?
    var format = Format.json
    var columns: [String] = []
    var isVerbose = false

    static let name = "tarn read"
    static let abstract = "Prints the rows of a table."
    static let parameters: [Parameter<Self>] = [
        .positional("TABLE", "The table's path.", \.table),
        .positional(optional: "WHAT", "What to read.", \.what),
        .option("limit", short: "n", "ROWS", "Stop after ROWS rows.", \.limit),
        .option("format", "json|csv", "How to print rows.", \.format),
        .options("column", "NAME", "Print only this column.", \.columns),
        .flag("verbose", short: "v", "Say what is read.", \.isVerbose),
    ]
}

@Suite struct CommandOptionsTests {
    @Test func `options are read in every spelling`() throws {
        let options = try ReadOptions.parse(["--limit=3", "t", "--column", "a", "-v", "--column=b", "--format", "csv", "--", "--x"])
        #expect(options.table == "t" && options.what == "--x" && options.limit == 3 && options.format == .csv)
        #expect(options.columns == ["a", "b"] && options.isVerbose)
    }

    @Test(arguments: [
        (["t", "--limt", "3"], "unknown option '--limt'; did you mean '--limit'?"),
        (["t", "--limit", "x"], "'x' is not a valid ROWS for --limit"),
        (["t", "--limit"], "option '--limit' needs ROWS"),
        (["t", "-v=1"], "unknown option '-v=1'"),
        (["t", "--verbose=1"], "option '--verbose' takes no value"),
        (["t", "a", "b"], "unexpected argument 'b'"),
        ([], "missing argument TABLE"),
    ])
    func `what cannot be understood is said in one line`(arguments: [String], message: String) {
        #expect { try ReadOptions.parse(arguments) } throws: { "\($0)" == message }
    }

    @Test func `help names every option`() {
        for name in ["--limit ROWS", "--format json|csv", "--column NAME", "-v, --verbose", "TABLE [WHAT]"] {
            #expect(ReadOptions.help.contains(name))
        }
    }
}
