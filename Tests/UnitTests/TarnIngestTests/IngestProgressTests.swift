import TarnBase
import TarnColumns
import TarnIngest
import TarnStorage
import TarnTable
import TarnTestSupport
import TarnWrite
import Testing

/// Micro-batches, offsets, ledger and quarantine (freshness.md 1).
@Suite struct IngestProgressTests {
    private let schema: Schema = [Field("id", .int64, nullable: false), Field("ts", .int64)]

    private func kcat(_ partition: Int, _ offset: Int, topic: String = "t", id: Int? = nil) -> String {
        #"{"topic":"\#(topic)","partition":\#(partition),"offset":\#(offset),"tstype":"create","ts":1,"broker":0,"key":"{\"id\":\#(id ?? offset)}","payload":"{\"op\":\"c\",\"after\":{\"id\":\#(id ?? offset),\"ts\":\#(offset)},\"source\":{\"ts_ms\":\#(1000 + offset)}}"}"#
    }

    @Test func `a micro-batch takes so many rows, and none spans two files`() async throws {
        var run = FakeRun(schema, ordering: "ts")
        run.settings.batchRows = 3
        try await run.ingest((0..<7).map { kcat(0, $0) }.joined(separator: "\n"), name: "a")
        try await run.ingest((7..<9).map { kcat(0, $0) }.joined(separator: "\n"), name: "b")
        #expect(run.sink.content.withLock { $0.batchSizes } == [3, 3, 1, 2])
        #expect(run.sink.ledger?.partitions["t/0"]?.next == 9)
        #expect(run.sink.ledger?.partitions["t/0"]?.rows == 2)
        #expect(run.sink.ledger?.partitions["t/0"]?.firstEventMilliseconds == 1007)
        #expect(run.sink.ledger?.partitions["t/0"]?.maximumEventMilliseconds == 1008)
        #expect(run.sink.commits.last?.metadata.contains { $0 == (key: "tarn.watermark_ms", value: "1008") } == true)
    }

    @Test func `offsets below the ledger are passed over, gaps are allowed, and repeats count once`() async throws {
        let run = FakeRun(schema, ordering: "ts")
        try await run.ingest([kcat(0, 0), kcat(1, 5), kcat(0, 1), kcat(0, 0)].joined(separator: "\n"))
        #expect(run.sink.rows.count == 3)
        let summary = try await run.ingest([kcat(0, 0), kcat(0, 1), kcat(1, 5), kcat(0, 40), kcat(1, 6)].joined(separator: "\r\n") + "\r\n")
        #expect(run.sink.rows.count == 5)
        #expect(summary.alreadyCommitted == 3)
        #expect(run.sink.ledger?.partitions.mapValues(\.next) == ["t/0": 41, "t/1": 7])
    }

    @Test func `a table with rows and no ledger is not started by guess`() async throws {
        var run = FakeRun(schema, ordering: "ts", hasRows: true)
        let error = await #expect(throws: IngestError.self) { try await run.ingest(kcat(0, 0)) }
        #expect(error?.message.contains("--from-start, --from-end or --from-offsets FILE") == true)
        run.settings.start = .fromOffsets(["t/0": 2])
        try await run.ingest((0..<4).map { kcat(0, $0) }.joined(separator: "\n"))
        #expect(run.sink.rows.count == 2)
    }

    @Test func `only the topic asked for is taken`() async throws {
        var run = FakeRun(schema, ordering: "ts")
        run.settings.topic = "t"
        try await run.ingest([kcat(0, 0), kcat(0, 3, topic: "other")].joined(separator: "\n"))
        #expect(run.sink.ledger?.partitions.keys.sorted() == ["t/0"])
    }

    @Test func `a plain file is known by its content and taken once, and goes on after its last committed line`() async throws {
        var run = FakeRun(schema, ordering: "ts", envelope: .plain)
        run.settings.batchRows = 2
        let text = (0..<5).map { "{\"id\":\($0),\"ts\":1}\n" }.joined()
        run.sink.content.withLock { $0.failsAtCommit = 1 }
        await #expect(throws: TableError.self) { try await run.ingest(text, name: "first") }
        let unfinished = try #require(run.sink.ledger?.partitions.first)
        #expect(unfinished.value.next == 2)
        #expect(unfinished.key.hasSuffix("-\(text.utf8.count)/0"))
        run.sink.content.withLock { $0.failsAtCommit = nil }
        try await run.ingest(text, name: "again")
        #expect(run.sink.rows.count == 5)
        #expect(run.sink.ledger?.partitions.isEmpty == true)
        #expect(run.sink.ledger?.recentFiles.count == 1)
        let third = try await run.ingest(text, name: "third name")
        #expect(third.notes == ["third name: the table has this file already"])
        #expect(run.sink.rows.count == 5)
    }

    @Test func `standard input without offsets has no ledger entry, and says so`() async throws {
        let run = FakeRun(schema, ordering: "ts", envelope: .plain)
        let summary = try await run.ingest("{\"id\":1,\"ts\":1}\n", name: "-", isFile: false)
        #expect(summary.notes.count == 1)
        #expect(run.sink.rows.count == 1)
        #expect(run.sink.ledger == nil)
    }

    /// The bad inputs that the issue names, each with its outcome.
    @Test func `bad events are put aside with their place and reason, and the rest is committed`() async throws {
        let run = FakeRun(schema, ordering: "ts")
        var bytes: [UInt8] = []
        func line(_ text: String) { bytes += Array(text.utf8) + [0x0A] }
        line(kcat(2, 10))
        line(kcat(2, 11).replacing("\\\"ts\\\":11", with: "\\\"ts\\\":{\\\"now\\\":1}"))
        line(kcat(2, 12).replacing("\\\"ts\\\":12", with: "\\\"ts\\\":null"))
        line(kcat(2, 13).replacing("\\\"ts\\\":13", with: "\\\"tz\\\":13"))
        line(kcat(2, 14).replacing("\\\"after\\\":{\\\"id\\\":14,", with: "\\\"after\\\":{"))
        line(kcat(2, 15).replacing("\\\"op\\\"", with: "op"))
        bytes += Array(kcat(2, 16).utf8).map { $0 == UInt8(ascii: "c") ? 0xFF : $0 } + [0x0A]
        line("{\"topic\":\"t\",\"partition\":2}")
        line("")
        line(kcat(2, 17))
        bytes += Array(kcat(2, 18).utf8.prefix(90))
        let summary = try await run.ingest(Bytes(bytes))
        #expect(run.sink.rows == [#"{"id":10,"ts":10}"#, #"{"id":17,"ts":17}"#])
        let events = try await run.quarantined()
        #expect(events.map { $0["line"]?.intValue } == [2, 4, 5, 6, 7, 8, 11, 3])
        #expect(events.map { $0["offset"]?.intValue } == [11, 13, 14, 15, nil, nil, nil, 12])
        #expect(events.map { $0["partition"]?.intValue } == [2, 2, 2, 2, nil, nil, nil, 2])
        let reasons = events.map { $0["reason"]?.stringValue ?? "" }
        for (reason, part) in zip(
            reasons,
            [
                "column 'ts': expected int64, found object", "unknown column 'tz'", "column 'id' is missing", "a member name is expected",
                "not UTF-8 at byte", "not a line of kcat -J", "truncated last line: not valid JSON", "ordering value is null",
            ])
        {
            #expect(reason.contains(part), "\(reason)")
        }
        #expect(events[0]["event"]?.stringValue?.hasPrefix("{\"topic\":\"t\",\"partition\":2,\"offset\":11") == true)
        #expect(events[4]["encoding"] == "base64")
        #expect(events[4]["event"]?.stringValue?.hasPrefix("eyJ0b3Bp") == true)
        #expect(summary.events.quarantined == 8)
        #expect(run.sink.commits.map(\.eventsQuarantined) == [8])
        #expect(run.sink.ledger?.partitions["t/2"]?.next == 18)
        #expect(try await run.store.list(.root, recursive: true).objects.map(\.path.text) == ["t.quarantine/20260110080000000.ndjson"])
    }

    @Test func `a file of bad events alone is still committed as read`() async throws {
        let run = FakeRun(schema, ordering: "ts", envelope: .plain)
        try await run.ingest("{\"id\":\"x\"}\n")
        #expect(run.sink.commits.map(\.commitsWithoutChanges) == [true])
        #expect(try await run.quarantined().first?["offset"] == 0)
        #expect(run.sink.ledger?.recentFiles.count == 1)
    }

    @Test func `a line longer than allowed is put aside, the lines around it are taken`() async throws {
        var run = FakeRun(schema, ordering: "ts", envelope: .plain)
        run.settings.maximumLine = .bytes(1000)
        let long = "{\"id\":2,\"ts\":\"" + String(repeating: "x", count: 5000) + "\"}\n"
        try await run.ingest(Bytes("{\"id\":1,\"ts\":1}\n" + long + "{\"id\":3,\"ts\":1}\n"), stretchBytes: 256)
        #expect(run.sink.rows.count == 2)
        #expect(try await run.reasons() == ["the line is longer than 1000 B"])
    }

    @Test func `the kind of lines is told from the first one`() async throws {
        for (line, format) in [
            (#"{"op":"c","after":{"id":1,"ts":1}}"#, "value"), (#"{"topic":"t","key":null,"value":{"op":"c","after":{"id":1,"ts":1}}}"#, "record"),
            (kcat(0, 0), "kcat"), (#"{"key":{"id":1},"value":"{\"op\":\"c\",\"after\":{\"id\":1,\"ts\":1}}"}"#, "record"),
            (#""{\"op\":\"c\",\"after\":{\"id\":1,\"ts\":1}}""#, "value"),
        ] {
            let run = FakeRun(schema, ordering: "ts")
            try await run.ingest("\n" + line + "\n")
            #expect(run.sink.rows.count == 1, "\(format)")
        }
    }

    @Test func `a quarantine file of an attempt that failed is replaced when the batch is repeated`() async throws {
        let run = FakeRun(schema, ordering: "ts", envelope: .plain)
        let left = run.folder.path(of: try #require(InstantTime("20260109080000000")))
        try await run.store.put(Bytes("{}"), at: left, condition: .always)
        try await run.ingest("{\"id\":\"x\"}\n")
        #expect(try await run.store.list(.root, recursive: true).objects.map(\.path.text) == ["t.quarantine/20260110080000000.ndjson"])
    }

    /// Gives a line, then keeps its reader waiting: the clock goes on.
    private final class SlowSource: ByteSource {
        let lines: Locked<[String]>
        let clock: SimulatedClock

        init(_ lines: [String], _ clock: SimulatedClock) {
            self.lines = Locked(lines)
            self.clock = clock
        }

        func next(within milliseconds: Int64?) async throws -> ByteStretch {
            if let milliseconds {
                clock.advance(milliseconds: milliseconds)
                return .idle
            }
            return lines.withLock { $0.isEmpty ? .end : .bytes(Bytes($0.removeFirst() + "\n")) }
        }
    }

    @Test func `a source that pauses gets its events committed after the batch's time`() async throws {
        let run = FakeRun(schema, ordering: "ts", envelope: .plain)
        let clock = SimulatedClock()
        let source = SlowSource(["{\"id\":1,\"ts\":1}", "{\"id\":2,\"ts\":1}"], clock)
        var seen: [Int64] = []
        let summary = try await ChangeIngest(into: run.sink, run.settings, quarantine: nil, runtime: .simulated(clock: clock))
            .run([.stream(source, name: "-")]) { _ in seen.append(clock.nowMilliseconds()) }
        #expect(summary.commits == 2)
        #expect(seen == [1_768_032_060_000, 1_768_032_120_000])
    }
}
