import Tarn
import TarnStorage
import TarnTable

/// The Hudi table that a workload leaves in `out`, and what was asked of its store.
final class BenchTable {
    let store: MeteredStore
    let path: ObjectPath
    /// Commits of the timed section.
    var commits = 0
    private var before = RequestCounts()

    init(below out: String) throws {
        let (local, path) = try Arguments.place(out)
        store = MeteredStore(local)
        self.path = path.appending("table")
    }

    /// Makes the table with the rows of a Parquet file in one commit, not timed.
    func load(_ file: String, type: TableConfiguration.TableType = .copyOnWrite) async throws {
        let table = try await Conversations.createTable(at: path, in: store, type: type)
        try await table.upsert(try await ParquetFiles.open(file).rows(of: Conversations.schema.names))
        before = store.counts
    }

    /// Requests of all commits of the timed section, the look-up of keys included, by commit; markers and locks too.
    var figures: [(key: String, value: Int64)] {
        let after = store.counts
        func perCommit(_ count: (RequestCounts) -> Int) -> Int64 { Int64((count(after) - count(before)) / max(1, commits)) }
        return [
            ("commits", Int64(commits)), ("gets_per_commit", perCommit(\.get)), ("puts_per_commit", perCommit(\.put)),
            ("lists_per_commit", perCommit(\.list)), ("heads_per_commit", perCommit(\.head)), ("deletes_per_commit", perCommit(\.delete)),
        ]
    }
}
