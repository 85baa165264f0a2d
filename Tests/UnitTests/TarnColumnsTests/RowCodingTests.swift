import TarnBase
import TarnColumns
import Testing

struct RowCodingTests {
    private static let schema = Schema(RandomColumns.allTypes.enumerated().map { Field("c\($0.offset)", $0.element) })

    @Test func `rows come back exactly, in any order and from any form of column`() throws {
        var make = RandomColumns()
        let coder = RowCoder(schema: Self.schema)
        for rows in RandomColumns.edgeSizes {
            let batch = RecordBatch(
                schema: Self.schema, columns: Self.schema.fields.map { make.column($0.type, rows: rows) }, rowCount: rows)
            var output = ByteBuilder()
            output.append(utf8: "something before")
            let offsets = coder.encode(batch, into: &output)
            #expect(offsets.count == rows + 1 && offsets[0] == 16 && offsets[rows] == output.count)
            let bytes = output.finish()
            let order = (0..<rows).map { _ in make.int(0..<rows) }
            let decoded = try coder.decode(bytes, rows: order.map { offsets[$0]..<offsets[$0 + 1] })
            for (column, original) in zip(decoded.columns, batch.columns) {
                let cells = original.cells
                #expect(column.cells == order.map { cells[$0] })
            }
            let again = try coder.decode((0..<rows).map { bytes[offsets[$0]..<offsets[$0 + 1]] })
            #expect(RecordBatch.rowsEqual(again, batch).setCount == rows)
        }
    }

    @Test func `texts of every length around the length byte's limit come back`() throws {
        let coder = RowCoder(schema: [Field("t", .string, nullable: false)])
        let texts = ([0, 1, 3, 4, 7, 8, 11, 12, 13, 254, 255, 256, 70_000]).map { String(repeating: "é", count: $0 / 2) + String(repeating: "x", count: $0 % 2) }
        var output = ByteBuilder()
        let offsets = coder.encode(RecordBatch(schema: coder.schema, rows: texts.map { [.text(Bytes($0))] }), into: &output)
        let decoded = try coder.decode(output.finish(), rows: zip(offsets, offsets.dropFirst()).map { $0..<$1 })
        #expect(decoded.columns[0].cells == texts.map { .text(Bytes($0)) })
    }

    @Test func `a row cut short or damaged is an error or other values, never a trap`() throws {
        var make = RandomColumns()
        let coder = RowCoder(schema: Self.schema)
        let batch = RecordBatch(
            schema: Self.schema, columns: Self.schema.fields.map { make.column($0.type, rows: 3, nulls: 20) }, rowCount: 3)
        var output = ByteBuilder()
        let offsets = coder.encode(batch, into: &output)
        let row = output.finish()[offsets[1]..<offsets[2]]
        for length in 0..<row.count {
            #expect(throws: ColumnError(.corrupt, "an encoded row does not decode", row: 0)) {
                try coder.decode([row[0..<length].compacted()])
            }
        }
        for index in 0..<row.count {
            var damaged = row.array
            damaged[index] ^= UInt8(1 << make.int(0..<8))
            _ = try? coder.decode([Bytes(damaged)])
        }
    }
}
