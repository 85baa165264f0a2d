import TarnBase
import TarnTestSupport
import Testing

@Suite struct CommandTests {
    private static let three = """
        {"id":"a","ts":1,"day":"d1","n":1,"note":"x"}
        {"id":"b","ts":1,"day":"d1","n":null,"note":"y, z"}
        {"id":"c","ts":1,"day":"d2","n":3,"note":null}

        """

    private func filled() throws -> Workplace {
        let place = try Workplace()
        try place.create()
        let done = try place.write(Self.three)
        guard done.exitCode == 0 else { throw Unexpected(done.errors) }
        return place
    }

    @Test func `a write tells what it did with stable keys`() throws {
        let place = try Workplace()
        try place.create()
        let told = try place.write(Self.three).jsonLines[0]
        for key in ["instant", "action", "operation", "inserted", "updated", "deleted", "files_written", "bytes_written", "files_read",
            "bytes_read", "requests", "lookup_requests", "peak_memory_bytes", "seconds"] { #expect(told[key] != nil, "\(key) is missing") }
        #expect(told["inserted"]?.intValue == 3 && told["files_written"]?.intValue == 2)
        for kind in ["get", "put", "list", "head", "delete"] {
            #expect(told["requests"]?[kind]?.intValue != nil && told["lookup_requests"]?[kind]?.intValue != nil)
        }
    }

    @Test func `the later version wins by the ordering field, equal values by arrival`() throws {
        let place = try filled()
        _ = try place.write(
            """
            {"id":"a","ts":0,"day":"d1","note":"older"}
            {"id":"b","ts":1,"day":"d1","note":"equal"}
            {"id":"c","ts":2,"day":"d2","note":"newer"}
            """ + "\n")
        #expect(try place.rows().map { $0.contains("\"x\"") || $0.contains("equal") || $0.contains("newer") } == [true, true, true])
        let deleted = try place.write(#"{"id":"a","ts":0,"day":"d1"}"# + "\n" + #"{"id":"c","ts":2,"day":"d2"}"# + "\n", "--op", "delete")
        #expect(try deleted.jsonLines[0]["deleted"]?.intValue == 1)
        #expect(try place.rows().count == 2)
        #expect(try place.findings() == [])
    }

    @Test func `delete without an ordering column deletes by key alone`() throws {
        let place = try filled()
        let deleted = try place.write(#"{"id":"a"}"# + "\n" + #"{"id":"nobody"}"# + "\n", "--op", "delete")
        #expect(deleted.exitCode == 0, "\(deleted.errors)")
        #expect(try place.rows().count == 2)
    }

    @Test func `the same token makes no second commit`() throws {
        let place = try filled()
        let row = #"{"id":"t","ts":1,"day":"d1"}"# + "\n"
        let first = try place.write(row, "--commit-token", "load-1").jsonLines[0]
        let second = try place.write(row, "--commit-token", "load-1").jsonLines[0]
        #expect(first["instant"] == second["instant"])
        #expect(try Programs.tarn("show", place.table, "timeline", "--json").jsonLines[0]["instants"]?.arrayValue?.count == 2)
    }

    @Test func `a query selects, filters, limits and counts`() throws {
        let place = try filled()
        #expect(try Programs.tarn("query", place.table, "--count").output == "3\n")
        #expect(try Programs.tarn("query", place.table, "--count", "--where", "n >= 2").output == "1\n")
        #expect(try Programs.tarn("query", place.table, "--select", "n,id", "--where", "day = d1", "--where", "n is-null", "--format", "ndjson").output == #"{"n":null,"id":"b"}"# + "\n")
        #expect(try Programs.tarn("query", place.table, "--limit", "2", "--format", "ndjson").output.split(separator: "\n").count == 2)
        #expect(try Programs.tarn("query", place.table, "--format", "csv", "--where", "id = b").output == "id,ts,day,n,note\r\nb,1,d1,,\"y, z\"\r\n"
            || Programs.tarn("query", place.table, "--format", "csv", "--where", "id = b").output == "id,ts,day,n,note\nb,1,d1,,\"y, z\"\n")
        let meta = try Programs.tarn("query", place.table, "--with-meta-fields", "--where", "id in (a, c)", "--format", "ndjson").jsonLines
        #expect(meta.count == 2 && meta.allSatisfy { $0["_hoodie_record_key"] == $0["id"] && $0["_hoodie_file_name"]?.stringValue?.hasSuffix(".parquet") == true })
    }

    @Test func `a query writes its rows to a file, replacing it`() throws {
        let place = try filled()
        let out = place.folder.path + "/out.parquet"
        for _ in 0..<2 { #expect(try Programs.tarn("query", place.table, "--format", "parquet", "--output", out).exitCode == 0) }
        let again = try Workplace()
        #expect(try Programs.tarn("create", again.table, "--schema-from", out, "--record-key", "id", "--ordering", "ts").exitCode == 0)
        #expect(try Programs.tarn("write", again.table, out).exitCode == 0)
        #expect(try again.rows() == place.rows())
    }

    @Test func `everything that show shows is text and JSON`() throws {
        let place = try filled()
        for what in ["summary", "properties", "schema", "timeline", "commit", "files", "sizes", "partitions"] {
            let text = try Programs.tarn("show", place.table, what)
            #expect(text.exitCode == 0 && !text.output.isEmpty, "\(what): \(text.errors)")
            #expect(try Programs.tarn("show", place.table, what, "--json").jsonLines.count == 1, "\(what)")
        }
        let paths = try Programs.tarn("show", place.table, "files", "--paths").output.split(separator: "\n")
        #expect(paths.count == 2 && paths.allSatisfy { $0.hasPrefix(place.table) })
    }

    @Test(arguments: [
        (["compact", "T"], 1, "copy-on-write"), (["services", "T"], 2, "unsupported"), (["query", "T", "--changes"], 2, "unsupported"), (["nonsense"], 2, "no command"),
        (["querry", "T"], 2, "did you mean 'query'"), (["query", "T", "--limt", "1"], 2, "did you mean '--limit'"),
        (["query", "/nowhere/at/all"], 2, "/nowhere/at/all"), (["query", "T", "--where", "nothing = 1"], 1, "nothing"),
        (["show", "T", "skew"], 2, "unsupported"), (["write", "T", "/nowhere.parquet"], 2, "/nowhere.parquet"),
        (["write", "T", "x.ndjson", "--op", "insert-overwrite"], 2, "unsupported"), (["query", "s3://b/t"], 2, "not of the form s3://bucket/prefix"),
        (["ingest", "T", "--from", "kafka://h:1/t"], 2, "unsupported"), (["create", "T2", "--table-version", "9"], 2, "unsupported"),
    ])
    func `what cannot be done is one line and an exit code`(arguments: [String], code: Int32, piece: String) throws {
        let place = try filled()
        let words = arguments.map { $0 == "T" ? place.table : $0 == "T2" ? place.table + "2" : $0 }
        let done = try ChildProcess.run([Programs.tarnPath] + words)
        #expect(done.exitCode == code && done.errors.contains(piece), "\(done.exitCode) \(done.errors)")
        #expect(done.errors.split(separator: "\n").count == 1 && done.output.isEmpty)
        let asJSON = try ChildProcess.run([Programs.tarnPath] + words + ["--json"])
        #expect(try JSON(parsing: asJSON.errors)["error"]?["message"]?.stringValue != nil, "\(asJSON.errors)")
    }

    @Test func `a second writer is refused while the first lives, and follows when it died`() throws {
        let place = try filled()
        // Standard input stays open in the first writer until its pipe ends: it holds the lock for two seconds.
        let script = """
            (echo '{"id":"p","ts":1,"day":"d1"}'; sleep 2) | \(Programs.tarnPath) ingest \(place.table) --from - --envelope plain &
            sleep 0.7
            echo '{"id":"q","ts":1,"day":"d1"}' | \(Programs.tarnPath) write \(place.table) - --input-format ndjson
            echo "second: $?"
            wait
            """
        let done = try ChildProcess.run(["bash", "-c", script])
        #expect(done.output.contains("second: 1") || done.output.contains("second: 0"), "\(done.output)\(done.errors)")
        if done.output.contains("second: 1") { #expect(done.errors.contains("another writer"), "\(done.errors)") }
        #expect(try place.write(#"{"id":"r","ts":1,"day":"d1"}"# + "\n").exitCode == 0)
        #expect(try place.rows().contains { $0.contains("\"p\"") })
        #expect(try place.findings() == [])
    }
}
