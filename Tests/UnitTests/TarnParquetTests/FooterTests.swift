import TarnBase
import TarnColumns
import TarnParquet
import TarnTestSupport
import Testing

struct FooterTests {
    private static let schema: Schema = [
        Field("key", .string, nullable: false), Field("flag", .boolean), Field("int", .int32), Field("long", .int64),
        Field("float", .float), Field("double", .double), Field("raw", .binary), Field("day", .date), Field("time", .time),
        Field("ms", .timestamp(.milliseconds)), Field("us", .timestamp(.microseconds)), Field("ns", .timestamp(.nanoseconds)),
        Field("small", .decimal(precision: 5, scale: 2)), Field("large", .decimal(precision: 38, scale: 38)),
        Field("list", .list(.list(.int64)), nullable: false), Field("map", .map(.string, .struct([Field("a", .int32, nullable: false)]))),
        Field("pair", .struct([Field("x", .double), Field("y", .list(element: Field("element", .string, nullable: false)))])),
    ]

    @Test func `a schema survives the way to Parquet and back`() throws {
        let tree = try SchemaTree(writing: Self.schema, rootName: "hoodie.t.t_record")
        #expect(tree.schema == Self.schema)
        #expect(tree.elements[0].name == "hoodie.t.t_record" && tree.leaves.map(\.index) == Array(tree.leaves.indices))
        let list = try #require(tree.leaves.first { $0.name == "list.list.element.list.element" })
        #expect(list.maximumRepetitionLevel == 2 && list.maximumDefinitionLevel == 4 && list.entryLevel == 3)
        let widths = [1, 2, 4, 5, 9, 10, 12, 18, 19, 30, 38].map { SchemaElement.decimalByteCount(precision: $0) }
        #expect(widths == [1, 1, 2, 3, 4, 5, 6, 8, 9, 13, 16])
    }

    @Test func `a footer with everything in it survives encoding and decoding`() throws {
        let tree = try SchemaTree(writing: [Field("a", .int64), Field("b", .list(.string))], rootName: "r")
        var a = ColumnChunk(.int64, path: ["a"], codec: .zstd)
        a.encodings = [.plain, .runLength, .runLengthDictionary, Encoding(rawValue: 77)]
        a.valueCount = 1 << 40
        a.compressedByteCount = 10
        a.dataPageOffset = 4
        a.dictionaryPageOffset = 0
        a.keyValueMetadata = [KeyValue("k", nil)]
        a.statistics = Statistics()
        a.statistics?.minimum = Bytes([1, 2])
        a.statistics?.nullCount = 0
        a.statistics?.isMaximumExact = false
        a.encodingStatistics = [PageEncodingStatistics(.data, .plain, pageCount: 3)]
        var b = ColumnChunk(.byteArray, path: ["b", "list", "element"], codec: CompressionCodec(rawValue: 99))
        b.bloomFilterOffset = -1
        b.columnIndexByteCount = 7
        var group = RowGroup(columns: [a, b], rowCount: 3)
        group.ordinal = -2
        var metadata = FileMetadata(tree: tree, rowGroups: [group, group])
        metadata.keyValueMetadata = [KeyValue("x", "1"), KeyValue("x", ""), KeyValue("long", String(repeating: "ł", count: 500))]
        metadata.createdBy = "tarn"
        metadata.columnOrders = [.byType, .other(3)]
        let decoded = try FileMetadata(decoding: metadata.encoded())
        #expect(decoded.tree == tree && decoded.rowGroups == [group, group] && decoded.rowCount == 6)
        #expect(decoded.keyValueMetadata == metadata.keyValueMetadata && decoded.keyValue("x") == "")
        #expect(decoded.createdBy == "tarn" && decoded.columnOrders == metadata.columnOrders)
    }

    @Test func `page headers survive, and cut ones are told from broken ones`() throws {
        var statistics = Statistics()
        statistics.maximum = Bytes("zz")
        var second = DataPageHeaderV2(
            valueCount: 9, nullCount: 1, rowCount: 8, encoding: .deltaByteArray, definitionByteCount: 2, repetitionByteCount: 0)
        second.isCompressed = false
        let contents: [PageHeader.Content] = [
            .data(DataPageHeader(valueCount: 5, encoding: .plain, statistics: statistics)), .dataV2(second),
            .dictionary(DictionaryPageHeader(valueCount: 3, encoding: .plainDictionary, isSorted: true)),
        ]
        for content in contents {
            let header = PageHeader(content, uncompressedByteCount: 1 << 20, compressedByteCount: 77, checksum: 0xFFFF_FFFE)
            let bytes = header.encoded()
            let (read, byteCount) = try PageHeader.read(bytes)
            #expect(read == header && byteCount == bytes.count)
            for length in 0..<bytes.count {
                #expect {
                    _ = try PageHeader.read(bytes[0..<length])
                } throws: { ($0 as? ParquetError)?.kind == .truncated }
            }
        }
    }

    @Test func `fields nobody knows are passed over, whatever their type`() throws {
        // A struct with one of each type, then field 100: i32 5.
        let bytes: [UInt8] = [
            0x11, 0x12, 0x13, 0x05, 0x14, 0x06, 0x15, 0x06, 0x16, 0x06, 0x17, 1, 2, 3, 4, 5, 6, 7, 8, 0x18, 2, 0x61, 0x62,
            0x19, 0x25, 2, 4, 0x1A, 0x11, 1, 0x1B, 1, 0x58, 2, 1, 0x63, 0x1C, 0x15, 2, 0, 0x1D] + Array(repeating: 9, count: 16) + [
                0x05, 0xC8, 0x01, 0x0A, 0x00,
            ]
        let (found, end) = try CompactReader.read(Bytes(bytes)) { (reader) throws(ParquetError) in
            var found: Int32?
            var last = try reader.enterStruct()
            while let field = try reader.nextField(&last) {
                if field.id == 100 { found = try reader.readInt32(field) } else { try reader.skip(field) }
            }
            return (found, reader.offset)
        }
        #expect(found == 5 && end == bytes.count)
    }

    @Test func `nesting and counts beyond the bytes are refused`() {
        func kind(_ bytes: [UInt8]) -> ParquetError.Kind? {
            do throws(ParquetError) {
                try CompactReader.read(Bytes(bytes)) { (reader) throws(ParquetError) in
                    var last = try reader.enterStruct()
                    while let field = try reader.nextField(&last) { try reader.skip(field) }
                }
                return nil
            } catch { return error.kind }
        }
        #expect(kind(Array(repeating: 0x1C, count: 100_000)) == .limit)
        #expect(kind(Array(repeating: 0x19, count: 100_000)) == .limit)
        #expect(kind([0x19, 0xF8, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F]) == .truncated)
        #expect(kind([0x18, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]) == .truncated)
        #expect(kind([0x16] + Array(repeating: 0xFF, count: 11)) == .malformed)
        #expect(kind([0x1E, 0]) == .malformed)
    }

    @Test func `older shapes of lists and maps are what they mean`() throws {
        func type(_ elements: [SchemaElement]) throws -> String {
            let root = SchemaElement("root", nil, childCount: 1)
            return try SchemaTree([root] + elements).schema.fields[0].description
        }
        let list = SchemaElement("l", .optional, childCount: 1, converted: .list)
        func group(_ name: String, _ count: Int, converted: ConvertedType? = nil) -> SchemaElement {
            SchemaElement(name, .repeated, childCount: count, converted: converted)
        }
        let int = SchemaElement("i", .optional, .int32)
        #expect(try type([list, SchemaElement("array", .repeated, .int64)]) == "l: list<int64 not null>")
        #expect(try type([list, group("bag", 1), SchemaElement("array", .optional, .int64)]) == "l: list<int64>")
        #expect(try type([list, group("list", 1), SchemaElement("element", .required, .int64)]) == "l: list<int64 not null>")
        #expect(try type([list, group("array", 1), int]) == "l: list<struct<i: int32> not null>")
        #expect(try type([list, group("l_tuple", 1), int]) == "l: list<struct<i: int32> not null>")
        #expect(try type([list, group("element", 2), int, SchemaElement("j", .optional, .int32)])
            == "l: list<struct<i: int32, j: int32> not null>")
        #expect(try type([list, group("array", 1, converted: .list), SchemaElement("array", .repeated, .int32)])
            == "l: list<list<int32 not null> not null>")
        #expect(try type([SchemaElement("r", .repeated, .int32)]) == "r: list<int32 not null> not null")
        let map = SchemaElement("m", .optional, childCount: 1, converted: .mapKeyValue)
        let key = SchemaElement("k", .optional, .byteArray, converted: .utf8)
        #expect(try type([map, group("map", 2), key, int]) == "m: map<string, int32>")
        #expect(try type([map, group("key_value", 1), key]) == "m: list<string>")
    }

    @Test func `annotations decide the type; what does not fit falls back to the physical type`() throws {
        func type(_ element: SchemaElement) throws -> DataType {
            let tree = try SchemaTree([SchemaElement("root", nil, childCount: 1), element])
            if let refusal = tree.refusal { throw refusal }
            return tree.schema.fields[0].type
        }
        #expect(try type(SchemaElement("c", .optional, .int96)) == .timestamp(.microseconds))
        #expect(try type(SchemaElement("c", .optional, .int64, converted: .timestampMillis)) == .timestamp(.milliseconds))
        #expect(try type(SchemaElement("c", .optional, .int32, converted: .int8)) == .int32)
        #expect(try type(SchemaElement("c", .optional, .int32, logical: .integer(bitWidth: 32, isSigned: false))) == .int64)
        #expect(try type(SchemaElement("c", .optional, .int64, converted: .uint64)) == .decimal(precision: 20, scale: 0))
        #expect(try type(SchemaElement("c", .optional, .fixedLengthByteArray, length: 16, logical: .uuid)) == .binary)
        #expect(try type(SchemaElement("c", .optional, .byteArray, logical: .json)) == .string)
        #expect(try type(SchemaElement("c", .optional, .byteArray, logical: .other(55))) == .binary)
        #expect(try type(SchemaElement("c", .optional, .int64, logical: .string)) == .int64)
        for (physical, length) in [(PhysicalType.int32, nil), (.int64, nil), (.byteArray, nil), (.fixedLengthByteArray, Int32(9))] {
            let element = SchemaElement("c", .optional, physical, length: length, logical: .decimal(precision: 9, scale: 2))
            #expect(try type(element) == .decimal(precision: 9, scale: 2))
        }
        let wide = SchemaElement("c", .optional, .byteArray, logical: .decimal(precision: 50, scale: 2))
        #expect { try type(wide) } throws: { ($0 as? ParquetError)?.kind == .unsupported && ($0 as? ParquetError)?.column == "c" }
    }
}
