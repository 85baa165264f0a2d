import TarnAvro
import TarnBase
import TarnColumns
import TarnTestSupport
import Testing

@Suite struct ColumnEncodingTests {
    private static let types: [DataType] = [
        .boolean, .int32, .int64, .float, .double, .string, .binary, .date, .time, .timestamp(.milliseconds), .timestamp(.microseconds),
        .decimal(precision: 5, scale: 2), .decimal(precision: 38, scale: 4), .list(.string), .map(.string, .int64),
        .struct([Field("a", .int32), Field("b", .string)]),
        .list(.struct([Field("x", .list(.double)), Field("y", .boolean)])), .map(.string, .list(.binary)),
    ]

    private func records(_ bytes: Bytes) -> [Bytes] {
        var all: [Bytes] = []
        var offset = 0
        while offset < bytes.count {
            let length = (0..<4).reduce(0) { $0 << 8 | Int(bytes[offset + $1]) }
            all.append(bytes[(offset + 4)..<(offset + 4 + length)])
            offset += 4 + length
        }
        return all
    }

    @Test func `rows of every type in every form decode to the same rows`() throws {
        var random = RandomColumns()
        for round in 0..<60 {
            let nullable = round % 3 != 0
            let types = Self.types.filter { _ in round < 6 || random.chance(40) }
            let schema = Schema(types.enumerated().map { Field("c\($0)", $1, nullable: nullable) })
            let rows = RandomColumns.edgeSizes[round % RandomColumns.edgeSizes.count]
            let columns = types.map { type -> Column in
                if case .decimal(let precision, _) = type, precision < 38 {
                    return Column(type, cells: (0..<rows).map { _ in nullable && random.chance(20) ? .null : .decimal(Int128(random.int(-99_999..<100_000))) })
                }
                return random.column(type, rows: rows, nulls: nullable ? nil : 0)
            }
            let batch = RecordBatch(schema: schema, columns: columns, rowCount: rows)
            let avro = try AvroSchema(schema, table: HudiNames(table: "t"))
            let encoded = try AvroColumnEncoder(schema).encodeWithLengths(batch)
            let decoder = try AvroColumnDecoder(writer: AvroSchema(parsing: avro.description))
            let found = records(encoded)
            #expect(found.count == rows)
            for record in found { try record.withUnsafeBytes { (bytes) throws(AvroError) in try decoder.append(bytes) } }
            let decoded = try decoder.finish()
            #expect(decoded.schema.fields.map(\.type) == types)
            for (left, right) in zip(columns, decoded.columns) {
                // NaN is not itself; by its text it is.
                let difference = (0..<rows).first { left.cell(at: $0) != right.cell(at: $0) && "\(left.cell(at: $0))" != "\(right.cell(at: $0))" }
                #expect(difference == nil, "\(left.type), \(difference.map { "\(left.cell(at: $0)) became \(right.cell(at: $0))" } ?? ""), seed \(testSeed)")
            }
        }
    }

    @Test func `a record has the bytes of the specification`() throws {
        let schema = Schema([Field("n", .int64), Field("s", .string), Field("d", .decimal(precision: 4, scale: 2)), Field("l", .list(.int32), nullable: false)])
        let batch = RecordBatch(schema: schema, rows: [[200, "é", .decimal(-2), .list([1, .null])], [.null, "", .null, .list([])]])
        let encoded = try AvroColumnEncoder(schema).encodeWithLengths(batch)
        #expect(encoded.array == [
            0, 0, 0, 15, 0x02, 0x90, 0x03, 0x02, 0x04, 0xC3, 0xA9, 0x02, 0xFF, 0xFE, 0x04, 0x02, 0x02, 0x00, 0x00,
            0, 0, 0, 5, 0x00, 0x02, 0x00, 0x00, 0x00,
        ])
    }

    @Test func `a null inside a struct that takes none is refused by its path`() throws {
        let schema = Schema([Field("s", .struct([Field("a", .int32, nullable: false)]))])
        let encoder = try AvroColumnEncoder(schema)
        #expect(throws: Never.self) { try encoder.encodeWithLengths(RecordBatch(schema: schema, rows: [[.null], [.fields([1])]])) }
        #expect { try encoder.encodeWithLengths(RecordBatch(schema: schema, rows: [[.fields([.null])]])) } throws: { "\($0)".contains("s.a") }
    }

    struct SparkDelete: Sendable {
        let type: DataType
        let keys: [String]
        let orderings: [Int64]
        let partition: String
        let hex: String
    }

    /// hudi-format, appendix A.4: keys, partitions and values as Spark 0.15 wrote them.
    static let sparkDeletes = [
        SparkDelete(type: .int64, keys: ["k0008", "k0022"], orderings: [200, 10], partition: "p0", hex: "04 020a6b30303038 02047030 069003 020a6b30303232 02047030 0614 00"),
        SparkDelete(type: .timestamp(.microseconds), keys: ["k"], orderings: [1_704_067_400_000_007], partition: "p0", hex: "02 02026b 02047030 068e88e7c0e3f58606 00"),
        SparkDelete(type: .date, keys: ["k"], orderings: [19923], partition: "p0", hex: "02 02026b 02047030 10a6b702 00"),
        SparkDelete(type: .int32, keys: ["k"], orderings: [5], partition: "", hex: "02 02026b 0200 040a 00"),
        SparkDelete(type: .int32, keys: ["k"], orderings: [.min], partition: "", hex: "02 02026b 0200 0400 00"),
    ]

    @Test(arguments: sparkDeletes)
    func `deletes have the bytes that Spark gives them`(example: SparkDelete) throws {
        var encoder = DeletedKeysEncoder(partitionPath: example.partition, orderingType: example.type)
        encoder.append(Column(strings: example.keys), orderings: Column(int64: example.orderings))
        let payload = encoder.finish()
        #expect(payload.array.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == example.hex.filter { $0 != " " })
        let left = encoder.count
        #expect(left == 0)
    }

    @Test func `deletes of every ordering type are read back as they were`() throws {
        func roundTrip(_ type: DataType?, _ values: [Cell]) throws -> [DeletedKeys.Ordering] {
            var encoder = DeletedKeysEncoder(partitionPath: "p=1", orderingType: type)
            let orderings = type.map { Column($0, cells: values).orderingValues()! }
            encoder.append(Column(strings: values.indices.map { "key \($0)" }), orderings: Column(int64: values.indices.map { orderings?[$0] ?? 0 }))
            let decoded = try DeletedKeys(decoding: encoder.finish())
            #expect(decoded.keys.cells == values.indices.map { .text(Bytes("key \($0)")) })
            return decoded.orderings
        }
        #expect(try roundTrip(.int64, [3, -7]) == [.long(3), .long(-7)])
        #expect(try roundTrip(.double, [.double(-0.5), .double(1e300)]) == [.double(-0.5), .double(1e300)])
        #expect(try roundTrip(.float, [.float(-0.1), .float(7)]) == [.float(-0.1), .float(7)])
        #expect(try roundTrip(.int32, [0, 9]) == [.none, .int(9)])
        #expect(try roundTrip(nil, [1]) == [.none])
    }
}
