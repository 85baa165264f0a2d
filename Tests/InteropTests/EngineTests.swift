import Glibc
import TarnBase
import TarnTestSupport
import Testing

/// Tables that Tarn made, read by hudi-rs, DuckDB and pyarrow, and judged by the format lint and `tablecheck --deep`. What is
/// compared lies in `python/`, a script a test.
@Suite(.serialized) struct EngineTests {
    /// The shared bench kit's stream: 200,000 rows, ten batches of 20,000 change events, an ingest each.
    @Test(arguments: [[], ["--resurrect"]])
    func `the stream of the bench kit ends in the state that its oracle says`(flags: [String]) throws {
        let folder = try TemporaryFolder()
        print(try Python.run("bench_stream.py", [folder.path] + flags))
    }

    @Test(arguments: ["partitioned", "url-encoded", "plain-folders", "not-partitioned", "no-ordering", "merge-on-read", "merge-on-read-no-ordering"])
    func `every type in every shape is read by the others as it was written by the others`(layout: String) throws {
        let folder = try TemporaryFolder()
        print(try Python.run("every_type.py", [folder.path, layout]))
    }

    @Test func `a merge-on-read table is read alike after every commit, crash, rollback and compaction`() throws {
        let folder = try TemporaryFolder()
        print(try Python.run("merge_on_read.py", [folder.path]))
    }

    @Test func `a PostgreSQL table comes out of Debezium's events as the database has it`() throws {
        let folder = try TemporaryFolder()
        let fixtures = repositoryFolder + "/Fixtures/events-debezium"
        print(try Python.run("debezium_postgres.py", [folder.path, fixtures]))
    }

    /// The whole file lies in the shared folder; the fixture is a selection of it.
    @Test(.enabled(if: SharedEvents.areThere, "the whole event file is missing: TARN_SHARED names no shared folder"))
    func `the whole PostgreSQL file ends as the database too`() throws {
        let folder = try TemporaryFolder()
        let events = SharedEvents.folder + "/debezium-postgres"
        print(
            try Python.run(
                "debezium_postgres.py",
                [folder.path, repositoryFolder + "/Fixtures/events-debezium", events + "/envelope-schema.ndjson", events + "/conversations.expected.ndjson"]))
    }

    /// 500 in the slow tests.
    @Test func `files of random schemas by pyarrow and DuckDB are read value by value, filtered or not`() throws {
        print(try Python.run("read_random_files.py", [getenv("TARN_SLOW") != nil ? "500" : "50", "\(testSeed)"]))
    }

    @Test func `the README's ways to read a table with DuckDB and hudi-rs work as they stand there`() throws {
        let folder = try TemporaryFolder()
        print(try Python.run("readme_readers.py", [folder.path, repositoryFolder]))
    }
}

private enum SharedEvents {
    static let folder = GoldenTable.sharedFolder + "/events"
    static var areThere: Bool { access(folder + "/debezium-postgres/envelope-schema.ndjson", R_OK) == 0 }
}
