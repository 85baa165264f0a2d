import TarnBase
import TarnColumns
import TarnRead
import TarnStorage
import TarnTable
import TarnTestSupport

/// A table of `Fixtures/golden` in memory, to be worked on.
struct SparkTable {
    let handle: TableHandle

    /// Later than everything Spark wrote.
    static let now: Int64 = 1_798_000_000_000

    init(_ handle: TableHandle) { self.handle = handle }

    init(_ name: String, seed: UInt64 = 1) async throws {
        let folder = try TemporaryFolder()
        let unpack = "import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])"
        let done = try ChildProcess.run(["python3", "-c", unpack, "\(repositoryFolder)/Fixtures/golden/\(name)/table.zip", folder.path])
        guard done.exitCode == 0 else { throw Unexpected("cannot unpack \(name): \(done.errors)") }
        let runtime = Runtime.simulated(clock: SimulatedClock(startingAt: Self.now), seed: seed)
        let store = try await LocalStore(root: folder.path).copied(runtime: runtime)
        handle = TableHandle(store: store, path: ObjectPath(name)!, runtime: runtime)
    }

    func copied() async throws -> SparkTable {
        SparkTable(TableHandle(store: try await handle.store.copied(runtime: handle.runtime), path: handle.path, runtime: handle.runtime))
    }

    func through(_ store: any ObjectStore) -> TableHandle { TableHandle(store: store, path: handle.path, runtime: handle.runtime) }

    /// The rows with their meta fields, but for the name of the file they lie in, sorted.
    func rows(asOf time: InstantTime? = nil, readOptimized: Bool = false) async throws -> [String] {
        var rows: [String] = []
        for try await batch in try await Snapshot.load(handle, asOf: time, readOptimized: readOptimized).scan(withMetaFields: true) {
            let names = batch.schema.names.filter { $0 != MetaFields.fileName }
            guard let shown = batch.selecting(names) else { continue }
            let text = NDJSONWriter(schema: shown.schema)
            rows += (text.append(shown).utf8Text ?? "").split(separator: "\n").map(String.init)
        }
        return rows.sorted()
    }

    /// What a reader of the past sees at each of these instants.
    func past(_ times: [InstantTime]) async throws -> [[String]] {
        var all: [[String]] = []
        for time in times { all.append(try await rows(asOf: time)) }
        return all
    }

    func timeline() async throws -> Timeline { try await .load(handle) }

    /// What is pending, and files and markers that should not be there.
    func faults() async throws -> [String] {
        let timeline = try await timeline()
        var faults = timeline.pending.map { "pending: \($0)" }
        let commits = CompletedCommits(handle, timeline: timeline)
        for instant in timeline.completedWrites where instant.action == .compaction {
            let named = Set(try await commits.metadata(of: instant).stats.compactMap(\.path))
            for file in try await ListedFiles(handle).allFiles().baseFiles where file.instant == instant.time && !named.contains(file.relativePath) {
                faults.append("no commit names \(file.relativePath)")
            }
            let markers = try await handle.store.list(handle.markerFolder(of: instant.time), recursive: true).objects
            faults += markers.map { "marker left: \($0.path)" }
        }
        return faults
    }
}
