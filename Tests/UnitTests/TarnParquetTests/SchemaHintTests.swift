import TarnBase
import TarnColumns
import TarnParquet
import TarnTestSupport
import Testing

@Suite struct SchemaHintTests {
    private func footer(_ schema: Schema, _ hints: SchemaHints, _ entries: [(key: String, value: String)] = []) throws -> FileMetadata {
        var options = ParquetWriteOptions()
        options.schemaHints = hints
        var file = MemoryFile(pieces: try ParquetFileWriter(schema: schema, options: options).finish(keyValueMetadata: entries))
        return try file.metadata()
    }

    private let spark = "org.apache.spark.sql.parquet.row.metadata"

    @Test func `a file has no hints unless they are asked for, and its own entries behind them`() throws {
        let schema: Schema = [Field("a", .int64)]
        #expect(try footer(schema, []).keyValueMetadata.isEmpty)
        #expect(try footer(schema, [.arrow, .spark], [("mine", "1")]).keyValueMetadata.map(\.key) == ["ARROW:schema", spark, "mine"])
    }

    @Test func `Spark's hint is the entry that Spark itself writes`() throws {
        // As Spark 3.4.3 wrote it: parquet-testing, int96_from_spark.md.
        #expect(
            try footer([Field("a", .timestamp(.microseconds))], .spark).keyValue(spark)
                == #"{"type":"struct","fields":[{"name":"a","type":"timestamp","nullable":true,"metadata":{}}]}"#)
    }

    @Test func `Spark's hint spells every type in the words of DataType json`() throws {
        let flat: [(DataType, String)] = [
            (.boolean, "boolean"), (.int32, "integer"), (.int64, "long"), (.float, "float"), (.double, "double"), (.string, "string"), (.binary, "binary"), (.date, "date"),
            (.timestamp(.milliseconds), "timestamp"), (.decimal(precision: 10, scale: 2), "decimal(10,2)"),
        ]
        for (type, word) in flat {
            let json = try JSON(parsing: try #require(try footer([Field("c", type, nullable: false)], .spark).keyValue(spark)))
            #expect(json["fields"]?.arrayValue?[0]["type"]?.stringValue == word && json["fields"]?.arrayValue?[0]["nullable"] == false)
        }
        let nested: Schema = [
            Field("l", .list(element: Field("element", .int32, nullable: false))), Field("m", .map(.string, .struct([Field("x", .double)])), nullable: false),
        ]
        #expect(
            try footer(nested, .spark).keyValue(spark)
                == #"{"type":"struct","fields":[{"name":"l","type":{"type":"array","elementType":"integer","containsNull":false},"nullable":true,"metadata":{}},"#
                + #"{"name":"m","type":{"type":"map","keyType":"string","valueType":{"type":"struct","fields":[{"name":"x","type":"double","nullable":true,"metadata":{}}]},"#
                + #""valueContainsNull":true},"nullable":false,"metadata":{}}]}"#)
    }

    @Test(arguments: [DataType.time, .timestamp(.nanoseconds), .list(.time)])
    func `a type that Spark does not have is refused by column`(type: DataType) throws {
        let error = #expect(throws: ParquetError.self) { try footer([Field("c", .struct([Field("t", type)]))], .spark) }
        #expect(error?.kind == .unsupported && error?.column?.hasPrefix("c.t") == true)
        #expect(try footer([Field("c", type)], .arrow).keyValueMetadata.count == 1)
    }

    @Test func `pyarrow decodes the hints of random schemas to the types it gives the columns`() throws {
        let folder = try TemporaryFolder()
        var random = RandomColumns()
        for number in 0..<30 {
            var file = number < 2 ? RandomFile(&random, rows: 5) : RandomFile(inventing: &random, rows: 5)
            try MemoryFile(pieces: file.written()).write(to: "\(folder.path)/\(number).bare")
            file.options.schemaHints = .arrow
            try MemoryFile(pieces: file.written()).write(to: "\(folder.path)/\(number).parquet")
        }
        do { print(try Python.run("compare_hints.py", [folder.path])) } catch {
            Issue.record("replay with TARN_SEED=\(testSeed)")
            throw error
        }
    }
}
