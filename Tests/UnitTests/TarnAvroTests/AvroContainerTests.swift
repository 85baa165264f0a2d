import FoundationEssentials
import TarnAvro
import TarnBase
import TarnTestSupport
import Testing

@Suite struct AvroContainerTests {
    private static func bytes(_ base64: String) -> Bytes { Bytes([UInt8](Data(base64Encoded: base64) ?? Data())) }

    /// The file that Spark wrote, put together from its schema and what follows the header.
    private static func file(_ schema: String, _ body: String) -> Bytes {
        var file = ByteBuilder()
        file.append([0x4F, 0x62, 0x6A, 0x01, 0x02, 0x16])
        file.append(utf8: "avro.schema")
        var length = UInt64(schema.utf8.count) << 1
        while length >= 0x80 {
            file.append(UInt8(length & 0x7F) | 0x80)
            length >>= 7
        }
        file.append(UInt8(length))
        file.append(utf8: schema)
        file.append(0)
        file.append(bytes(body))
        return file.finish()
    }

    private static let spark = [
        file(SparkFacts.rollbackPlanSchema, SparkFacts.rollbackPlanBody), file(SparkFacts.rollbackMetadataSchema, SparkFacts.rollbackMetadataBody),
    ]

    @Test func `files that Spark wrote are read, and written again byte for byte`() throws {
        for file in Self.spark {
            let container = try AvroContainer(parsing: file)
            #expect(container.records.count == 1)
            #expect(container.metadata.map(\.key) == ["avro.schema"])
            let words = container.syncMarker.withValues(of: UInt64.self) { Array($0) }
            #expect(try AvroContainer.file(of: container.records[0], schema: container.schema, random: ScriptedRandom(words)) == file)
        }
    }

    /// 20 records, written by fastavro.
    private static let deflated = bytes(
        "T2JqAQQUYXZyby5jb2RlYw5kZWZsYXRlFmF2cm8uc2NoZW1h1gF7InR5cGUiOiAicmVjb3JkIiwgIm5hbWUiOiAiciIsICJmaWVsZHMiOiBbeyJuYW1lIjogImEiLCAidHlwZSI6ICJsb25nIn0sIHsibmFtZSI6ICJiIiwgInR5cGUiOiAic3RyaW5nIn1dfQDenl0KCADSiIwtP3rHc9H4KIQBXcjBBoAwAADQTJIkSSbJTLI/2x/s0Od3jHd5h9elVt+Wf4LRG4MxGpMxG4uxGpuxG9E4jNO4jGRk4zYeoxgfvb113p5dCggA0oiMLT96x3PR+A=="
    )

    @Test func `deflated blocks are read, up to a bound`() throws {
        let container = try AvroContainer(parsing: Self.deflated)
        #expect(container.records.count == 20)
        #expect(container.records[19] == .record(name: "r", [.init("a", .long(19)), .init("b", .string("text text text "))]))
        let error = #expect(throws: AvroError.self) { try AvroContainer(parsing: Self.deflated, inflatedLimit: .bytes(100)) }
        #expect(error?.description.contains("more than 100 bytes") == true)
    }

    @Test func `no cut and no flipped byte traps, and every cut is noticed`() throws {
        try withSeed { (random: inout SplitMix64, seed: UInt64) throws in
            for file in Self.spark + [Self.deflated] {
                let whole = try AvroContainer(parsing: file).records.count
                for cut in 0..<file.count {
                    // A file may end behind its header: it then holds nothing.
                    let records = try? AvroContainer(parsing: file[0..<cut]).records.count
                    #expect(records == nil || records == 0 && whole > 0, "cut at \(cut), TARN_SEED=\(seed)")
                }
                var bytes = file.array
                for index in bytes.indices {
                    let old = bytes[index]
                    for new in [old ^ 0x80, old ^ 1, UInt8(truncatingIfNeeded: random.next())] {
                        bytes[index] = new
                        _ = try? AvroContainer(parsing: Bytes(bytes))
                    }
                    bytes[index] = old
                }
            }
        }
    }

    @Test func `other codecs, wrong markers and blocks of nothing are errors`() throws {
        func file(codec: String, blocks: [UInt8]) -> Bytes {
            var file = ByteBuilder()
            file.append([0x4F, 0x62, 0x6A, 0x01, 0x04, 0x16])
            file.append(utf8: "avro.schema")
            file.append(0x0C)
            file.append(utf8: "\"null\"")
            file.append(0x14)
            file.append(utf8: "avro.codec")
            file.append(UInt8(codec.utf8.count << 1))
            file.append(utf8: codec)
            file.append(0)
            file.append([UInt8](repeating: 9, count: 16))
            file.append(blocks)
            return file.finish()
        }
        let marker = [UInt8](repeating: 9, count: 16)
        #expect(try AvroContainer(parsing: file(codec: "null", blocks: [0x04, 0x00] + marker)).records == [.null, .null])
        let codec = #expect(throws: AvroError.self) { try AvroContainer(parsing: file(codec: "zstandard", blocks: [])) }
        #expect(codec?.code == .unsupported)
        let wrong = #expect(throws: AvroError.self) {
            try AvroContainer(parsing: file(codec: "null", blocks: [0x02, 0x00] + marker.dropLast() + [8]))
        }
        #expect(wrong?.description.contains("sync marker") == true)
        let many: [UInt8] = [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0x00] + marker
        #expect(throws: AvroError.self) { try AvroContainer(parsing: file(codec: "null", blocks: many)) }
        let bomb = Array(repeatElement([0x80, 0x80, 0x08, 0x00] + marker, count: 200).joined())
        #expect(throws: AvroError.self) { try AvroContainer(parsing: file(codec: "null", blocks: bomb)) }
        #expect(throws: AvroError.self) { try AvroContainer(parsing: Bytes()) }
    }
}
