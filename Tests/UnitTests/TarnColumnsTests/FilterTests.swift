import TarnBase
import TarnColumns
import Testing

struct FilterTests {
    private static let schema: Schema = [
        Field("city", .string), Field("fare", .double), Field("small", .float), Field("n", .int32), Field("id", .int64),
        Field("ok", .boolean), Field("day", .date), Field("at", .timestamp(.milliseconds)),
        Field("price", .decimal(precision: 10, scale: 2)), Field("timing", .struct([Field("queued_ms", .int64)])),
        Field("tags", .list(.string)),
    ]
    private static let batch = RecordBatch(
        schema: schema,
        rows: [
            ["Oslo", 20.5, .float(0.1), 3, 9_007_199_254_740_993, true, 19782, 1_704_067_200_000, .decimal(1250), .fields([7]), .list([])],
            ["Paris", 10.0, .float(.nan), -1, 2, false, 0, 1_704_067_200_001, .decimal(-5), .fields([nil]), nil],
            [nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil],
            ["Os", .double(.nan), .float(-0.0), 0, 0, true, -1, -1, .decimal(0), .fields([0]), nil],
        ])

    @Test(arguments: [
        ("city = Oslo", [0]), ("city = 'Oslo'", [0]), ("city!=Oslo", [1, 3]), ("city in (Oslo, 'Paris')", [0, 1]),
        ("city not-in Oslo, Paris", [3]), ("city is-null", [2]), ("city not-null", [0, 1, 3]), ("city > Os", [0, 1]), ("city <= Oslo", [0, 3]),
        ("fare > 20", [0, 3]), ("fare < 20.5", [1]), ("fare = NaN", [3]), ("fare <= Infinity", [0, 1]), ("fare != 10", [0, 3]),
        ("small = 0.1", [0]), ("small = 0", [3]), ("small >= 0.1", [0, 1]),
        ("n > 2.5", [0]), ("n = 2.5", []), ("n != 2.5", [0, 1, 3]), ("n < 0.5", [1, 3]), ("n <= -0.5", [1]), ("n < 99999999999999999999", [0, 1, 3]),
        ("id = 9007199254740993", [0]), ("id >= 9.007199254740993e15", [0]), ("id in (0,2)", [1, 3]),
        ("ok = true", [0, 3]), ("ok != TRUE", [1]), ("ok >= false", [0, 1, 3]),
        ("day = 2024-02-29", [0]), ("day < '1970-01-01'", [3]),
        ("at = 2024-01-01T00:00:00Z", [0]), ("at > 2024-01-01", [1]), ("at >= '2024-01-01 00:00:00.0005'", [1]), ("at = -1", [3]), ("at < 1970-01-01T01:00:00+01:00", [3]),
        ("price = 12.5", [0]), ("price > 12.499", [0]), ("price < 0.001", [1, 3]), ("price = 12.501", []), ("price <= -0.05", [1]),
        ("timing.queued_ms >= 0", [0, 3]), ("timing.queued_ms is-null", [1, 2]), ("timing not-null", [0, 1, 3]),
        ("\"city\" = \"Oslo\"", [0]), ("tags is-null", [1, 2, 3]),
    ])
    func `a filter from the command line keeps the rows SQL would keep`(text: String, rows: [UInt32]) throws {
        let filter = try BoundFilter(Filter(parsing: text), schema: Self.schema)
        #expect(filter.evaluate(Self.batch).setRows == rows)
        #expect(filter.columns.count == 1)
        // Pruning must never lose a row.
        for row in 0..<Self.batch.rowCount {
            let statistics = Self.batch.columns.map { ColumnStatistics(of: $0.slice(row..<(row + 1))) }
            #expect(filter.mayMatch { filter.operands[$0].members.isEmpty ? statistics[filter.operands[$0].top] : nil } || !rows.contains(UInt32(row)))
        }
        let coded = Self.batch.columns.map { column in
            column.type.isNested || column.type == .boolean
                ? column : Column(codes: [0, 1, nil, 2], dictionary: column.take([0, 1, 3]))
        }
        #expect(filter.evaluate(count: 4) { coded[$0] }.setRows == rows)
    }

    @Test func `unknown stays unknown through not, and, or`() throws {
        func rows(_ filter: Filter) throws -> [UInt32] { try BoundFilter(filter, schema: Self.schema).evaluate(Self.batch).setRows }
        #expect(try rows(!(.equal("city", "Oslo"))) == [1, 3])
        #expect(try rows(.equal("city", "Oslo") || .isNull("fare")) == [0, 2])
        #expect(try rows(!(.equal("city", "Oslo") && .less("fare", 1000))) == [1, 3])
        #expect(try rows(.equal("city", "Oslo") && .greater("fare", 20) && !.isNull("ok")) == [0])
        #expect(try rows(.greater("n", 2) || !.greater("n", 2)) == [0, 1, 3])
    }

    @Test(arguments: [
        ("nope = 1", ColumnError.Code.unknownColumn), ("timing.nope = 1", .unknownColumn), ("n = abc", .value), ("n = true-ish", .value),
        ("day = 2024-02-30", .value), ("ok = 1", .value), ("tags = a", .value), ("at = yesterday", .value), ("price = 1.2.3", .value),
        ("city", .syntax), ("city =", .syntax), ("= 3", .syntax), ("city like x", .syntax), ("city = 'x", .syntax), ("city in (a", .syntax),
        ("city = null", .syntax), ("city is-null x", .syntax), ("city in ()", .syntax), ("", .syntax),
    ])
    func `a filter that makes no sense says so`(text: String, code: ColumnError.Code) {
        let error = #expect(throws: ColumnError.self) { try BoundFilter(Filter(parsing: text), schema: Self.schema) }
        #expect(error?.code == code)
    }

    @Test(arguments: [DataType.int32, .int64, .float, .double, .string, .decimal(precision: 38, scale: 4), .timestamp(.microseconds)])
    func `pruning by statistics never loses a row that evaluation keeps`(type: DataType) throws {
        var make = RandomColumns()
        let schema: Schema = [Field("c", type)]
        var pruned = 0
        for _ in 0..<200 {
            let column = make.column(type, rows: make.int(0..<12))
            guard let literal = Self.literal(make.cell(type, nulls: 0), type) else { continue }
            let leaf: Filter = [.equal("c", literal), .less("c", literal), .lessOrEqual("c", literal), .greater("c", literal), .greaterOrEqual("c", literal), .isIn("c", [literal]), .isNull("c")][make.int(0..<7)]
            let filter = try BoundFilter(make.chance(50) ? leaf : !leaf, schema: schema)
            let half = column.count / 2
            let statistics = ColumnStatistics(of: column.slice(0..<half)).merged(with: ColumnStatistics(of: column.slice(half..<column.count)))
            let kept = filter.evaluate(count: column.count) { _ in column }.setCount
            let may = filter.mayMatch { _ in statistics }
            #expect(may || kept == 0)
            pruned += may ? 0 : 1
        }
        #expect(pruned > 5)
    }

    private static func literal(_ cell: Cell, _ type: DataType) -> Filter.Literal? {
        switch (cell, type) {
        case (.int, .date): nil
        case (.int(let value), _): .integer(value)
        case (.float(let value), _): .double(Double(value))
        case (.double(let value), _): .double(value)
        case (.text(let bytes), _): bytes.utf8Text.map { .text($0) }
        case (.decimal(let value), .decimal(_, let scale)): .text(Decimals.text(value, scale: scale))
        default: nil
        }
    }
}
