import TarnAvro
import TarnColumns
import Testing

@Suite struct ColumnMappingTests {
    @Test func `the columns of Spark's table of types map to Tarn's and back to the same text`() throws {
        let schema = try Schema(avro: AvroSchema(parsing: SparkFacts.tableSchema))
        #expect(schema["d38"] == Field("d38", .decimal(precision: 38, scale: 38)))
        #expect(schema["t"]?.type == .timestamp(.microseconds))
        #expect(
            schema["st"]?.type
                == .struct([
                    Field("x", .int32), Field("y", .string),
                    Field("z", .struct([Field("q", .decimal(precision: 9, scale: 3)), Field("w", .date)])),
                ]))
        #expect(schema["ma"]?.type == .map(.string, .list(.int32)))
        let names = HudiNames(table: "v6-0.15-cow-types".replacing("-", with: "_"))
        #expect(try AvroSchema(schema, table: names).description == SparkFacts.tableSchema)
    }

    @Test func `the footer's schema has the meta fields in front, and they drop again`() throws {
        let schema = try Schema(avro: AvroSchema(parsing: SparkFacts.tableSchema))
        let footer = try AvroSchema(schema, table: HudiNames(table: "v6_0.15_cow_types"), withMetaFields: true)
        let start = """
            {"type":"record","name":"v6_0__15_cow_types_record","namespace":"hoodie.v6_0__15_cow_types","fields":[{"name":"_hoodie_commit_time",\
            "type":["null","string"],"doc":"","default":null},{"name":"_hoodie_commit_seqno","type":["null","string"],"doc":"","default":null},\
            {"name":"_hoodie_record_key","type":["null","string"],"doc":"","default":null},{"name":"_hoodie_partition_path",\
            "type":["null","string"],"doc":"","default":null},{"name":"_hoodie_file_name","type":["null","string"],"doc":"","default":null},\
            {"name":"id","type":["null","string"],"default":null}
            """
        #expect(footer.description.hasPrefix(start))
        #expect(try Schema(avro: footer).fields.count == schema.fields.count + 5)
        #expect(try Schema(avro: footer, droppingMetaFields: true) == schema)
    }

    @Test(arguments: [
        (#"["null","int"]"#, Field("c", .int32)), (#"["int","null"]"#, Field("c", .int32)),
        (#""int""#, Field("c", .int32, nullable: false)), (#"["int"]"#, Field("c", .int32, nullable: false)),
        (#"{"type":"array","items":"string"}"#, Field("c", .list(element: Field("element", .string, nullable: false)), nullable: false)),
        (#"{"type":"map","values":["null","long"]}"#, Field("c", .map(.string, .int64), nullable: false)),
        (#"{"type":"bytes","logicalType":"decimal","precision":9}"#, Field("c", .decimal(precision: 9, scale: 0), nullable: false)),
        (#"{"type":"long","logicalType":"timestamp-millis"}"#, Field("c", .timestamp(.milliseconds), nullable: false)),
        (#"{"type":"fixed","name":"f","size":7}"#, Field("c", .binary, nullable: false)),
        (#"{"type":"string","logicalType":"uuid"}"#, Field("c", .string, nullable: false)),
    ])
    func `types map to columns`(type: String, expected: Field) throws {
        let schema = try AvroSchema(parsing: #"{"type":"record","name":"r","fields":[{"name":"c","type":\#(type)}]}"#)
        #expect(try Schema(avro: schema).fields == [expected])
    }

    @Test(arguments: [
        (#"["null","int","string"]"#, "c: a union [null, int, string]"), (#"["int","string"]"#, "a union [int, string]"),
        (#"{"type":"enum","name":"e","symbols":["A"]}"#, "c: the enum e"), (#""null""#, "always null"), (#"["null"]"#, "a union [null]"),
        (#"["null","r"]"#, "contains itself"),
        (#"{"type":"long","logicalType":"local-timestamp-micros"}"#, "local timestamp"),
        (#"{"type":"bytes","logicalType":"decimal","precision":39}"#, "decimal(39, 0)"),
        (#"{"type":"bytes","logicalType":"decimal","precision":3,"scale":4}"#, "decimal(3, 4)"),
        (#"{"type":"record","name":"s","fields":[{"name":"x","type":["int","long"]}]}"#, "c.x: a union"),
    ])
    func `what has no column type is refused by name`(type: String, reason: String) throws {
        let schema = try AvroSchema(parsing: #"{"type":"record","name":"r","fields":[{"name":"c","type":\#(type)}]}"#)
        let error = #expect(throws: AvroError.self) { try Schema(avro: schema) }
        #expect(error?.code == .unsupported)
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }

    @Test func `a small schema cannot become a million columns`() throws {
        var text = #"{"type":"record","name":"r0","fields":[{"name":"x","type":"int"}]}"#
        for level in 1...30 {
            text = #"{"type":"record","name":"r\#(level)","fields":[{"name":"a","type":\#(text)},{"name":"b","type":"r\#(level - 1)"}]}"#
        }
        let schema = try AvroSchema(parsing: text)
        #expect(throws: AvroError.self) { try Schema(avro: schema) }
    }

    @Test(arguments: [("a", "a"), ("my-table", "my__table"), ("v6.0", "v6__0"), ("2tab", "__tab"), ("täb", "t__b"), ("a𝄞b", "a__b")])
    func `table names become Avro names as in Java`(table: String, sanitized: String) {
        let names = HudiNames(table: table)
        #expect(names.record.fullName == "hoodie.\(sanitized).\(sanitized)_record")
    }

    @Test func `decimals get the least width that holds them`() {
        let widths = [1: 1, 2: 1, 3: 2, 4: 2, 5: 3, 9: 4, 10: 5, 12: 6, 18: 8, 19: 9, 30: 13, 38: 16]
        for (precision, width) in widths { #expect(AvroSchema.decimalByteCount(precision: precision) == width, "\(precision)") }
    }

    @Test func `nullable list elements and required columns keep their nullability`() throws {
        let schema = Schema([
            Field("id", .int64, nullable: false), Field("l", .list(element: Field("element", .string, nullable: false))),
        ])
        let avro = try AvroSchema(schema, table: HudiNames(table: "t"))
        #expect(
            avro.description == """
                {"type":"record","name":"t_record","namespace":"hoodie.t","fields":[{"name":"id","type":"long"},\
                {"name":"l","type":["null",{"type":"array","items":"string"}],"default":null}]}
                """)
        #expect(try Schema(avro: avro) == schema)
    }

    @Test(arguments: [
        (Field("a b", .int32), "a b: not a legal name"), (Field("1a", .int32), "not a legal name"), (Field("é", .int32), "not a legal name"),
        (Field("", .int32), "needs a name"), (Field(String(repeating: "x", count: 256), .int32), "at most 255"),
        (Field("_hoodie_x", .int32), "reserved"), (Field("_hoodie_is_deleted", .int32), "must be boolean"),
        (Field("d", .decimal(precision: 39, scale: 0)), "39 digits"), (Field("d", .decimal(precision: 3, scale: 4)), "4 of 3 digits"),
        (Field("s", .struct([Field("x", .int32), Field("X", .int32)])), "s.X: differs from x in case only"),
        (Field("s", .struct([])), "without members"), (Field("l", .list(.struct([Field("a-b", .int32)]))), "l.element.a-b: not a legal name"),
        (Field("m", .map(.int32, .string)), "must be strings"), (Field("t", .timestamp(.nanoseconds)), "use microseconds"),
        (Field("ID", .int32), "differs from id in case only"),
    ])
    func `columns that engines cannot take are found`(field: Field, reason: String) {
        let findings = ColumnFinding.all(in: Schema([Field("id", .string), field]))
        #expect(findings.count == 1, "\(findings)")
        #expect(findings.first?.description.contains(reason) == true, "\(findings)")
    }

    @Test func `legal columns have no findings`() throws {
        #expect(ColumnFinding.all(in: try Schema(avro: AvroSchema(parsing: SparkFacts.tableSchema))) == [])
        #expect(ColumnFinding.all(in: [Field("_hoodie_is_deleted", .boolean)]) == [])
        #expect(ColumnFinding.all(in: []).count == 1)
    }
}
