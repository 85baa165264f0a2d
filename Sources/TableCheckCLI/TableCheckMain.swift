import CGlibcExtra
import Glibc
import TarnBase
import TarnCheck
import TarnCommandLine
import TarnStorage

/// `tablecheck`: judges a table by the invariants of SPEC.md.
@main
enum TableCheckMain {
    static let version = "0.1.0"

    static func main() async {
        prepareProcess()
        exit(await run(Array(CommandLine.arguments.dropFirst())))
    }

    private static func run(_ arguments: [String]) async -> Int32 {
        if arguments.isEmpty || arguments.contains("--help") || arguments.contains("-h") {
            Output.write(CheckCommand.help)
            return arguments.isEmpty ? 2 : 0
        }
        if arguments == ["--version"] {
            Output.write("tablecheck \(version)\n")
            return 0
        }
        do {
            return try await CheckCommand.parse(supported(arguments)).run()
        } catch {
            let failure = error as? Failure ?? Failure("usage", "\(error)")
            Output.writeError(failure.text(asJSON: arguments.contains("--json")))
            return 2
        }
    }

    /// The contract of the command line names these; they are answered, never ignored.
    private static func supported(_ arguments: [String]) throws -> [String] {
        let planned: Set<String> = ["--repair", "--yes", "--readers"]
        if let found = arguments.prefix(while: { $0 != "--" }).first(where: { planned.contains($0.split(separator: "=").first.map(String.init) ?? $0) }) {
            throw Failure("unsupported", "'\(found)' of tablecheck does not work yet; README.md has what does")
        }
        return arguments
    }

    /// As `tarn` does: glibc gives large blocks back to the kernel at every free, and faults them in again page by page.
    private static func prepareProcess() {
        mallopt(M_MMAP_THRESHOLD, 64 << 20)
        mallopt(M_TRIM_THRESHOLD, 64 << 20)
        mallopt(M_ARENA_MAX, 2)
        signal(SIGPIPE, SIG_IGN)
    }
}

/// Why a check could not even begin.
struct Failure: Error {
    let code: String
    let message: String

    init(_ code: String, _ message: String) {
        self.code = code
        self.message = message
    }

    func text(asJSON: Bool) -> String {
        if asJSON {
            let error: JSON = ["code": .string(code), "message": .string(message), "path": .null, "offset": .null]
            return (["error": error] as JSON).description
        }
        let line = "tablecheck: \(code == "usage" ? "" : "\(code): ")\(message)"
        return line.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}

/// Standard output and standard error.
enum Output {
    static func write(_ text: String) { write(text, to: 1) }
    static func writeError(_ line: String) { write(line + "\n", to: 2) }

    private static func write(_ text: String, to descriptor: Int32) {
        let bytes = Array(text.utf8)
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + written, $0.count - written) }
            if count < 0 {
                if errno == EINTR { continue }
                // A reader that went away has what it wanted; nobody is left to tell about anything else.
                exit(errno == EPIPE ? 0 : 2)
            }
            written += count
        }
    }
}
