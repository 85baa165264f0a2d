import TarnAvro
import TarnBase
import TarnTestSupport
import Testing

@Suite struct AvroSchemaTests {
    @Test(arguments: [SparkFacts.tableSchema, SparkFacts.rollbackPlanSchema, SparkFacts.rollbackMetadataSchema, SparkFacts.requestedReplaceSchema])
    func `schemas that Spark wrote print as they were read`(text: String) throws {
        #expect(try AvroSchema(parsing: text).description == text)
    }

    @Test(arguments: [
        (#"{"type":"record","name":"a b","fields":[]}"#, "not a legal Avro name"),
        (#"{"type":"record","name":"r","namespace":"1.x","fields":[]}"#, "not a legal Avro name"),
        (#"{"type":"record","name":"r","fields":[{"name":"a-b","type":"int"}]}"#, "field name \"a-b\" is not legal"),
        (#"{"type":"record","name":"r","fields":[{"name":"a","type":"int"},{"name":"a","type":"int"}]}"#, "occurs twice"),
        (#"{"type":"record","name":"r","fields":[{"name":"a","type":{"type":"fixed","name":"f","size":2}},{"name":"b","type":{"type":"fixed","name":"f","size":2}}]}"#, "b: the type f is defined twice"),
        (#"{"type":"record","name":"r","fields":[{"name":"a","type":["string","null"],"default":null}]}"#, "a: the default null does not fit the first branch, string"),
        (#"{"type":"record","name":"r","fields":[{"name":"a","type":"int","default":3000000000}]}"#, "does not fit the type int"),
        (#"{"type":"record","name":"r","fields":[{"name":"a","type":{"type":"array","items":"int"},"default":["x"]}]}"#, "does not fit"),
        (#"{"type":"record","name":"r","fields":[{"name":"a","type":"strin"}]}"#, "a: the type \"strin\" is not defined"),
        (#"{"type":"record","name":"r","fields":[{"name":"a"}]}"#, "without \"name\" and \"type\""),
        (#"{"type":"record","name":"r"}"#, "without \"fields\""),
        (#"["int",["null","string"]]"#, "union inside a union"),
        (#"["int","int"]"#, "two branches int"),
        (#"[]"#, "without branches"),
        (#"{"type":"fixed","name":"f","size":-1}"#, "without a legal \"size\""),
        (#"{"type":"fixed","name":"f","size":1e99}"#, "without a legal \"size\""),
        (#"{"type":"enum","name":"e","symbols":["A","A"]}"#, "symbol twice"),
        (#"{"type":"enum","name":"e","symbols":["A"],"default":"B"}"#, "is no symbol"),
        (#"{"type":"array"}"#, "without \"items\""),
        (#"{"name":"x"}"#, "without \"type\""),
        ("7", "a schema is a name"),
        (#"{"type":"#, "a value is expected"),
    ])
    func `what Java's parser refuses is refused, with the place`(text: String, reason: String) {
        let error = #expect(throws: AvroError.self) { try AvroSchema(parsing: text) }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }

    @Test func `references resolve inside namespaces and types may contain themselves`() throws {
        let text = """
            {"type":"record","name":"node","namespace":"a.b","fields":[{"name":"next","type":["null","node"],"default":null},\
            {"name":"id","type":{"type":"fixed","name":"id","namespace":"c","size":4}},{"name":"other","type":"c.id"}]}
            """
        let schema = try AvroSchema(parsing: text)
        #expect(schema.description == text)
        guard case .reference(let id) = schema.record?.fields[2].schema.shape else { throw AvroError(.schema, "no reference") }
        #expect(id.fullName == "c.id")
    }

    @Test func `deep nesting is an error and not a crash`() {
        let deep = String(repeating: #"{"type":"array","items":"#, count: 5000) + "\"int\"" + String(repeating: "}", count: 5000)
        #expect(throws: AvroError.self) { try AvroSchema(parsing: deep) }
        let almost = String(repeating: #"{"type":"array","items":"#, count: 70) + "\"int\"" + String(repeating: "}", count: 70)
        #expect(throws: AvroError.self) { try AvroSchema(parsing: almost) }
    }

    @Test func `properties are kept and logical types that do not belong are passed over`() throws {
        let text = #"{"type":"long","logicalType":"timestamp-micros","adjust-to-utc":true}"#
        let schema = try AvroSchema(parsing: text)
        #expect(schema.description == text)
        #expect(schema.logicalType == .timestampMicros)
        #expect(try AvroSchema(parsing: #"{"type":"int","logicalType":"timestamp-micros"}"#).logicalType == nil)
        #expect(try AvroSchema(parsing: #"{"type":"bytes","logicalType":"decimal","precision":5,"scale":2}"#).logicalType == .decimal(precision: 5, scale: 2))
    }

    @Test func `random schemas print and parse back`() throws {
        try withSeed { (random: inout SplitMix64, seed: UInt64) throws in
            for _ in 0..<200 {
                let schema = RandomAvro.schema(using: &random)
                #expect(try AvroSchema(parsing: schema.description) == schema, "TARN_SEED=\(seed)")
            }
        }
    }
}
