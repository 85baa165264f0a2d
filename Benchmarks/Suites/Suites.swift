import BenchSupport
import Glibc
import TarnTable

/// Parts of reading and writing Parquet, each for itself, in memory:
///
///     Suites encodings|scan|write|copy [rows=…] [rounds=5] [warmups=1] [case=TEXT] [file=PATH]
///
/// A line a case: nanoseconds a value (median, least and most), GB of values a second, and the checksum of the rows that came
/// out, which is that of the rows that went in; exit code 1 where it is not. `case` picks those with `TEXT` in their name;
/// `file` is a Parquet file whose rows are taken instead of made-up ones, such as the peer kit's `base.parquet`.
///
/// `main` is synchronous, since valgrind does not get over an asynchronous one: `Benchmarks/instructions` runs cases under it.
@main
struct Suites {
    static func main() {
        do {
            let arguments = try SuiteArguments(CommandLine.arguments.dropFirst())
            var isRight = true
            print(Case.head)
            for example in try arguments.suite.cases(arguments) where arguments.picks(example.name) {
                let result = try example.measure(rounds: arguments.settings["rounds"], warmups: arguments.settings["warmups"])
                print(result.line)
                isRight = isRight && result.isRight
            }
            exit(isRight ? 0 : 1)
        } catch {
            let line = "Suites: \(error)\n"
            _ = line.utf8.withContiguousStorageIfAvailable { write(STDERR_FILENO, $0.baseAddress, $0.count) }
            exit(2)
        }
    }
}

/// Cases of one kind.
protocol Suite {
    static var name: String { get }
    static var rows: Int { get }
    static func cases(_ arguments: SuiteArguments) throws -> [Case]
}

struct SuiteArguments {
    let suite: any Suite.Type
    let settings: Settings
    let file: String?
    private let picked: String

    init(_ words: ArraySlice<String>) throws {
        let all: [any Suite.Type] = [EncodingSuite.self, ScanSuite.self, WriteSuite.self, CopySuite.self]
        guard let suite = all.first(where: { $0.name == words.first }) else {
            throw TableError(.invalid, "not one of the suites: \(all.map { $0.name }.joined(separator: ", "))")
        }
        self.suite = suite
        func text(_ key: String) -> String? { words.last { $0.hasPrefix("\(key)=") }.map { String($0.dropFirst(key.count + 1)) } }
        file = text("file")
        picked = text("case") ?? ""
        let numbers = words.dropFirst().filter { !$0.hasPrefix("file=") && !$0.hasPrefix("case=") }
        settings = try Settings(numbers, defaults: ["rows": suite.rows, "rounds": 5, "warmups": 1])
    }

    var rows: Int { settings["rows"] }

    func picks(_ name: String) -> Bool { picked.isEmpty || name.contains(picked) }
}
