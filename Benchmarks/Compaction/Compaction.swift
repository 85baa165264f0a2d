import BenchSupport
import Glibc
import Tarn
import TarnBase
import TarnRead
import TarnStorage
import TarnTable

/// The compaction path: one file group whose log holds as many rows as its base, compacted within a memory ceiling.
///
///     Compaction [rows=500000] [memory=256]          memory in MiB
///
/// Says whether the peak stayed below the ceiling and 64 MiB (the issue's limit); exit code 1 if not.
@main
struct CompactionBenchmark {
    static func main() async {
        do {
            let settings = try Settings(CommandLine.arguments.dropFirst(), defaults: ["rows": 500_000, "memory": 256])
            exit(try await measure(settings) ? 0 : 1)
        } catch {
            print("Compaction: \(error)")
            exit(2)
        }
    }

    private static func measure(_ settings: Settings) async throws -> Bool {
        print("\(settings): rows of base and of log, MiB")
        print(Line.head)
        var isWithin = true
        try await Workspace.with("compaction") { isWithin = try await run(settings, in: $0) }
        return isWithin
    }

    private static func run(_ settings: Settings, in workspace: Workspace) async throws -> Bool {
        let table = try await Trips.createTable(at: "trips", in: workspace.store, type: .mergeOnRead, byCity: false)
        let (rows, memory) = (settings["rows"], settings["memory"])
        var options = WriteOptions()
        options.memory = .mebibytes(Int64(memory))
        options.targetFileSize = .gibibytes(64)
        var compaction = Compaction()
        compaction.memory = options.memory
        print(try await Line("write the base", 1, table, workspace) { try await table.upsert(Trips.Rows(0..<rows, cities: 8, version: 1), options: options) })
        print(try await Line("write the log", 1, table, workspace) { try await table.upsert(Trips.Rows(0..<rows, cities: 8, version: 2), options: options) })
        print(try await Line("read it merged", 1, table, workspace) { try await read(table, rows: rows) })
        var peak: Int64 = 0
        print(
            try await Line("compact it", 1, table, workspace) {
                let taken = try await Measurement.of { try await table.compact(compaction) }
                peak = taken.residentPeak
            })
        print(try await Line("read it", 1, table, workspace) { try await read(table, rows: rows) })
        let isWithin = peak <= Int64(memory + 64) << 20
        print("compaction: peak \(peak >> 20) MiB, \(isWithin ? "within" : "BEYOND") \(memory) + 64 MiB")
        return isWithin
    }

    private static func read(_ table: Table, rows: Int) async throws {
        var found = 0
        for try await batch in try await table.snapshot().scan() { found += batch.rowCount }
        guard found == rows else { throw TableError(.libraryFault, "\(found) rows, not \(rows)") }
    }
}
