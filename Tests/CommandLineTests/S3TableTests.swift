import Glibc
import TarnBase
import TarnStorage
import TarnTestSupport
import Testing

/// Tables on an S3 server, by the command lines alone.
@Suite(.enabled(if: S3Server.endpoint != nil, Comment(rawValue: S3Server.reason)), .serialized) struct S3TableTests {
    private static let isSlow = getenv("TARN_SLOW") != nil
    /// A lease short enough for tests, and time enough for it to run out.
    private static let hasty = ["--lock-lease", "3", "--lock-wait", "60"]

    private static let first = """
        {"id":"a","ts":1,"day":"d1","n":1}
        {"id":"b","ts":1,"day":"d1","n":2}
        {"id":"c","ts":1,"day":"d2","n":3}

        """
    private static let second = """
        {"id":"a","ts":2,"day":"d1","n":10}
        {"id":"b","ts":2,"day":"d4","n":20}
        {"id":"e","ts":2,"day":"d2","n":50}

        """

    @Test func `a single Parquet file on the server is queried and shown`() async throws {
        let (server, place) = try await Workplace.onServer()
        try place.create()
        #expect(try place.write(Self.first).exitCode == 0)
        let paths = try place.tarn("show", ["files", "--paths"]).output.split(separator: "\n").map(String.init)
        #expect(paths.count == 2)
        var rows = 0
        for path in paths {
            let found = try Programs.tarn("query", path, "--select", "id,n", "--where", "n >= 2", "--format", "ndjson", environment: server.environment)
            #expect(found.exitCode == 0, "\(found.errors)")
            rows += try found.jsonLines.count
            let shown = try Programs.tarn("show", path, "--json", environment: server.environment)
            #expect(try shown.exitCode == 0 && shown.jsonLines[0]["file"]?.stringValue == path, "\(shown.errors)")
        }
        #expect(rows == 2)
        let missing = try Programs.tarn("query", place.table + "/nothing.parquet", environment: server.environment)
        #expect(missing.exitCode == 2 && missing.errors.contains(place.table + "/nothing.parquet"), "\(missing.errors)")
    }

    @Test func `a table is created, fed, read, undone and checked as on a disk`() async throws {
        let (server, place) = try await Workplace.onServer()
        try place.create()
        #expect(try place.tarn("create", ["--name", "t", "--schema", try place.file("s.avsc", Workplace.schema), "--record-key", "id"]).exitCode == 1)
        #expect(try place.write(Self.first).exitCode == 0)
        let before = try place.rows()
        let written = try place.write(Self.second, "--commit-token", "x")
        #expect(try written.jsonLines.first?["updated"]?.intValue == 2, "\(written.output) \(written.errors)")
        #expect(try place.write(Self.second, "--commit-token", "x").jsonLines.first?["already_committed"] == true)
        #expect(try place.rows().count == 4)

        let deleted = try place.write(#"{"id":"c"}"#, "--op", "delete")
        #expect(try deleted.jsonLines.first?["deleted"]?.intValue == 1, "\(deleted.errors)")
        let events = try place.file("events.ndjson", (0..<500).map { #"{"id":"k\#($0)","ts":\#($0),"day":"d\#($0 % 3)","n":\#($0)}"# + "\n" }.joined() + "no event\n")
        let ingested = try place.tarn("ingest", ["--from", events, "--envelope", "plain", "--batch-rows", "200", "--json"])
        #expect(ingested.exitCode == 0, "\(ingested.errors)")
        #expect(try ingested.jsonLines.count == 3, "\(ingested.output) \(ingested.errors)")
        #expect(try place.tarn("ingest", ["--from", events, "--envelope", "plain", "--json"]).jsonLines.isEmpty)
        #expect(try place.tarn("query", ["--count"]).output == "503\n")
        #expect(try place.tarn("query", ["--where", "n >= 490", "--where", "day = d1", "--count"]).output == "4\n")
        let quarantined = try await server.store(at: place.table + ".quarantine").list(.root, recursive: true).objects
        #expect(quarantined.count == 1 && quarantined[0].size > 0)

        let instants = try place.tarn("show", ["timeline", "--json"])
        #expect(instants.exitCode == 0 && instants.output.contains("commit"), "\(instants.errors)")
        for what in ["summary", "properties", "schema", "files", "sizes", "partitions"] { #expect(try place.tarn("show", [what]).exitCode == 0) }
        #expect(try place.tarn("show", ["files", "--paths"]).output.hasPrefix(place.table + "/day="))
        #expect(try place.tarn("lag", ["--json"]).output.contains("pipeline_lag"))
        try await place.expectSound(server)

        // Back to the first write, commit by commit.
        let times = try JSON(parsing: instants.output)["instants"]?.arrayValue?.compactMap { $0["time"]?.stringValue ?? $0["instant"]?.stringValue } ?? []
        #expect(times.count == 6)
        for time in times.dropFirst().reversed() {
            let undone = try place.tarn("rollback", [time])
            #expect(undone.exitCode == 0, "\(undone.errors)")
        }
        #expect(try place.rows() == before)
        try await place.expectSound(server)
    }

    private static let services: [[String]] = [
        ["compact"], ["cluster", "--small-file-limit", "1MiB"], ["clean", "--keep", "commits:1"], ["archive", "--keep", "1..2"],
    ]

    private static let actions = ["compact": (name: "compaction", count: 2), "cluster": (name: "replacecommit", count: 1), "clean": (name: "clean", count: 1)]

    @Test func `a service that dies at a request changes no row, and the next run finishes it`() async throws {
        let (server, base) = try await Workplace.onServer()
        try base.create("--type", "mor")
        for rows in [Self.first, Self.second] { try #require(base.write(rows).exitCode == 0) }
        try #require(base.tarn("compact").exitCode == 0)
        try #require(base.write(Self.second.replacing("\"ts\":2", with: "\"ts\":3")).exitCode == 0)
        try #require(base.write(Self.first.replacing("\"id\":\"", with: "\"id\":\"new-"), "--op", "bulk-insert").exitCode == 0)
        let rows = try base.rows()
        try #require(rows.count == 8 - 1)

        let start = Int(testSeed % 7)
        for service in Self.services {
            let finished = try Workplace(on: server)
            try await finished.copy(base, on: server)
            let done = try finished.tarn(service[0], service.dropFirst() + ["--json"])
            #expect(done.exitCode == 0, "\(service): \(done.output)\(done.errors)")
            #expect(try finished.rows() == rows, "\(service)")
            // Not the lint: a copy's modification times are none of completion.
            let checked = try finished.tablecheck("--deep", "--json")
            #expect(checked.exitCode == 0, "\(service): \(checked.output)")
            if let action = Self.actions[service[0]] {
                let instants = try finished.tarn("show", ["timeline", "--json"]).jsonLines[0]["instants"]?.arrayValue ?? []
                #expect(instants.count { $0["action"]?.stringValue == action.name } == action.count, "\(service): \(instants)")
            }
            for request in 1...200 where Self.isSlow || request % 7 == start {
                let place = try Workplace(on: server)
                try await place.copy(base, on: server)
                let died = try place.tarn(service[0], service.dropFirst() + ["--lock-lease", "3"], environment: ["TARN_CRASH_AT": "\(request)"])
                #expect(try place.rows() == rows, "TARN_SEED=\(testSeed) \(service) at \(request)")
                if died.exitCode == 0 { break }
                #expect(died.exitCode == 137, "\(service) at \(request): \(died.errors)")
                let again = try place.tarn(service[0], service.dropFirst() + Self.hasty)
                #expect(again.exitCode == 0, "TARN_SEED=\(testSeed) \(service) at \(request): \(again.errors)")
                #expect(try place.rows() == rows, "TARN_SEED=\(testSeed) \(service) at \(request), done again")
                let judged = try place.tablecheck("--deep", "--json")
                #expect(judged.exitCode == 0, "TARN_SEED=\(testSeed) \(service) at \(request): \(judged.output)")
            }
        }
    }

    @Test func `a writer that dies at a request leaves the table as before or as after, and the next one repairs it`() async throws {
        let (server, base) = try await Workplace.onServer()
        try base.create()
        try #require(base.write(Self.first).exitCode == 0)
        let before = try base.rows()
        let done = try Workplace(on: server)
        try await done.copy(base, on: server)
        try #require(done.write(Self.second).exitCode == 0)
        let after = try done.rows()

        // Every seventh request, from one that the seed chooses; all of them in the slow set.
        let start = Int(testSeed % 7)
        var deaths = 0
        var tables: [Workplace] = []
        for request in 1...400 where Self.isSlow || request % 7 == start {
            let moment = Self.isSlow || request % 2 == 0 ? ["\(request)", "\(request)+"] : ["\(request)"]
            var isBehindTheEnd = false
            for moment in moment {
                let place = try Workplace(on: server)
                try await place.copy(base, on: server)
                let died = try place.write(Self.second, "--lock-lease", "3", environment: ["TARN_CRASH_AT": moment])
                let left = try place.rows()
                #expect(left == before || left == after, "TARN_SEED=\(testSeed) at \(moment): \(left)")
                isBehindTheEnd = died.exitCode == 0
                if isBehindTheEnd { continue }
                #expect(died.exitCode == 137, "at \(moment): \(died.errors)")
                deaths += 1
                let repaired = try ChildProcess.run(
                    [Programs.tarnPath, "write", place.table, try place.file("again.ndjson", Self.second), "--json"] + Self.hasty,
                    environment: server.environment)
                #expect(repaired.exitCode == 0, "TARN_SEED=\(testSeed) at \(moment): \(repaired.errors)")
                #expect(try place.rows() == after, "TARN_SEED=\(testSeed) at \(moment)")
                tables.append(place)
            }
            if isBehindTheEnd { break }
        }
        #expect(deaths >= 3)
        for place in tables { try await place.expectSound(server, "TARN_SEED=\(testSeed)") }
    }

    @Test func `what a user gets wrong is one clear line, exit code 2, and no secret`() async throws {
        let (_, place) = try await Workplace.onServer()
        try place.create()
        try #require(place.write(Self.first).exitCode == 0)
        let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
        func expectLine(_ ended: ChildProcess, _ text: String, _ what: String) throws {
            #expect(ended.exitCode == 2 && ended.output.isEmpty, "\(what): \(ended.exitCode) \(ended.output)")
            #expect(ended.errors.contains(text) && ended.errors.split(separator: "\n").count == 1, "\(what): \(ended.errors)")
            #expect(!ended.errors.contains(secret) && !ended.errors.contains(S3Server.secret), "\(what)")
        }
        let wrong: [([String: String], String)] = [
            (["AWS_ACCESS_KEY_ID": "AKIANOSUCHKEY000"], "does not know the access key; check AWS_ACCESS_KEY_ID"),
            (["AWS_SECRET_ACCESS_KEY": secret], "the secret key does not fit the access key"),
            (["AWS_ACCESS_KEY_ID": ""], "AWS_SECRET_ACCESS_KEY is set, but AWS_ACCESS_KEY_ID is not"),
            (["AWS_ENDPOINT_URL": "http://127.0.0.1:1"], "cannot reach http://127.0.0.1:1"),
            (["AWS_ENDPOINT_URL": "nonsense"], "the endpoint 'nonsense' is not of the form http://host:port"),
        ]
        for (variables, text) in wrong {
            try expectLine(try place.tarn("query", ["--count"], environment: variables), text, "\(variables.keys)")
            try expectLine(try place.tarn("write", [try place.file("x.ndjson", Self.second)], environment: variables), text, "\(variables.keys)")
        }
        // Not every server looks at these; the scripted ones do (`UnitTests/TarnS3Tests/ReadTests`).
        for (variables, text) in [
            (["AWS_SESSION_TOKEN": secret], "the session token is not valid; check AWS_SESSION_TOKEN"),
            (["AWS_REGION": "eu-north-1"], "is not in region eu-north-1; it lies in us-east-1: set AWS_REGION=us-east-1"),
        ] {
            let ended = try place.tarn("query", ["--count"], environment: variables)
            if ended.exitCode != 0 { try expectLine(ended, text, "\(variables.keys)") }
        }
        try expectLine(try place.tarn("query", ["--count", "--s3-profile", "nobody"]), "there is no profile 'nobody'", "profile")
        let missing = try ChildProcess.run([Programs.tarnPath, "query", "s3://no-such-bucket-here/t", "--count"], environment: try await S3Server().environment)
        try expectLine(missing, "there is no bucket 'no-such-bucket-here'", "bucket")
        let checked = try ChildProcess.run([Programs.tablecheckPath, "s3://no-such-bucket-here/t"], environment: try await S3Server().environment)
        #expect(checked.exitCode == 2 && checked.output.contains("there is no bucket 'no-such-bucket-here'"), "\(checked.output)")
        #expect(try place.rows().count == 3)
    }
}
