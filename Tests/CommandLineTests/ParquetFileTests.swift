import TarnBase
import TarnTestSupport
import Testing

/// `tarn query` and `tarn show` of a single Parquet file.
@Suite struct ParquetFileTests {
    private func fixture(_ name: String) -> String { "\(repositoryFolder)/Fixtures/parquet/\(name).parquet" }

    @Test func `a file is queried as a table is, with all its columns`() throws {
        let file = fixture("skipping-v1-pyarrow")
        #expect(try Programs.tarn("query", file, "--count").output == "400\n")
        #expect(try Programs.tarn("query", file, "--count", "--where", "id >= 600", "--where", "flag = true").output == "20\n")
        #expect(
            try Programs.tarn("query", file, "--select", "word,id", "--where", "id in (0, 3, 1197)", "--format", "ndjson").output
                == #"{"word":"word 0","id":0}"# + "\n" + #"{"word":"word 0","id":3}"# + "\n" + #"{"word":"word 1","id":1197}"# + "\n")
        #expect(try Programs.tarn("query", file, "--limit", "3", "--format", "csv", "--select", "money").output.split(whereSeparator: \.isNewline) == ["money", "-2.00", "-1.99", "-1.98"])
        let all = try Programs.tarn("query", file, "--where", "id = 6", "--format", "ndjson").jsonLines
        #expect(all.count == 1 && all[0]["list"]?.arrayValue?.count == 2 && all[0]["pair"]?["b"]?.stringValue == "b2" && all[0].objectValue?.count == 10)
    }

    @Test func `a file of another name and a file that is copied read the same`() throws {
        let folder = try TemporaryFolder()
        let out = folder.path + "/copy.parquet"
        #expect(try Programs.tarn("query", fixture("nested-pyarrow"), "--format", "parquet", "--output", out).exitCode == 0)
        let rows = try Programs.tarn("query", fixture("nested-pyarrow"), "--format", "ndjson").output
        #expect(try Programs.tarn("query", out, "--format", "ndjson").output == rows && rows.split(separator: "\n").count == 5)
        #expect(try ChildProcess.run(["mv", out, folder.path + "/no-ending"]).exitCode == 0)
        #expect(try Programs.tarn("query", folder.path + "/no-ending", "--format", "ndjson").output == rows)
    }

    @Test func `show explains a file in text and JSON, pages and all`() throws {
        let text = try Programs.tarn("show", fixture("skipping-v1-pyarrow"))
        #expect(text.exitCode == 0, "\(text.errors)")
        for piece in ["2 row groups, 400 rows, 11 columns", "list.list.element", "row group 1: 160 rows", "RLE_DICTIONARY", "ZSTD", "word 0", "bounds", "parquet-cpp"] {
            #expect(text.output.contains(piece), "\(piece) in \(text.output)")
        }
        let shown = try Programs.tarn("show", fixture("skipping-v2-pyarrow"), "--json").jsonLines[0]
        #expect(shown["rows"]?.intValue == 400 && shown["columns"]?.arrayValue?.count == 11)
        let id = shown["row_groups"]?.arrayValue?[0]["columns"]?.arrayValue?[0]
        #expect(id?["statistics"]?["min"]?.intValue == 0 && id?["statistics"]?["max"]?.intValue == 717 && id?["statistics"]?["nulls"]?.intValue == 40)
        let pages = id?["pages"]?.arrayValue ?? []
        #expect(pages.count == 12 && pages[1]["first_row"]?.intValue == 20 && pages[1]["min"]?.intValue == 60 && pages[1]["max"]?.intValue == 117)
        #expect(pages[5]["min"]?.isNull == true && pages[5]["nulls"]?.intValue == 20, "a page of nulls")
        #expect(id?["bloom_filter"]?["bytes"]?.intValue ?? 0 > 32)
    }

    @Test func `every fixture is shown, or refused by name`() throws {
        for name in ["claims-two-gibibytes", "dictionary-falls-back-pyarrow", "duckdb", "flat-pyarrow", "int-decimals-v2-pyarrow", "nested-v2-pyarrow", "old-list-structure", "polars"] {
            #expect(try Programs.tarn("show", fixture(name)).exitCode == 0, "\(name)")
            #expect(try Programs.tarn("show", fixture(name), "--json").jsonLines.count == 1, "\(name)")
        }
    }

    @Test func `what goes with tables alone is refused with a file, and what is no file is named`() throws {
        for flags in [["--as-of", "2024"], ["--since", "2024"], ["--read-optimized"], ["--with-meta-fields"]] {
            let done = try ChildProcess.run([Programs.tarnPath, "query", fixture("polars")] + flags)
            #expect(done.exitCode == 2 && done.errors.contains(flags[0]), "\(done.errors)")
        }
        #expect(try Programs.tarn("show", fixture("polars"), "files").exitCode == 2)
        let missing = try Programs.tarn("query", "/nowhere/at/all.parquet")
        #expect(missing.exitCode == 2 && missing.errors.contains("/nowhere/at/all.parquet"), "\(missing.errors)")
        let unknown = try Programs.tarn("query", fixture("polars"), "--select", "nothing")
        #expect(unknown.exitCode == 1 && unknown.errors.contains("'nothing'"), "\(unknown.errors)")
        let folder = try TemporaryFolder()
        let text = try ChildProcess.run(["bash", "-c", "echo this is no Parquet file at all > \(folder.path)/x.parquet && \(Programs.tarnPath) show \(folder.path)/x.parquet"])
        #expect(text.exitCode == 1 && text.errors.contains("does not end in PAR1") && text.errors.contains("x.parquet"), "\(text.errors)")
    }

    @Test func `members of structs are selected and filtered by their dotted names, in files and tables, logs and all`() throws {
        let folder = try TemporaryFolder()
        try folder.write(
            #"{"type":"record","name":"t","fields":[{"name":"id","type":"string"},{"name":"ts","type":"long"},{"name":"timing","type":["null",{"type":"record","name":"timing","#
                + #""fields":[{"name":"queued_ms","type":["null","long"],"default":null},{"name":"total_ms","type":["null","long"],"default":null}]}],"default":null},"#
                + #"{"name":"steps","type":["null",{"type":"array","items":["null",{"type":"record","name":"step","fields":[{"name":"name","type":"string"},"#
                + #"{"name":"ms","type":["null","int"],"default":null}]}]}],"default":null}]}"#, to: "t.avsc")
        try folder.write(
            (0..<60).map { row in
                #"{"id":"k\#(row)","ts":1,"timing":\#(row % 7 == 0 ? "null" : #"{"queued_ms":\#(row),"total_ms":\#(row % 5 == 0 ? "null" : "\(row * 10)")}"#),"#
                    + #""steps":[{"name":"a","ms":\#(row)},null,{"name":"b","ms":null}]}"# + "\n"
            }.joined(), to: "1.ndjson")
        try folder.write(#"{"id":"k3","ts":2,"timing":{"queued_ms":1,"total_ms":7777},"steps":[]}"# + "\n" + #"{"id":"k4","ts":2,"timing":null,"steps":null}"# + "\n", to: "2.ndjson")
        let table = folder.path + "/t"
        let created = try Programs.tarn(
            "create", table, "--name", "t", "--type", "mor", "--schema", folder.path + "/t.avsc", "--record-key", "id", "--ordering", "ts")
        #expect(created.exitCode == 0, "\(created.errors)")
        for file in ["1", "2"] {
            let written = try Programs.tarn("write", table, folder.path + "/\(file).ndjson")
            #expect(written.exitCode == 0, "\(written.errors)")
        }
        #expect(try Programs.tarn("show", table, "files", "--json").output.contains(".log."), "the second write is a log")
        let copy = folder.path + "/copy.parquet"
        #expect(try Programs.tarn("query", table, "--format", "parquet", "--output", copy).exitCode == 0)
        for place in [table, copy] {
            func lines(_ flags: String...) throws -> [String] {
                let done = try ChildProcess.run([Programs.tarnPath, "query", place, "--format", "ndjson"] + flags)
                #expect(done.exitCode == 0, "\(done.errors)")
                return done.output.split(separator: "\n").map(String.init).sorted()
            }
            #expect(try lines("--select", "id,timing.total_ms", "--where", "timing.total_ms > 580") == [#"{"id":"k3","timing":{"total_ms":7777}}"#, #"{"id":"k59","timing":{"total_ms":590}}"#])
            #expect(try lines("--select", "timing.total_ms", "--where", "id in (k3, k4, k5)") == [#"{"timing":null}"#, #"{"timing":{"total_ms":7777}}"#, #"{"timing":{"total_ms":null}}"#])
            #expect(
                try lines("--select", "steps.element.ms", "--where", "id in (k3, k4, k5)") == [#"{"steps":[]}"#, #"{"steps":[{"ms":5},null,{"ms":null}]}"#, #"{"steps":null}"#])
            // 9 of 60 are null structs; of the 51 others those of multiples of 5; k3 and k4 have changed.
            #expect(try lines("--select", "id", "--where", "timing.total_ms is-null").count == 9 + 10 + 1)
            #expect(try lines("--select", "id", "--where", "timing is-null").count == 10)
            #expect(try lines("--select", "id", "--where", "timing.total_ms != 10").count == 60 - 20 - 1)
        }
        let missing = try Programs.tarn("query", table, "--select", "timing.nothing")
        #expect(missing.exitCode == 1 && missing.errors.contains("the members are queued_ms, total_ms"), "\(missing.errors)")
    }

    @Test func `a file with columns that cannot be read gives the others, and says why not these`() throws {
        let folder = try TemporaryFolder()
        try Python.run("make_partly_readable.py", [folder.path])
        let (wide, twice, times) = (folder.path + "/wide.parquet", folder.path + "/twice.parquet", folder.path + "/nanoseconds.parquet")
        #expect(try Programs.tarn("query", wide, "--select", "id", "--format", "csv").output.split(whereSeparator: \.isNewline) == ["id", "1", "2", "3"])
        #expect(try Programs.tarn("query", wide, "--count", "--where", "id > 1").output == "2\n")
        for (flags, column) in [([], "wide"), (["--select", "id,wide"], "wide"), (["--select", "pair"], "pair.bad"), (["--select", "id", "--where", "wide = 1"], "wide")] {
            let refused = try ChildProcess.run([Programs.tarnPath, "query", wide, "--json"] + flags)
            #expect(refused.exitCode == 2 && refused.output.isEmpty && refused.errors.contains("unsupported") && refused.errors.contains("column \(column)"), "\(refused.errors)")
        }
        let shown = try Programs.tarn("show", wide)
        #expect(shown.output.contains("not read: decimals of more than 38 digits, column wide") && shown.output.contains("column pair.bad"), "\(shown.output)")
        let json = try Programs.tarn("show", wide, "--json").jsonLines[0]
        #expect(json["columns"]?.arrayValue?.map { $0["type"]?.stringValue } == ["int64", nil, "int64", nil] && json["refused"]?.arrayValue?.count == 2)

        let ambiguous = try Programs.tarn("query", twice)
        #expect(ambiguous.exitCode == 2 && ambiguous.errors.contains("#2 and #3") && ambiguous.errors.contains("column b"), "\(ambiguous.errors)")
        #expect(try Programs.tarn("query", twice, "--select", "#3,a", "--format", "ndjson").output == #"{"b":"p","a":1}"# + "\n" + #"{"b":"q","a":2}"# + "\n")
        #expect(try Programs.tarn("query", twice, "--select", "b").exitCode == 2)
        #expect(try Programs.tarn("query", twice, "--select", "#2,#3").errors.contains("two columns of one name"))

        let lossy = try Programs.tarn("query", times)
        #expect(lossy.exitCode == 2 && lossy.errors.contains("INT96") && lossy.errors.contains("column t"), "\(lossy.errors)")
        let exact = try Programs.tarn("query", times, "--int96", "ns", "--format", "ndjson", "--select", "t").output.split(separator: "\n")
        #expect(exact.last == #"{"t":"2024-01-01T20:34:56.123456789Z"}"# && exact[2] == #"{"t":"1969-12-31T23:59:59.999999999Z"}"#, "\(exact)")
    }

    @Test func `a claim of 2 GiB in a file of 100 bytes allocates nothing`() throws {
        let file = fixture("claims-two-gibibytes")
        let done = try ChildProcess.run(["bash", "-c", "ulimit -v 1500000; \(Programs.tarnPath) query \(file) --count --where 'n = 1'"])
        #expect(done.exitCode == 1 && done.errors.contains("page of 2147483647 bytes"), "\(done.exitCode) \(done.errors)")
    }
}
