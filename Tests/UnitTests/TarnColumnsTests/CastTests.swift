import TarnBase
import TarnColumns
import Testing

struct CastTests {
    @Test func `promotions keep every value, dictionaries and slices included`() throws {
        #expect(try Column(int32: [1, nil, -3]).slice(1..<3).cast(to: .int64).cells == [nil, -3])
        #expect(try Column(int32: [7]).cast(to: .double).cells == [7.0])
        #expect(try Column(floats: [0.5, .nan]).cast(to: .double).cells == [0.5, .double(.nan)])
        let coded = try Column(codes: [1, nil], dictionary: Column(int32: [4, 5])).cast(to: .int64)
        #expect(coded.cells == [5, nil])
        guard case .dictionary = coded.values else { Issue.record("the dictionary is lost"); return }
        #expect(try Column(decimals: [15], precision: 5, scale: 1).cast(to: .decimal(precision: 10, scale: 3)).cells == [.decimal(1500)])
        #expect(try Column(strings: ["é", nil]).cast(to: .binary).cast(to: .string).cells == ["é", nil])
        #expect(try Column(timestamps: [-1, 5], .milliseconds).cast(to: .timestamp(.nanoseconds)).cells == [-1_000_000, 5_000_000])
    }

    @Test func `what does not survive is refused with its row`() {
        func error(_ column: Column, _ type: DataType) -> ColumnError? {
            #expect(throws: ColumnError.self) { try column.cast(to: type) }
        }
        #expect(error(Column(int64: [1]), .int32)?.code == .unsupported)
        #expect(error(Column(strings: ["1"]), .int64)?.code == .unsupported)
        #expect(error(Column(int64: [1]), .double)?.code == .unsupported)
        #expect(error(Column(timestamps: [0, 1500], .microseconds), .timestamp(.milliseconds))?.row == 1)
        #expect(error(Column(timestamps: [nil, .max], .milliseconds), .timestamp(.nanoseconds))?.row == 1)
        #expect(error(Column(binaries: [[65], [0xC0, 0x80]]), .string)?.row == 1)
        let coded = Column(codes: [1, 0], dictionary: Column(binaries: [[0xFF], [65]]))
        #expect(error(coded, .string)?.row == 1)
        #expect(throws: Never.self) { try coded.slice(0..<1).cast(to: .string) }
    }

    @Test func `a batch adapts to a schema by name, also inside structs`() throws {
        let old: Schema = [Field("s", .struct([Field("a", .int32), Field("b", .string)])), Field("gone", .int32), Field("n", .int32)]
        let new: Schema = [Field("n", .int64), Field("s", .struct([Field("b", .string), Field("c", .double), Field("a", .int64)])), Field("x", .list(.string))]
        let batch = RecordBatch(schema: old, rows: [[.fields([1, "u"]), 9, 3], [nil, nil, nil]])
        let adapted = try batch.adapted(to: new)
        #expect(adapted.row(at: 0) == [3, .fields(["u", nil, 1]), nil])
        #expect(adapted.row(at: 1) == [nil, nil, nil])
        let strict: Schema = [Field("n", .int32, nullable: false)]
        #expect(throws: ColumnError(.value, "column 'n' may not be null", row: 1)) { try batch.adapted(to: strict) }
        #expect(throws: ColumnError(.unknownColumn, "column 'm' is missing")) { try batch.adapted(to: [Field("m", .int32, nullable: false)]) }
    }

    @Test func `a schema change says what is additive, promoted and refused`() {
        let old: Schema = [
            Field("id", .string, nullable: false), Field("n", .int32), Field("city", .string),
            Field("timing", .struct([Field("ms", .int32), Field("at", .date)])), Field("tags", .list(.int32)),
        ]
        let new: Schema = [
            Field("id", .string), Field("n", .int64), Field("tip", .double), Field("must", .int32, nullable: false),
            Field("timing", .struct([Field("at", .timestamp(.microseconds)), Field("ms", .int32), Field("new", .string)])), Field("tags", .list(.int64)),
        ]
        #expect(
            SchemaChange.changes(from: old, to: new).map(\.description) == [
                "~ id: may be null now", "~ n: int32 → int64", "+ tip: double", "refused: must (int32 not null) is new, and old rows have no value for it",
                "refused: timing.at was date and would be timestamp(us)", "~ timing.ms: moved", "+ timing.new: string", "~ tags.element: int32 → int64", "refused: city was removed",
            ])
        #expect(SchemaChange.changes(from: old, to: old).isEmpty)
        let added = SchemaChange.changes(from: old, to: Schema(old.fields + [Field("z", .string)]))
        #expect(added.count == 1 && added[0].isAdditive)
    }

    @Test func `constants and nulls of every type are what they say`() {
        var make = RandomColumns()
        for type in RandomColumns.allTypes {
            for count in [0, 1, 9, 65] {
                let cell = make.cell(type, nulls: 0)
                #expect(Column.constant(type, cell, count: count).cells == Array(repeating: cell, count: count))
                #expect(Column.nulls(type, count: count).cells == Array(repeating: .null, count: count))
            }
        }
    }
}
