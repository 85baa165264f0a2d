import TarnBase
import TarnColumns
import TarnTable
import TarnTestSupport
import Testing

@Suite struct FileNameTests {
    @Test func `names of base files come back, and other names are none`() throws {
        for text in [
            "c41b8f6a-1111-4222-8333-444455556666-0_0-12-30_20260110080000000.parquet", "a-0_1-0-1_00000000000001.parquet",
            "00000003-e72d-4a1b-8c2d-123456789abc-0_2-33-44_20260110080000.orc", "files-0000-0_0-1-2_20260110080000000001.hfile",
            "weird id.x-0_token_20260110080000000.parquet",
        ] {
            let name = try #require(BaseFileName(text), "\(text)")
            #expect(name.text == text)
            #expect(BaseFileName(name.fileID, name.token, name.instant, format: name.format) == name)
        }
        #expect(FileID("00000003-e72d-4a1b-8c2d-123456789abc-0")?.bucket == 3)
        #expect(FileID("c41b8f6a-1111-4222-8333-444455556666-0")?.bucket == nil)
        for other in [
            "c41b-0_0-12-30_20260110080000000.parquet.crc", ".c41b-0_0-12-30_20260110080000000.parquet.crc", "_0-1-2_20260110080000000.parquet",
            "a_b_0-12-30_20260110080000000.parquet", "a_0-1-2_2026.parquet", "a_0-1-2_20260110080000000.txt", "part-0.parquet", "_SUCCESS",
            "a__20260110080000000.parquet", ".a-0_1-0-1_20260110080000000.parquet", "",
        ] { #expect(BaseFileName(other) == nil, "\(other)") }
        let made = FileID(random: SeededRandom(seed: 1))
        #expect(made.text.utf8.count == 38 && made.bucket == nil && FileID(made.text) == made)
    }

    @Test func `names of log files come back and order as they merge`() throws {
        let ordered = [
            ".a-0_20260110080000000.log.1", ".a-0_20260110080000000.log.1_0-12-30", ".a-0_20260110080000000.log.1_1-0-1",
            ".a-0_20260110080000000.log.2_0-1-2", ".a-0_20260110080000000.log.10_0-1-2", ".a-0_20260110080000000.log.10_0-1-2.cdc",
            ".a-0_20260110080000001.log.1_0-1-2", ".a-0_20260110080000001.archive.2_0-1-2",
        ]
        let names = try ordered.map { try #require(LogFileName($0), "\($0)") }
        #expect(names.map(\.text) == ordered)
        #expect(names.shuffled().sorted() == names)
        #expect(names[5].isChangeLog && names[7].isArchive && names[0].token == nil)
        for other in [
            "a-0_20260110080000000.log.1_0-1-2", "..a-0_20260110080000000.log.1_0-1-2.crc", ".a-0_20260110080000000.log._0-1-2",
            ".a-0_20260110080000000.log.1_", ".a-0_x.log.1_0-1-2", ".a-0.log.1", ".hoodie_partition_metadata",
            ".a-0_20260110080000000.log.-1_0-1-2", ".a-0_20260110080000000.log.99999999999999999999_0-1-2", ".", "._",
        ] { #expect(LogFileName(other) == nil, "\(other)") }
    }

    @Test func `partition values become the paths that Hudi makes of them`() throws {
        let encoded = PartitionPathFormat(fields: ["p"], urlEncoded: true)
        for (value, path) in [
            ("a%2Fb", "a%252Fb"), ("br[ack]et{s}", "br%5Back%5Det%7Bs}"), ("new\nline", "new%0Aline"), ("with space ", "with space "),
            ("plus+and&", "plus+and&"), ("~tilde", "~tilde"), ("<lt>", "<lt>"), ("quote\"d", "quote%22d"), ("q?mark", "q%3Fmark"),
            ("tab\tx", "tab%09x"), ("\u{7F}del", "%7Fdel"), ("star*", "star%2A"), ("a/b", "a%2Fb"), ("ünï日本🐟", "ünï日本🐟"), ("$dollar", "$dollar"),
        ] {
            let made = try encoded.path(for: [value])
            #expect(made.text == path)
            #expect(encoded.values(of: made) == [value])
        }
        let hive = PartitionPathFormat(fields: ["a", "b"], hiveStyle: true)
        #expect(try hive.path(for: ["x", nil]).text == "a=x/b=__HIVE_DEFAULT_PARTITION__")
        #expect(try hive.path(for: ["", "y"]).text == "a=__HIVE_DEFAULT_PARTITION__/b=y")
        #expect(try hive.values(of: hive.path(for: ["x", nil])) == ["x", nil])
        #expect(try hive.path(for: ["x", "y"]).depth == 2 && PartitionPath.root.depth == 0)
        #expect(try PartitionPathFormat(fields: []).path(for: []) == .root)
        #expect(try hive.path(for: ["..", "."]).text == "a=../b=.")
        let plain = PartitionPathFormat(fields: ["p"])
        for value in [".", "..", "a/b", "a:b", ".hoodie", "a\0b", String(repeating: "x", count: 256)] {
            let fault = #expect(throws: TableError.self) { try plain.path(for: [value]) }
            #expect(fault?.code == .invalid)
        }
        for text in ["/a", "a/", "a//b", "./a", "a/..", ".hoodie/x"] { #expect(PartitionPath(text) == nil) }
        #expect(PartitionPath("a/.hoodie") != nil)
    }

    @Test func `partition metadata comes back from its text`() throws {
        let time = try #require(InstantTime("20261123015054258"))
        let metadata = PartitionMetadata(commitTime: time, partition: try #require(PartitionPath("a/b")))
        let text = metadata.text(now: 1_795_398_677_000)
        #expect(text.utf8Text == "#partition metadata\n#Mon Nov 23 01:51:17 UTC 2026\ncommitTime=20261123015054258\npartitionDepth=2\n")
        #expect(try PartitionMetadata(parsing: text) == metadata)
        for broken in ["commitTime=1", "partitionDepth=1", "commitTime=1\npartitionDepth=x", "commitTime=1\npartitionDepth=-1", ""] {
            #expect(throws: TableError.self) { try PartitionMetadata(parsing: Bytes(broken)) }
        }
    }

    @Test func `meta fields stand in front and are told from the table's own`() {
        let schema: Schema = [Field("id", .string), Field("_hoodie_is_deleted", .boolean)]
        let whole = MetaFields.schema(inFrontOf: schema)
        #expect(whole.names.prefix(5).elementsEqual(MetaFields.names) && whole.fields.count == 7)
        #expect(MetaFields.removed(from: whole) == schema)
    }

    @Test func `any bytes come back from Base64`() {
        withSeed { random, seed in
            for count in 0..<70 {
                let bytes = Bytes((0..<count).map { _ in UInt8.random(in: 0...255, using: &random) })
                #expect(Base64.decode(Base64.encode(bytes)) == bytes, "TARN_SEED=\(seed)")
            }
        }
        #expect(Base64.encode(Bytes("light w")) == "bGlnaHQgdw==")
        for broken in ["a", "ab=c", "a===", "ab-_", "====", "aé=="] { #expect(Base64.decode(broken) == nil) }
    }
}
