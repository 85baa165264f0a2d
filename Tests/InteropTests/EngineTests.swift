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

    @Test(arguments: ["partitioned", "url-encoded", "plain-folders", "not-partitioned", "no-ordering"])
    func `every type in every shape is read by the others as it was written by the others`(layout: String) throws {
        let folder = try TemporaryFolder()
        print(try Python.run("every_type.py", [folder.path, layout]))
    }

    @Test func `a PostgreSQL table comes out of Debezium's events as the database has it`() throws {
        let folder = try TemporaryFolder()
        print(try Python.run("debezium_postgres.py", [folder.path, repositoryFolder + "/Fixtures/events-debezium"]))
    }
}
