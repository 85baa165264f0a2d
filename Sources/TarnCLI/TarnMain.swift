import CGlibcExtra
import Glibc
import TarnCommandLine

/// `tarn`: finds the command, parses its options, runs it, and turns what it throws into a line and an exit code.
@main
enum TarnMain {
    static let version = "0.1.0"

    static let commands: [any Command.Type] = [
        CreateCommand.self, WriteCommand.self, IngestCommand.self, QueryCommand.self, ShowCommand.self, LagCommand.self,
        RollbackCommand.self, CompactCommand.self, ClusterCommand.self,
        CleanCommand.self, ArchiveCommand.self,
    ]

    static func main() async {
        prepareProcess()
        exit(await run(Array(CommandLine.arguments.dropFirst())))
    }

    private static func run(_ arguments: [String]) async -> Int32 {
        guard let name = arguments.first, name != "--help", name != "-h", name != "help" else {
            Console.standardOutput.write(usage)
            Console.standardOutput.flush()
            return arguments.isEmpty ? 2 : 0
        }
        if name == "--version" {
            Console.standardOutput.write("tarn \(version)\n")
            Console.standardOutput.flush()
            return 0
        }
        let asJSON = arguments.contains("--json")
        do {
            guard let command = commands.first(where: { $0.word == name }) else { throw unknown(name) }
            let rest = arguments.dropFirst()
            if rest.contains("--help") || rest.contains("-h") {
                Console.standardOutput.write(command.help)
                Console.standardOutput.flush()
                return 0
            }
            let code = try await command.run(parsing: rest)
            Console.standardOutput.flush()
            return code
        } catch {
            Console.standardOutput.flush()
            let failure = Failure(error)
            Console.standardError(failure.text(asJSON: asJSON))
            return failure.exitCode
        }
    }

    private static func unknown(_ name: String) -> Failure {
        if Planned.commands.contains(name) { return Failure(.unsupported, "'tarn \(name)' does not work yet; README.md has what does") }
        let hint = closest(to: name, in: commands.map { $0.word }).map { "; did you mean '\($0)'?" } ?? "; 'tarn --help' lists them"
        return Failure(.usage, "there is no command '\(name)'\(hint)")
    }

    private static var usage: String {
        let width = (commands.map { $0.word.count }.max() ?? 0) + 2
        let rows = commands.map { "  \($0.word)\(String(repeating: " ", count: width - $0.word.count))\($0.abstract)" }
        return """
            Apache Hudi tables without a JVM.

            Usage: tarn COMMAND [options]

            \(rows.joined(separator: "\n"))

            'tarn COMMAND --help' shows the options of a command.

            """
    }

    /// Settings of the whole process, which the library leaves to programs.
    private static func prepareProcess() {
        // glibc gives blocks from 128 KiB on back to the kernel at every free and faults them in again page by page: of a
        // page's size they stay. What is far larger, the arrays of keys, goes back, and so does what is free at the end of
        // the heap: it would count against `--memory` as if it were held.
        mallopt(M_MMAP_THRESHOLD, 4 << 20)
        mallopt(M_TRIM_THRESHOLD, 4 << 20)
        mallopt(M_ARENA_MAX, 2)
        // A reader that goes away ends the output, not the process by a signal.
        signal(SIGPIPE, SIG_IGN)
    }
}
