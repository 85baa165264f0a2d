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
/// A process of its own writes the table, so that the peak is the compaction's alone. Says whether it stayed below the ceiling
/// and 64 MiB (SPEC.md, "Memory"); exit code 1 if not.
@main
struct CompactionBenchmark {
    static func main() async {
        ProcessMemory.prepare()
        do {
            var words = CommandLine.arguments.dropFirst()
            let preparesIn = words.first?.hasPrefix("/") == true ? words.removeFirst() : nil
            let settings = try Settings(words, defaults: ["rows": 500_000, "memory": 256])
            if let preparesIn {
                try await prepare(settings, in: try Workspace(root: preparesIn))
                exit(0)
            }
            exit(try await measure(settings, words) ? 0 : 1)
        } catch {
            print("Compaction: \(error)")
            exit(2)
        }
    }

    private static func measure(_ settings: Settings, _ words: some Sequence<String>) async throws -> Bool {
        print("\(settings): rows of base and of log, MiB")
        print(Line.head)
        var isWithin = true
        try await Workspace.with("compaction") { workspace in
            try ChildProcess.run([workspace.root] + words)
            isWithin = try await compact(settings, in: workspace)
        }
        return isWithin
    }

    private static func prepare(_ settings: Settings, in workspace: Workspace) async throws {
        let table = try await Trips.createTable(at: "trips", in: workspace.store, type: .mergeOnRead, byCity: false)
        let rows = settings["rows"]
        var options = WriteOptions()
        options.memory = .mebibytes(Int64(settings["memory"]))
        options.targetFileSize = .gibibytes(64)
        print(try await Line("write the base", 1, table, workspace) { try await table.upsert(Trips.Rows(0..<rows, cities: 8, version: 1), options: options) })
        print(try await Line("write the log", 1, table, workspace) { try await table.upsert(Trips.Rows(0..<rows, cities: 8, version: 2), options: options) })
        print(try await Line("read it merged", 1, table, workspace) { try await read(table, rows: rows) })
    }

    private static func compact(_ settings: Settings, in workspace: Workspace) async throws -> Bool {
        let table = try await Table.open("trips", in: workspace.store)
        let (rows, memory) = (settings["rows"], settings["memory"])
        var compaction = Compaction()
        compaction.memory = .mebibytes(Int64(memory))
        var (peak, counted): (Int64, Int64) = (0, 0)
        print(
            try await Line("compact it", 1, table, workspace) {
                let taken = try await Measurement.of { counted = try await table.compact(compaction)?.memoryPeak ?? 0 }
                peak = taken.residentPeak
            })
        print(try await Line("read it", 1, table, workspace) { try await read(table, rows: rows) })
        let isWithin = peak <= Int64(memory + 64) << 20
        print("compaction: peak \(peak >> 20) MiB, \(isWithin ? "within" : "BEYOND") \(memory) + 64 MiB; counted \(counted >> 20) MiB of \(memory)")
        return isWithin && counted <= Int64(memory) << 20
    }

    private static func read(_ table: Table, rows: Int) async throws {
        var found = 0
        for try await batch in try await table.snapshot().scan() { found += batch.rowCount }
        guard found == rows else { throw TableError(.libraryFault, "\(found) rows, not \(rows)") }
    }
}
