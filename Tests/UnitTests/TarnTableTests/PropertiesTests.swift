import TarnBase
import TarnStorage
import TarnTable
import TarnTestSupport
import Testing

@Suite struct PropertiesTests {
    @Test func `a file with every way of writing an entry reads as Java reads it`() throws {
        let text = """
            #comment
              ! another
            a=1
            b : 2
            c 3
            d
              e\\ f\\=\\:=  x y\u{20}
            long=one,\\
                 two,\\
              three
            unicode=\\u00e9\\uD83D\\uDC1F\\t.
            twice=1
            twice=2
            json={"a"\\:"b"}
            empty=
            backslashes=a\\\\
            last=end\\
            """
        let file = try JavaProperties(parsing: Bytes(text))
        #expect(
            file.entries.map { "\($0.key)|\($0.value)" } == [
                "a|1", "b|2", "c|3", "d|", "e f=:|x y ", "long|one,two,three", "unicode|é🐟\t.", "twice|2", "json|{\"a\":\"b\"}",
                "empty|", "backslashes|a\\", "last|end",
            ])
        #expect(try JavaProperties(parsing: Bytes("a=1\r\nb=2\rc=3")).keys == ["a", "b", "c"])
        #expect(try JavaProperties(parsing: Bytes([0x61, 0x3D, 0xE9]))["a"] == "é")
        for broken in ["a=\\u12", "a=\\u12g4", "x\\u+123"] {
            #expect(throws: TableError.self) { try JavaProperties(parsing: Bytes(broken)) }
        }
    }

    @Test func `entries are written as Java writes them`() {
        let file = JavaProperties([("a b", " x y"), ("k:=", "{\"a\":\"b#!=\"}"), ("é", "tab\tfish🐟\u{7F}")])
        #expect(
            file.text(comment: "Properties saved", now: 1_795_398_653_951).utf8Text == """
                #Properties saved
                #Mon Nov 23 01:50:53 UTC 2026
                a\\ b=\\ x y
                k\\:\\==\\{"a"\\:"b\\#\\!\\="}
                \\u00E9=tab\\tfish\\uD83D\\uDC1F\\u007F

                """.replacing("\\{", with: "{"))
    }

    @Test func `any entries come back from their text, in order`() throws {
        try withSeed { random, seed in
            let alphabet: [Character] = Array(" \t\n\r\u{0C}=:#!\\abcé日🐟\u{01}\u{7F}u0041")
            for _ in 0..<300 {
                func text() -> String { String((0..<Int.random(in: 0..<9, using: &random)).map { _ in alphabet.randomElement(using: &random)! }) }
                var file = JavaProperties()
                for _ in 0..<Int.random(in: 0..<6, using: &random) { file["k" + text()] = text() }
                if Bool.random(using: &random), let key = file.keys.first { file[key] = nil }
                let back = try JavaProperties(parsing: file.text(comment: "c", now: 0))
                #expect(back == file, "TARN_SEED=\(seed)")
            }
        }
    }

    @Test func `a new table has exactly the keys that a version 6 writer writes`() throws {
        var table = TableProperties.Definition(name: "v6_nonpartitioned", recordKeyFields: ["id"], keyGenerator: .simple)
        table.database = "default"
        table.orderingField = "ts"
        table.partitionFields = ["city"]
        table.createSchema = #"{"type":"record","name":"t","fields":[]}"#
        let properties = try TableProperties.version6(table)
        #expect(properties.storedChecksum == 1_363_530_505 && properties.checksumHolds)
        #expect(
            properties.file.keys.sorted() == [
                "hoodie.archivelog.folder", "hoodie.database.name", "hoodie.datasource.write.drop.partition.columns",
                "hoodie.datasource.write.hive_style_partitioning", "hoodie.datasource.write.partitionpath.urlencode",
                "hoodie.partition.metafile.use.base.format", "hoodie.populate.meta.fields", "hoodie.table.base.file.format",
                "hoodie.table.cdc.enabled", "hoodie.table.checksum", "hoodie.table.create.schema", "hoodie.table.keygenerator.class",
                "hoodie.table.name", "hoodie.table.partition.fields", "hoodie.table.precombine.field", "hoodie.table.recordkey.fields",
                "hoodie.table.timeline.timezone", "hoodie.table.type", "hoodie.table.version", "hoodie.timeline.layout.version",
            ])
        let back = try TableProperties(JavaProperties(parsing: properties.creationText(now: 0)))
        #expect(back == properties)
        #expect(back.orderingField == "ts" && back.keyGenerator == .simple && back.zone == .utc && back.type == .copyOnWrite && back.version == 6)
    }

    @Test func `both spellings are read, and illegal values are named`() throws {
        let base = "hoodie.table.name=t\nhoodie.table.version=6\n"
        func read(_ more: String) throws -> TableProperties { try TableProperties(JavaProperties(parsing: Bytes(base + more))) }
        let newer = try read("hoodie.table.ordering.fields=ts\nhoodie.table.keygenerator.type=COMPLEX\nhoodie.table.partition.fields=a:SIMPLE, b\n")
        #expect(newer.orderingFields == ["ts"] && newer.keyGenerator == .complex && newer.partitionFields == ["a", "b"])
        #expect(newer.zone == .local && newer.archiveFolder == "archived" && newer.hasMetaFields && newer.database == nil)
        let both = try read("hoodie.table.ordering.fields=x\nhoodie.table.precombine.field=ts\nhoodie.table.keygenerator.class=my.Gen\nhoodie.table.keygenerator.type=SIMPLE\n")
        #expect(both.orderingField == "ts" && both.keyGenerator == .unknown("my.Gen"))
        #expect(try read("hoodie.table.metadata.partitions=files,record_index\nhoodie.table.metadata.partitions.inflight=\n").metadataPartitions.count == 2)
        for (line, key) in [
            ("hoodie.table.type=COPY_ON_WRIT", "hoodie.table.type"), ("hoodie.populate.meta.fields=yes", "hoodie.populate.meta.fields"),
            ("hoodie.table.version=six", "hoodie.table.version"), ("hoodie.table.timeline.timezone=CET", "hoodie.table.timeline.timezone"),
            ("hoodie.table.checksum=-1", "hoodie.table.checksum"), ("hoodie.table.name=", "hoodie.table.name"),
        ] {
            let fault = #expect(throws: TableError.self) { try read(line) }
            #expect(fault?.code == .corrupt && fault?.message.contains(key) == true)
        }
    }

    @Test func `a damaged main file gives way to its backup, and without one is corrupt`() async throws {
        let table = TableHandle(store: MemoryStore(), path: .root, runtime: .simulated())
        let missing = await #expect(throws: TableError.self) { try await TableProperties.load(table) }
        #expect(missing?.code == .notFound)
        let good = try TableProperties.version6(.init(name: "t", recordKeyFields: ["id"], keyGenerator: .nonpartitioned)).creationText(now: 0)
        let bad = Bytes((good.utf8Text ?? "").replacing("table.name=t", with: "table.name=u"))
        try await table.store.put(bad, at: table.propertiesPath, condition: .ifAbsent)
        let corrupt = await #expect(throws: TableError.self) { try await TableProperties.load(table) }
        #expect(corrupt?.code == .corrupt && corrupt?.path == table.propertiesPath)
        try await table.store.put(good, at: table.propertiesBackupPath, condition: .ifAbsent)
        #expect(try await TableProperties.load(table).name == "t")
        #expect(try await TableProperties.load(table, knownSize: Int64(bad.count)).name == "t")
    }
}
