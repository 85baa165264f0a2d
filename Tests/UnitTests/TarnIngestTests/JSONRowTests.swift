import TarnBase
import TarnColumns
import TarnIngest
import TarnTable
import TarnTestSupport
import Testing

/// Rows of `{"id": …, "v": …}` under one type: what is taken, and what is refused with which words.
@Suite struct JSONRowTests {
    private func read(_ type: DataType, _ values: [String]) async throws -> (taken: [String], refused: [String]) {
        let run = FakeRun([Field("id", .int32), Field("v", type)], envelope: .plain)
        let lines = values.enumerated().map { "{\"id\":\($0),\"v\":\($1)}\n" }.joined()
        try await run.ingest(lines)
        let taken = run.sink.rows.map { String($0.drop { $0 != "," }.dropFirst(5).dropLast()) }
        return (taken, try await run.reasons())
    }

    struct Accepted: Sendable, CustomTestStringConvertible {
        let type: DataType
        let values: [(json: String, prints: String)]
        var testDescription: String { type.description }
    }

    @Test(arguments: [
        Accepted(type: .int64, values: [
            ("0", "0"), ("-0", "0"), ("9007199254740993", "9007199254740993"), ("9223372036854775807", "9223372036854775807"),
            ("-9223372036854775808", "-9223372036854775808"), (" 12 ", "12"), ("null", "null"),
        ]),
        Accepted(type: .int32, values: [("2147483647", "2147483647"), ("-2147483648", "-2147483648")]),
        Accepted(type: .double, values: [
            ("1", "1.0"), ("9007199254740993", "9007199254740992.0"), ("0.1", "0.1"), ("1.0E300", "1e+300"), ("4.9E-324", "5e-324"),
            ("123456789012345678901234567890", "1.2345678901234568e+29"), ("2.2250738585072011e-308", "2.225073858507201e-308"),
            ("-0.0", "-0.0"), ("NaN", "\"NaN\""), ("-Infinity", "\"-Infinity\""), ("\"Infinity\"", "\"Infinity\""),
            ("8.41", "8.41"), ("9007199254740992.5", "9007199254740992.0"), ("1e22", "1e+22"), ("1e23", "1e+23"), ("0.000001", "1e-06"),
            ("12345678901234567", "1.2345678901234568e+16"),
        ]),
        Accepted(type: .float, values: [("0.1", "0.1"), ("16777217", "16777216.0"), ("1.0E-10", "1e-10"), ("Infinity", "\"Infinity\"")]),
        Accepted(type: .string, values: [
            (#""""#, #""""#), (#""a\n\"\\\/\u00e9\uD83D\uDE42""#, #""a\n\"\\/é🙂""#), (#""é🙂 exactly sixteen""#, #""é🙂 exactly sixteen""#),
            (#""12345678""#, #""12345678""#), (#""1234567""#, #""1234567""#), (#""\u0000""#, #""\u0000""#),
        ]),
        Accepted(type: .boolean, values: [("true", "true"), ("false", "false")]),
        Accepted(type: .decimal(precision: 10, scale: 2), values: [
            ("12.5", "\"12.50\""), ("\"-12.50\"", "\"-12.50\""), ("1.5E3", "\"1500.00\""), ("12.500", "\"12.50\""), ("0", "\"0.00\""),
            ("99999999.99", "\"99999999.99\""), (#"{"scale":1,"value":"Cw=="}"#, "\"1.10\""), ("\"1e-2\"", "\"0.01\""),
        ]),
        Accepted(type: .decimal(precision: 38, scale: 0), values: [
            ("99999999999999999999999999999999999999", "\"99999999999999999999999999999999999999\""),
        ]),
        Accepted(type: .binary, values: [("\"Cw==\"", "\"Cw==\""), ("\"Cw\"", "\"Cw==\""), ("\"\"", "\"\""), ("\"/+8=\"", "\"/+8=\""), ("\"_-8\"", "\"/+8=\"")]),
        Accepted(type: .date, values: [
            ("0", "\"1970-01-01\""), ("-1", "\"1969-12-31\""), ("\"2024-02-29\"", "\"2024-02-29\""), ("\"1999-07-28Z\"", "\"1999-07-28\""),
        ]),
        Accepted(type: .timestamp(.microseconds), values: [
            ("1753353098000001", "\"2025-07-24T10:31:38.000001Z\""), ("\"2025-07-24T10:31:38Z\"", "\"2025-07-24T10:31:38.000000Z\""),
            ("\"2025-07-24T12:31:38.5+02:00\"", "\"2025-07-24T10:31:38.500000Z\""), ("\"0001-01-01T00:00:00Z\"", "\"0001-01-01T00:00:00.000000Z\""),
        ]),
        Accepted(type: .timestamp(.milliseconds), values: [("\"2025-07-24T10:31:38.120000Z\"", "\"2025-07-24T10:31:38.120Z\"")]),
        Accepted(type: .list(.string), values: [("[]", "[]"), (#"["a", null ,"b"]"#, #"["a",null,"b"]"#), ("null", "null")]),
        Accepted(type: .map(.string, .int64), values: [("{}", "{}"), (#"{"a":1, "b":null}"#, #"{"a":1,"b":null}"#)]),
        Accepted(type: .struct([Field("a", .int32), Field("b", .list(.struct([Field("c", .double)])))]), values: [
            (#"{"b":[{"c":1},{}],"a":2}"#, #"{"a":2,"b":[{"c":1.0},{"c":null}]}"#), ("{}", #"{"a":null,"b":null}"#),
        ]),
    ])
    func `a value that the column holds is taken exactly`(_ given: Accepted) async throws {
        let (taken, refused) = try await read(given.type, given.values.map(\.json))
        #expect(refused == [])
        #expect(taken == given.values.map(\.prints))
    }

    @Test(arguments: [
        (DataType.int64, "{}", "column 'v': expected int64, found object"),
        (.int64, "\"7\"", "column 'v': expected int64, found text"),
        (.int64, "1.0", "point or exponent"),
        (.int64, "9223372036854775808", "out of range of int64"),
        (.int32, "2147483648", "out of range of int32"),
        (.int64, "NaN", "column 'v': expected int64, found number"),
        (.int64, "01", "a number begins with 0"),
        (.int64, "-", "not valid JSON"),
        (.int64, "nul", "not valid JSON"),
        (.double, "1e309", "out of range of double"),
        (.double, "1.", "not valid JSON"),
        (.double, ".5", "not valid JSON"),
        (.double, "1e", "not valid JSON"),
        (.double, "\"12\"", "column 'v': expected double, found text"),
        (.double, "Infinite", "not valid JSON"),
        (.float, "1e39", "out of range of float"),
        (.string, "{\"a\":1}", "column 'v': expected string, found object"),
        (.string, "[1]", "column 'v': expected string, found array"),
        (.string, "7", "column 'v': expected string, found number"),
        (.string, "true", "column 'v': expected string, found boolean"),
        (.string, #""\ud83d""#, "half a surrogate pair"),
        (.string, #""\udc00x""#, "half a surrogate pair"),
        (.string, #""\x""#, "unknown escape"),
        (.string, "\"a\tb\"", "control character"),
        (.string, "\"abc", "a string without end"),
        (.boolean, "0", "column 'v': expected boolean, found number"),
        (.decimal(precision: 4, scale: 2), "123.45", "does not fit decimal(4, 2) exactly"),
        (.decimal(precision: 4, scale: 2), "\"1.234\"", "does not fit decimal(4, 2) exactly"),
        (.decimal(precision: 4, scale: 2), "\"NaN\"", "does not fit decimal(4, 2) exactly"),
        (.decimal(precision: 38, scale: 0), "1e400", "does not fit"),
        (.binary, "\"@@@\"", "is not base64"),
        (.binary, "\"Cx==\"", "is not base64"),
        (.date, "\"2023-02-29\"", "is not a date"),
        (.date, "\"infinity\"", "is not a date"),
        (.timestamp(.milliseconds), "\"2025-07-24T10:31:38.0001Z\"", "is not an RFC 3339 time that timestamp(ms) can hold"),
        (.timestamp(.microseconds), "\"2025-07-24T10:31:38\"", "is not an RFC 3339 time"),
        (.list(.int32), "[1,\"a\"]", "column 'v.element': expected int32, found text"),
        (.list(.int32), "[1,]", "not valid JSON"),
        (.list(.int32), "7", "column 'v': expected list<int32>, found number"),
        (.struct([Field("a", .int32)]), "{\"z\":1}", "unknown column 'v.z'"),
        (.struct([Field("a", .int32)]), "{\"a\":1,\"a\":2}", "column 'v.a' occurs twice"),
        (.struct([Field("a", .int32, nullable: false)]), "{}", "column 'v.a' is missing"),
        (.int64, "1}{", "something follows the value"),
        (.int64, "1,\"v\":2", "column 'v' occurs twice"),
        (.int64, "1,\"w\":2", "unknown column 'w'"),
        (.int64, "1,\"w\":" + String(repeating: "[", count: 70) + String(repeating: "]", count: 70), "unknown column 'w'"),
    ] as [(DataType, String, String)])
    func `a value that the column cannot hold is refused with the reason`(_ type: DataType, _ json: String, _ reason: String) async throws {
        let (taken, refused) = try await read(type, ["1", json, "2"].map { type == .int64 ? $0 : $0 == json ? json : "null" })
        #expect(taken.count == 2, "the rows around it are taken")
        try #require(refused.count == 1)
        #expect(refused[0].contains(reason), "\(refused[0])")
    }

    @Test func `fields may come in any order, with escaped names, and a missing one is null only where it may be`() async throws {
        let run = FakeRun([Field("id", .int32), Field("né", .string), Field("must", .int32, nullable: false)], envelope: .plain)
        try await run.ingest(
            """
            {"must":1,"né":"x","id":1}
            {"n\\u00e9":"y","must":2,"id":2}
            {"must":3}
            {"id":4}
            {"id":5,"must":null}
            { "id" : 6 , "must" : 7 }\r

            """)
        #expect(run.sink.rows == [#"{"id":1,"né":"x","must":1}"#, #"{"id":2,"né":"y","must":2}"#, #"{"id":6,"né":null,"must":7}"#])
        #expect(try await run.reasons() == ["column 'must' is missing", "column 'must' is null", "record key is null"])
    }

    @Test func `wherever the input is cut into stretches, the rows are the same`() async throws {
        let text = (0..<60).map { "{\"id\":\($0),\"v\":\"\(String(repeating: "é", count: $0))\"}\n" }.joined()
        for stretch in [1, 7, 64, 1000] {
            let run = FakeRun([Field("id", .int32), Field("v", .string)], envelope: .plain)
            try await run.ingest(Bytes(text), stretchBytes: stretch)
            #expect(run.sink.rows.joined(separator: "\n") + "\n" == text)
        }
    }

    @Test func `flipped bytes and cuts are refused or taken, and never stop the program`() async throws {
        let line = #"{"id":7,"s":"text é 🙂 \u00e9","d":1.5e3,"b":true,"l":[1,2,null],"m":{"k":"v"},"t":"2025-07-24T10:31:38Z","x":"Cw==","n":{"a":[{"c":1}]}}"#
        let schema: Schema = [
            Field("id", .int32), Field("s", .string), Field("d", .decimal(precision: 12, scale: 3)), Field("b", .boolean),
            Field("l", .list(.int64)), Field("m", .map(.string, .string)), Field("t", .timestamp(.microseconds)), Field("x", .binary),
            Field("n", .struct([Field("a", .list(.struct([Field("c", .double)])))])),
        ]
        try await withSeed { random, seed in
            var lines: [UInt8] = []
            for _ in 0..<4000 {
                var bytes = Array(line.utf8)
                for _ in 0..<Int(1 + random.next() % 3) {
                    let at = Int(random.next() % UInt64(bytes.count))
                    switch random.next() % 3 {
                    case 0: bytes[at] ^= 1 << UInt8(random.next() % 8)
                    case 1: bytes.removeSubrange(at..<min(bytes.count, at + 1 + Int(random.next() % 9)))
                    default: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: at)
                    }
                    if bytes.isEmpty { bytes = [0x7B] }
                }
                lines += bytes.filter { $0 != 0x0A } + [0x0A]
            }
            let run = FakeRun(schema, envelope: .plain)
            let summary = try await run.ingest(Bytes(lines))
            #expect(summary.events.read > 3900, "TARN_SEED=\(seed)")
            #expect(Int64(run.sink.rows.count) + summary.events.quarantined == summary.events.read, "TARN_SEED=\(seed)")
        }
    }

    @Test func `doubles read as the C library reads them`() async throws {
        try await withSeed { random, seed in
            var texts: [String] = []
            for _ in 0..<2000 {
                let digits = 1 + Int(random.next() % 20)
                var text = random.next() % 2 == 0 ? "-" : ""
                text += "\(1 + random.next() % 9)" + (0..<digits).map { _ in "\(random.next() % 10)" }.joined()
                if random.next() % 2 == 0 { text += "." + (0...(random.next() % 8)).map { _ in "\(random.next() % 10)" }.joined() }
                if random.next() % 3 == 0 { text += "e\(Int(random.next() % 80) - 40)" }
                texts.append(text)
            }
            let (taken, refused) = try await read(.double, texts)
            #expect(refused == [])
            for (text, printed) in zip(texts, taken) { #expect(Double(text) == Double(printed), "\(text) TARN_SEED=\(seed)") }
        }
    }
}
