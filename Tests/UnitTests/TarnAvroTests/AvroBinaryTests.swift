import TarnAvro
import TarnBase
import TarnTestSupport
import Testing

@Suite struct AvroBinaryTests {
    private static let pair = #"{"type":"record","name":"test","fields":[{"name":"a","type":"long"},{"name":"b","type":"string"}]}"#

    @Test func `the examples of the specification encode to its bytes and decode back`() throws {
        let cases: [(String, AvroValue, [UInt8])] = [
            (Self.pair, .record(name: "test", [.init("a", .long(27)), .init("b", .string("foo"))]), [0x36, 0x06, 0x66, 0x6F, 0x6F]),
            (#"{"type":"array","items":"long"}"#, .array([.long(3), .long(27)]), [0x04, 0x06, 0x36, 0x00]),
            (#"["null","string"]"#, .null, [0x00]), (#"["null","string"]"#, .string("a"), [0x02, 0x02, 0x61]),
            (#""long""#, .long(-64), [0x7F]), (#""long""#, .long(64), [0x80, 0x01]),
            (#""long""#, .long(.min), [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]),
            (#""double""#, .double(1), [0, 0, 0, 0, 0, 0, 0xF0, 0x3F]), (#""boolean""#, .boolean(true), [1]),
        ]
        for (schema, value, bytes) in cases {
            let codec = AvroCodec(try AvroSchema(parsing: schema))
            #expect(try codec.encode(value) == Bytes(bytes))
            #expect(try codec.decode(Bytes(bytes)) == value)
        }
    }

    @Test(arguments: [
        (#""long""#, [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02], "more than 64 bits"),
        (#""int""#, [0x80, 0x80, 0x80, 0x80, 0x20], "is no int"), (#""string""#, [0x7F], "a length of -64"),
        (#""string""#, [0x20, 0x61], "where 1 bytes are left"), (#""string""#, [0x02, 0xFF], "not UTF-8"), (#""boolean""#, [2], "no boolean"),
        (#"["null","int"]"#, [0x04], "branch 2 of 2"), (#"["null","int"]"#, [0x01], "branch -1 of 2"),
        (#"{"type":"enum","name":"e","symbols":["A"]}"#, [0x02], "symbol 1 of 1"), (#""int""#, [0x02, 0x02], "behind the last"),
        (#"{"type":"array","items":"null"}"#, [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], "more values than"),
        (#"{"type":"array","items":"int"}"#, [0x01, 0x04, 0x02, 0x00], "another size"),
        (#"{"type":"array","items":"int"}"#, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0x00], "a block of"),
        (#"{"type":"record","name":"r","fields":[{"name":"x","type":"r"}]}"#, [], "nested too deep"),
    ] as [(String, [UInt8], String)])
    func `hostile bytes are errors`(schema: String, bytes: [UInt8], reason: String) throws {
        let codec = AvroCodec(try AvroSchema(parsing: schema))
        let error = #expect(throws: AvroError.self) { try codec.decode(Bytes(bytes)) }
        #expect(error?.code == .data)
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }

    @Test func `blocks with a negative count carry their size`() throws {
        let codec = AvroCodec(try AvroSchema(parsing: #"{"type":"array","items":"int"}"#))
        #expect(try codec.decode(Bytes([0x03, 0x04, 0x02, 0x04, 0x02, 0x06, 0x00])) == .array([.int(1), .int(2), .int(3)]))
    }

    @Test func `branches that grow without bytes stop at a bound`() throws {
        var text = #"{"type":"record","name":"r0","fields":[]}"#
        for level in 1...40 {
            text = #"{"type":"record","name":"r\#(level)","fields":[{"name":"a","type":\#(text)},{"name":"b","type":"r\#(level - 1)"}]}"#
        }
        let codec = AvroCodec(try AvroSchema(parsing: text))
        #expect(throws: AvroError.self) { try codec.decode(Bytes()) }
    }

    @Test func `random values come back, and no cut or flipped byte traps`() throws {
        try withSeed { (random: inout SplitMix64, seed: UInt64) throws in
            for _ in 0..<150 {
                let schema = RandomAvro.schema(using: &random)
                let codec = AvroCodec(schema)
                let value = RandomAvro.value(of: schema, using: &random)
                let bytes = try codec.encode(value)
                #expect(try codec.decode(bytes) == value, "TARN_SEED=\(seed)")
                for cut in 0..<bytes.count { #expect(throws: AvroError.self, "TARN_SEED=\(seed)") { try codec.decode(bytes[0..<cut]) } }
                var flipped = bytes.array
                for index in flipped.indices {
                    let old = flipped[index]
                    flipped[index] = UInt8(truncatingIfNeeded: random.next())
                    _ = try? codec.decode(Bytes(flipped))
                    flipped[index] = old
                }
            }
        }
    }

    @Test func `values that do not fit are refused with the field's name`() throws {
        let codec = AvroCodec(try AvroSchema(parsing: Self.pair))
        let wrong = #expect(throws: AvroError.self) { try codec.encode(.record([.init("a", .long(1)), .init("b", .long(2))])) }
        #expect(wrong?.description.hasPrefix("b: a long where the schema has") == true)
        #expect(throws: AvroError.self) { try codec.encode(.record([.init("a", .long(1))])) }
        #expect(try codec.encode(.record([.init("b", .string("foo")), .init("a", .long(27))])) == Bytes([0x36, 0x06, 0x66, 0x6F, 0x6F]))
    }

    @Test func `a reader with another schema sees its own fields`() throws {
        let value = AvroValue.record([.init("b", .string("x")), .init("gone", .int(1)), .init("a", .int(7))])
        let reader = try AvroSchema(
            parsing: #"""
                {"type":"record","name":"other","fields":[{"name":"a","type":"double"},{"name":"b","type":["null","string"],"default":null},
                {"name":"c","type":{"type":"array","items":"int"},"default":[1]},{"name":"d","type":["int","null"],"default":5},
                {"name":"e","type":"bytes","default":"\u00ff"},{"name":"f","type":["null","string"],"default":null}]}
                """#)
        let resolved = try value.resolved(to: reader)
        #expect(
            resolved
                == .record(
                    name: "other",
                    [
                        .init("a", .double(7)), .init("b", .string("x")), .init("c", .array([.int(1)])), .init("d", .int(5)),
                        .init("e", .bytes(Bytes([0xFF]))), .init("f", .null),
                    ]))
        #expect(throws: AvroError.self) { try AvroValue.record([]).resolved(to: AvroSchema(parsing: Self.pair)) }
        #expect(throws: AvroError.self) { try AvroValue.string("x").resolved(to: .long) }
    }

    @Test func `a default that contains itself without end is an error`() throws {
        let reader = try AvroSchema(parsing: #"{"type":"record","name":"r","fields":[{"name":"x","type":"r","default":{}}]}"#)
        #expect(throws: AvroError.self) { try AvroValue.record([]).resolved(to: reader) }
    }
}
