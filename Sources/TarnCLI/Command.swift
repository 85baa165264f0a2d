import TarnCommandLine
import TarnLocations

/// A command of `tarn`: options, and what to do with them.
protocol Command: StoreCommand {
    /// The word after `tarn`.
    static var word: String { get }
    /// The table, as the command line names it.
    var table: String { get }
    /// - Returns: The exit code.
    func run() async throws -> Int32
}

extension Command {
    static var name: String { "tarn \(word)" }

    static func run(parsing arguments: some Sequence<String>) async throws -> Int32 {
        let arguments = Array(arguments)
        if let planned = arguments.first(where: { Planned.flags(of: word).contains($0.split(separator: "=").first.map(String.init) ?? $0) }) {
            throw Failure(.unsupported, "'\(planned)' of 'tarn \(word)' does not work yet; README.md has what does")
        }
        let command = try parse(arguments)
        do { return try await command.run() } catch {
            var failure = Failure(error)
            failure.table = command.table
            throw failure
        }
    }
}

/// What the contract of the command line names and this version does not do: answered with `unsupported`, never ignored.
enum Planned {
    static let commands: Set<String> = [
        "services", "savepoint", "restore", "index", "sync",
    ]

    static func flags(of command: String) -> Set<String> {
        switch command {
        case "create": []
        case "write": ["--sort-by"]
        case "ingest": ["--follow", "--backfill"]
        case "query": ["--changes"]
        case "show": ["--html"]
        case "lag": ["--prometheus", "--serve", "--alert-rules"]
        default: []
        }
    }
}
