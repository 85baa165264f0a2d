import BenchSupport
import Glibc
import Tarn
import TarnBase
import TarnRead
import TarnStorage
import TarnTable

/// The small-file path: many small commits, what files and bytes they leave, and what clustering makes of them.
///
///     SmallFiles [commits=40] [rows=2000] [cities=8]
///
/// Two tables get the same rows: by upserts, which fill small files up again and again, and by bulk inserts, which leave a
/// small file a partition and commit, for a clustering to join.
@main
struct SmallFiles {
    static func main() async {
        do {
            try await measure(try Settings(CommandLine.arguments.dropFirst(), defaults: ["commits": 40, "rows": 2000, "cities": 8]))
        } catch {
            print("SmallFiles: \(error)")
            exit(2)
        }
    }

    private static func measure(_ settings: Settings) async throws {
        print("\(settings): commits, rows of each, partitions")
        print(Line.head)
        for operation in [WriteOptions.Operation.upsert, .bulkInsert] {
            try await Workspace.with("small-files") { try await run(settings, operation, in: $0) }
        }
    }

    private static func run(_ settings: Settings, _ operation: WriteOptions.Operation, in workspace: Workspace) async throws {
        let table = try await Trips.createTable(at: "trips", in: workspace.store, byCity: true)
        let (commits, rows, cities) = (settings["commits"], settings["rows"], settings["cities"])
        var options = WriteOptions()
        options.operation = operation
        var line = try await Line("\(commits) commits, \(operation.rawValue)", commits, table, workspace) {
            for commit in 0..<commits {
                try await table.upsert(Trips.Rows(commit * rows..<(commit + 1) * rows, cities: cities, version: 1), options: options)
            }
        }
        print(line)
        line = try await Line("  read it", 1, table, workspace) { try await read(table, rows: commits * rows) }
        print(line)
        line = try await Line("  cluster it", 1, table, workspace) { _ = try await table.cluster() }
        print(line)
        line = try await Line("  read it", 1, table, workspace) { try await read(table, rows: commits * rows) }
        print(line)
    }

    private static func read(_ table: Table, rows: Int) async throws {
        var found = 0
        for try await batch in try await table.snapshot().scan() { found += batch.rowCount }
        guard found == rows else { throw TableError(.libraryFault, "\(found) rows, not \(rows)") }
    }
}
