import Tarn
import TarnBase
public import TarnCommandLine
import TarnLocations
public import TarnServices
import TarnTable

extension Retention: ArgumentValue {
    public init?(argument: String) { self.init(argument) }
}

struct CleanCommand: WritingCommand {
    var table = ""
    var s3 = S3Options()
    var lock = LockOptions()
    var keep = Retention.commits(10)
    var dryRun = false
    var planOnly = false
    var instant: String?
    var asJSON = false

    static let word = "clean"
    static let abstract = "Deletes file versions that no snapshot worth keeping reads."
    static let parameters: [Parameter<Self>] = [
        .positional("TABLE", "The table.", \.table),
        .option("keep", "commits:N|hours:N|versions:N", "What stays readable (commits:10).", \.keep),
        .flag("dry-run", "Print what would go and why, and change nothing.", \.dryRun),
        .flag("plan-only", "Put the plan on the timeline, for --run.", \.planOnly),
        .option("run", "INSTANT", "Run the plan of a pending clean.", \.instant),
        .flag("json", "Print one JSON object.", \.asJSON),
    ]

    func run() async throws -> Int32 {
        guard [dryRun, planOnly, instant != nil].count(where: { $0 }) <= 1 else {
            throw Failure(.usage, "--dry-run, --plan-only and --run exclude each other")
        }
        let cleaning = try Cleaning(TableLocation(writing: self).handle, keeping: keep)
        if dryRun {
            let decision = try await cleaning.decision()
            Console.standardOutput.write(asJSON ? ShownCleaning.json(decision).description + "\n" : ShownCleaning.text(decision))
        } else if planOnly {
            let time = try await cleaning.schedule()
            if asJSON {
                Console.standardOutput.write(["instant": time.map { .string("\($0)") } ?? .null, "action": "clean"] as JSON)
            } else {
                Console.standardOutput.write(time.map { "\($0): planned; 'tarn clean --run \($0)' runs it\n" } ?? "nothing to clean\n")
            }
        } else {
            let report = if let instant { try await cleaning.finish(try time(instant)) } else { try await cleaning.clean() }
            Console.standardOutput.write(asJSON ? ShownCleaning.json(report).description + "\n" : ShownCleaning.text(report))
        }
        return 0
    }

    private func time(_ text: String) throws -> InstantTime {
        guard let time = InstantTime(text) else { throw Failure(.usage, "'\(text)' is not an instant") }
        return time
    }
}
