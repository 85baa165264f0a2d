import TarnBase
import TarnColumns
import TarnParquet
import TarnTestSupport
import Testing

/// Scans of which only some members of structs are wanted, against the same columns read whole.
@Suite struct NestedProjectionTests {
    /// The type with some of its members, at any depth, and now and then one that the file does not have.
    private func pruned(_ type: DataType, _ random: inout RandomColumns) -> DataType {
        switch type {
        case .struct(let members):
            var kept: [Field] = []
            for member in members where random.chance(55) { kept.append(Field(member.name, pruned(member.type, &random), nullable: member.isNullable)) }
            if kept.isEmpty || random.chance(10) { kept.append(Field("new", .string)) }
            return .struct(kept)
        case .list(let element): return .list(element: Field(element.name, pruned(element.type, &random), nullable: element.isNullable))
        case .map(let key, let value): return .map(key: key, value: Field(value.name, pruned(value.type, &random), nullable: value.isNullable))
        default: return type
        }
    }

    @Test func `members of random files are those of the whole columns, and other leaves are not asked for`() throws {
        var random = RandomColumns()
        for number in 0..<40 {
            let made = number % 4 == 0 ? RandomFile(&random, rows: random.int(0..<300)) : RandomFile(inventing: &random, rows: random.int(0..<400))
            var file = MemoryFile(pieces: try made.written())
            let metadata = try file.metadata()
            let wanted = made.schema.fields.filter { _ in random.chance(70) }
            let target = Schema(wanted.map { Field($0.name, pruned($0.type, &random), nullable: $0.isNullable) })
            var options = ScanOptions(batchRows: [8192, 50][random.int(0..<2)])
            options.fetchBytes = [1 << 20, 300][random.int(0..<2)]

            let whole = try file.batches(options: options).map { try $0.adapted(to: target) }
            let narrow = metadata.narrowed(to: target)
            let before = file.requests.count
            let positions = narrow.schema.fields.indices.filter { target[narrow.schema.fields[$0].name] != nil }
            let found = try file.batches(narrow, columns: positions, options: options).map { try $0.adapted(to: target) }
            func rows(_ batches: [RecordBatch]) -> [String] { batches.flatMap { batch in (0..<batch.rowCount).map { shown(batch, $0) } } }
            if !positions.isEmpty { #expect(rows(found) == rows(whole), "file \(number), TARN_SEED=\(testSeed)") }

            let names = Set(narrow.tree.leaves.map(\.name))
            for group in metadata.rowGroups {
                for (leaf, chunk) in zip(metadata.tree.leaves, group.columns) where !names.contains(leaf.name) {
                    let asked = file.requests[before...].contains { $0.overlaps(chunk.startOffset..<(chunk.startOffset + chunk.compressedByteCount)) }
                    #expect(!asked || chunk.compressedByteCount == 0, "\(leaf.name) of file \(number), TARN_SEED=\(testSeed)")
                }
            }
        }
    }

    @Test func `a narrowed file has the leaves and chunks of what is wanted alone`() throws {
        let schema: Schema = [
            Field("id", .int64), Field("s", .struct([Field("a", .int32), Field("l", .list(.struct([Field("x", .double), Field("y", .string)]))), Field("m", .map(.string, .int64))])),
            Field("t", .struct([Field("list", .list(.int32)), Field("b", .string)])),
        ]
        let writer = try ParquetFileWriter(schema: schema)
        try writer.append(RecordBatch(schema: schema, columns: schema.fields.map { Column.nulls($0.type, count: 3) }, rowCount: 3))
        var file = MemoryFile(pieces: try writer.takeOutput() + writer.finish())
        let metadata = try file.metadata()

        let y: DataType = .struct([Field("l", .list(.struct([Field("y", .string)])))])
        let narrow = metadata.narrowed(to: [Field("s", y), Field("t", .struct([Field("unknown", .date)]))])
        #expect(narrow.tree.leaves.map(\.name) == ["s.l.list.element.y", "t.b"] && narrow.tree.leaves.map(\.index) == [0, 1])
        #expect(narrow.schema.description == "s: struct<l: list<struct<y: string>>>\nt: struct<b: string>")
        #expect(narrow.rowGroups[0].columns == [metadata.rowGroups[0].columns[3], metadata.rowGroups[0].columns[7]])
        #expect(metadata.narrowed(to: [Field("id", .int64), schema.fields[1]]).tree == metadata.tree, "nothing to leave out")
    }
}
