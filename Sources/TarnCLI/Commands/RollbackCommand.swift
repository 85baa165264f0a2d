import Tarn
import TarnBase
import TarnCommandLine
import TarnLocations
import TarnTable

struct RollbackCommand: WritingCommand {
    var table = ""
    var s3 = S3Options()
    var lock = LockOptions()
    var instant: String?
    var asJSON = false

    static let word = "rollback"
    static let abstract = "Undoes an instant, or all failed ones."
    static let parameters: [Parameter<Self>] = [
        .positional("TABLE", "The table.", \.table),
        .positional(optional: "INSTANT", "A failed write, or the newest completed one (all failed ones).", \.instant),
        .flag("json", "Print one JSON object.", \.asJSON),
    ]

    func run() async throws -> Int32 {
        let time = try instant.map { text -> InstantTime in
            guard let time = InstantTime(text) else { throw Failure(.usage, "'\(text)' is not an instant") }
            return time
        }
        let undone = try await TableLocation(writing: self).table.rollback(time)
        if asJSON {
            Console.standardOutput.write(["rolled_back": .array(undone.map { .string("\($0)") })] as JSON)
        } else if undone.isEmpty {
            Console.standardOutput.write("nothing to roll back\n")
        } else {
            for time in undone { Console.standardOutput.write("rolled back \(time)\n") }
        }
        return 0
    }
}
