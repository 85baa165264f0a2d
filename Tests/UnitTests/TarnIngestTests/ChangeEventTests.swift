import TarnBase
import TarnColumns
import TarnIngest
import TarnStorage
import TarnTable
import TarnTestSupport
import TarnWrite
import Testing

/// Debezium's envelope and plain rows: which change each record becomes (events/README, cli.md).
@Suite struct ChangeEventTests {
    private let schema: Schema = [
        Field("id", .string, nullable: false), Field("city", .string, nullable: false), Field("ts", .int64), Field("note", .string),
    ]

    private func run(ordering: OrderingSource = .column, unit: TimeUnitOfLong? = nil, envelope: Envelope = .debezium, stored: RecordBatch? = nil) -> FakeRun {
        var run = FakeRun(schema, ordering: "ts", envelope: envelope, stored: stored)
        run.settings.orderingFrom = ordering
        run.settings.orderingUnit = unit
        return run
    }

    @Test func `creates, updates and snapshots take the image, in whatever order the envelope has its members`() async throws {
        let run = run()
        try await run.ingest(
            """
            {"before":null,"after":{"id":"a","city":"Oslo","ts":1,"note":null},"source":{"ts_ms":11},"op":"c"}
            {"op":"u","source":{"ts_ms":12},"before":{"id":"a","city":"","ts":0},"after":{"id":"a","city":"Oslo","ts":2,"note":"x"}}
            {"op":"r","after":{"id":"b","city":"Rome","ts":3}}
            """)
        #expect(run.sink.rows == [#"{"id":"a","city":"Oslo","ts":1,"note":null}"#, #"{"id":"a","city":"Oslo","ts":2,"note":"x"}"#, #"{"id":"b","city":"Rome","ts":3,"note":null}"#])
        #expect(run.sink.kinds == [.upsert, .upsert, .upsert])
        #expect(run.sink.content.withLock { $0.eventTimes } == [11, 12, nil])
    }

    static let deletes = """
        {"topic":"t","key":{"id":"a"},"value":{"before":{"id":"WRONG","city":"invented","ts":999},"after":null,"op":"d","source":{"ts_ms":20,"lsn":7}}}
        {"topic":"t","key":"{\\"id\\":\\"b\\"}","value":"{\\"op\\":\\"d\\",\\"after\\":null,\\"source\\":{\\"ts_ms\\":21,\\"lsn\\":8}}"}
        {"topic":"t","key":{"schema":{"type":"struct"},"payload":{"id":"c"}},"value":{"schema":{"type":"struct"},"payload":{"op":"d","before":null,"after":null,"source":{"ts_ms":22,"lsn":9}}}}
        {"topic":"t","key":{"id":"c"},"value":null}
        {"topic":"t","key":null,"value":null}
        """

    @Test(arguments: [
        (OrderingSource.column, nil, [ChangeKind.deleteByKey], ["null", "null", "null"]),
        (.column, .milliseconds, [.delete], ["20", "21", "22"]),
        (.column, .microseconds, [.delete], ["20000", "21000", "22000"]),
        (.sourceTime, nil, [.delete], ["20", "21", "22"]),
        (.sourcePosition, nil, [.delete], ["7", "8", "9"]),
    ] as [(OrderingSource, TimeUnitOfLong?, [ChangeKind], [String])])
    func `of a delete only the key is data; tombstones are passed over`(
        _ ordering: OrderingSource, _ unit: TimeUnitOfLong?, _ kind: [ChangeKind], _ values: [String]
    ) async throws {
        let run = run(ordering: ordering, unit: unit)
        let summary = try await run.ingest(Self.deletes)
        #expect(run.sink.rows == zip(["a", "b", "c"], values).map { #"{"id":"\#($0)","city":null,"ts":\#($1),"note":null}"# })
        #expect(Set(run.sink.kinds) == Set(kind))
        #expect(summary.passed == 2)
        #expect(summary.events.read == 3)
    }

    @Test func `without a record key, a delete takes the key from before, and nothing else of it`() async throws {
        let run = run(unit: .milliseconds)
        try await run.ingest(#"{"op":"d","ts_ms":9,"source":{"ts_ms":5},"before":{"id":"a","city":"x","extra":{"deep":[1]},"ts":77},"after":null}"#)
        #expect(run.sink.rows == [#"{"id":"a","city":null,"ts":5,"note":null}"#])
    }

    @Test func `the envelope fills the ordering column whatever the image says`() async throws {
        let line = #"{"op":"c","after":{"id":"a","city":"x","ts":77},"source":{"connector":"postgresql","ts_ms":5,"lsn":9}}"#
        for (ordering, value) in [(OrderingSource.column, 77), (.sourceTime, 5), (.sourcePosition, 9)] {
            let run = run(ordering: ordering)
            try await run.ingest(line)
            #expect(run.sink.rows == [#"{"id":"a","city":"x","ts":\#(value),"note":null}"#])
        }
        let mongo = run(ordering: .sourcePosition)
        try await mongo.ingest(
            """
            {"op":"r","after":{"id":"a","city":"x"},"source":{"connector":"mongodb","ts_ms":1719792271208,"ord":-1}}
            {"op":"u","after":{"id":"a","city":"x"},"source":{"connector":"mongodb","ts_ms":1719792271208,"ord":3}}
            {"op":"u","after":{"id":"a","city":"x"},"source":{"connector":"mongodb","ts_ms":1719792271208}}
            """)
        #expect(mongo.sink.rows.map { $0.contains("\"ts\":0,") || $0.contains("\"ts\":\(1_719_792_271_208 << 22 + 3),") } == [true, true])
        #expect(try await mongo.reasons() == ["the event has no source position ('source.ts_ms' and 'source.ord')"])
    }

    @Test func `a timestamp ordering column takes the source time of a delete in its own unit`() async throws {
        let run = FakeRun([Field("id", .string), Field("at", .timestamp(.microseconds))], ordering: "at")
        try await run.ingest(#"{"op":"d","after":null,"before":{"id":"a"},"source":{"ts_ms":1753353098001}}"#)
        #expect(run.sink.rows == [#"{"id":"a","at":"2025-07-24T10:31:38.001000Z"}"#])
        #expect(run.sink.kinds == [.delete])
    }

    @Test func `messages and transaction markers are passed over; truncates and what is no envelope are put aside`() async throws {
        let run = run()
        let summary = try await run.ingest(
            """
            {"op":"m","source":{"ts_ms":1},"message":{"prefix":"lab","content":"AA=="}}
            {"status":"BEGIN","id":"571","event_count":null,"ts_ms":1}
            {"op":"t","before":null,"after":null,"source":{"ts_ms":1}}
            {"id":"a","city":"x","ts":1}
            {"op":"u","after":null,"source":{"ts_ms":1}}
            {"op":"u","after":"{\\"_id\\":1}","source":{"ts_ms":1}}
            {"op":"d","after":null,"source":{"ts_ms":1}}
            [1]
            nonsense
            {"op":"c","after":{"id":"a","city":"x","ts":1}

            """)
        #expect(summary.passed == 2)
        #expect(run.sink.rows == [])
        #expect(
            try await run.reasons() == [
                "a truncate (op 't') cannot be applied: the rows it removed are not named", "not a Debezium envelope: it has no 'op'",
                "a change without image: 'after' is null",
                "'after' is text, as Debezium's MongoDB connector writes it: this is --envelope debezium-mongo", "a delete without a key",
                "expected an envelope (an object), found array", "not valid JSON at byte 0: a value is expected",
                "not valid JSON: the text ends where ',' or '}' is expected",
            ])
    }

    @Test func `plain rows: a null value with a key deletes it`() async throws {
        let run = run(envelope: .plain)
        try await run.ingest(
            """
            {"topic":"t","partition":0,"offset":0,"key":"a","payload":"{\\"id\\":\\"a\\",\\"city\\":\\"x\\",\\"ts\\":1}"}
            {"topic":"t","partition":0,"offset":1,"key":"a","payload":null}
            {"topic":"t","partition":0,"offset":2,"key":"{\\"id\\":\\"b\\"}","payload":null}
            {"topic":"t","partition":0,"offset":3,"payload":null}
            """)
        #expect(run.sink.kinds == [.upsert, .deleteByKey, .deleteByKey])
        #expect(run.sink.rows.map { String($0.prefix(9)) } == [#"{"id":"a""#, #"{"id":"a""#, #"{"id":"b""#])
        #expect(try await run.reasons() == ["a delete without a key"])
    }

    @Test func `a value that was not sent comes from the key's latest image, here or in the table`() async throws {
        let stored = BatchBuilder(schema: schema)
        for (id, note) in [("s", "stored"), ("old", "renamed")] {
            for (column, cell) in zip(stored.columns, [Cell.text(Bytes(id)), "x", 0, .text(Bytes(note))]) { column.append(cell) }
            stored.endRow()
        }
        let gone = #""__debezium_unavailable_value""#
        func event(_ key: String, _ ts: Int, _ note: String, headers: String = "") -> String {
            #"{"topic":"t","key":{"id":"\#(key)"},"value":{"op":"u","after":{"id":"\#(key)","city":"x","ts":\#(ts),"note":\#(note)},"source":{"connector":"postgresql","ts_ms":1}}\#(headers)}"#
        }
        let run = run(stored: stored.finish())
        try await run.ingest(
            [
                event("a", 1, "\"first\""), event("a", 2, gone), event("a", 3, gone), event("s", 1, gone), event("s", 2, gone),
                #"{"topic":"t","key":{"id":"a"},"value":{"op":"d","after":null,"source":{"ts_ms":1}}}"#,
                event("b", 4, gone, headers: #","headers":{"__debezium.oldkey":{"schema":{},"payload":{"id":"a"}}}"#),
                event("new", 5, gone, headers: #","headers":{"__debezium.oldkey":{"id":"old"}}"#), event("none", 1, gone),
            ].joined(separator: "\n"))
        #expect(
            run.sink.rows.map { String($0.split(separator: "\"note\":")[1].dropLast()) } == [
                "\"first\"", "\"first\"", "\"first\"", "\"stored\"", "\"stored\"", "null", "\"first\"", "\"renamed\"",
            ])
        #expect(run.sink.content.withLock { $0.asked } == [["none", "old", "s"]])
        #expect(try await run.reasons().map { $0.contains("the table has no row of this key") } == [true])
    }

    @Test func `a value not sent is found across the chunks of a micro-batch`() async throws {
        var run = run()
        run.settings.batchRows = 100_000
        var lines = (0..<9000).map { #"{"op":"c","after":{"id":"k\#($0)","city":"x","ts":1,"note":"n\#($0)"},"source":{"connector":"postgresql"}}"# }
        lines.append(#"{"op":"u","after":{"id":"k5","city":"x","ts":2,"note":"__debezium_unavailable_value"},"source":{"connector":"postgresql"}}"#)
        try await run.ingest(lines.joined(separator: "\n"))
        #expect(run.sink.rows.last == #"{"id":"k5","city":"x","ts":2,"note":"n5"}"#)
        #expect(run.sink.content.withLock { $0.batchSizes } == [8192, 809])
        #expect(run.sink.content.withLock { $0.asked } == [])
    }

    @Test func `what does not work yet says so before anything is read`() async throws {
        for change in [
            { (settings: inout IngestSettings) in settings.envelope = .mongo }, { $0.envelope = .debeziumMongo }, { $0.contract = .additive },
            { $0.start = .fromEnd },
        ] {
            var run = run()
            change(&run.settings)
            let error = await #expect(throws: IngestError.self) { try await run.ingest("{}") }
            #expect(error?.code == .unsupported)
        }
    }
}
