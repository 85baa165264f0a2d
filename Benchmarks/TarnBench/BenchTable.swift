import Tarn
import TarnRead
import TarnStorage
import TarnTable

/// The Hudi table that a workload leaves in `out`, and what was asked of its store.
final class BenchTable {
    let store: MeteredStore
    let path: ObjectPath
    /// Commits of the timed section.
    var commits = 0
    /// Base files that ``loadSmall(_:)`` made.
    private(set) var smallFiles: Int64 = 0
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

    /// Makes a table without partitions with the rows of a folder's Parquet files in about as many small base files, not
    /// timed.
    func loadSmall(_ folder: String) async throws {
        let files = try await Arguments.files(in: folder, ending: ".parquet")
        let (local, path) = try Arguments.place(folder)
        let bytes = try await local.list(path, recursive: true).objects.reduce(0) { $0 + $1.size }
        let table = try await Conversations.createTable(at: self.path, in: store, isPartitioned: false)
        var options = WriteOptions()
        options.operation = .bulkInsert
        options.targetFileSize = .bytes(bytes / Int64(max(1, files.count)))
        try await table.upsert(Rows(files: files[...]), options: options)
        smallFiles = Int64(try await table.snapshot().fileSlices().count)
        before = store.counts
    }

    /// The rows of several files, one file after the other.
    private struct Rows: AsyncSequence, AsyncIteratorProtocol {
        var files: ArraySlice<String>
        private var open: BaseFileReader.SelectedRows.Iterator?

        init(files: ArraySlice<String>) { self.files = files }

        mutating func next() async throws -> RecordBatch? {
            while true {
                if let batch = try await open?.next() { return batch }
                guard let file = files.popFirst() else { return nil }
                open = try await ParquetFiles.open(file).rows(of: Conversations.schema.names).makeAsyncIterator()
            }
        }

        func makeAsyncIterator() -> Self { self }
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
