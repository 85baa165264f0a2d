import TarnBase
import TarnColumns
import TarnParquet

/// A table with random columns, cut into batches, and options to write it with.
struct RandomFile {
    let schema: Schema
    let batches: [RecordBatch]
    var options = ParquetWriteOptions()

    var rows: [[Cell]] { batches.flatMap { batch in (0..<batch.rowCount).map { batch.row(at: $0) } } }

    static let types: [DataType] =
        RandomColumns.allTypes + [
            .decimal(precision: 1, scale: 1), .decimal(precision: 5, scale: 2), .decimal(precision: 18, scale: 0),
            .timestamp(.milliseconds), .timestamp(.nanoseconds), .list(.list(.int32)),
            .struct([Field("p", .struct([Field("q", .map(.string, .struct([Field("r", .double), Field("s", .list(.string))])))]))]),
            .struct([Field("u", .int64, nullable: false), Field("v", .string, nullable: false)]),
        ]

    /// Every type, once or twice.
    init(_ random: inout RandomColumns, rows: Int) {
        let repeats = random.int(1..<3)
        let fields = (0..<repeats).flatMap { round in
            RandomFile.types.enumerated().map { Field("c\(round)_\($0.offset)", $0.element) }
        }
        self.init(fields, &random, rows: rows)
    }

    /// A few types made up, nested up to three levels.
    init(inventing random: inout RandomColumns, rows: Int) {
        let fields = (0..<random.int(1..<7)).map { Field("c\($0)", RandomFile.type(&random, depth: 3), nullable: random.chance(90)) }
        self.init(fields, &random, rows: rows)
    }

    private static func type(_ random: inout RandomColumns, depth: Int) -> DataType {
        switch depth == 0 ? 0 : random.int(0..<100) {
        case ..<60:
            let precision = random.int(1..<39)
            let flat =
                RandomColumns.flatTypes + [
                    .timestamp(.milliseconds), .timestamp(.nanoseconds), .decimal(precision: precision, scale: random.int(0..<(precision + 1))),
                ]
            return flat[random.int(0..<flat.count)]
        case ..<75: return .list(element: Field("element", type(&random, depth: depth - 1), nullable: random.chance(80)))
        case ..<90:
            return .struct((0..<random.int(1..<4)).map { Field("f\($0)", type(&random, depth: depth - 1), nullable: random.chance(80)) })
        default:
            let key: DataType = [.string, .int32, .int64, .binary][random.int(0..<4)]
            return .map(key: Field("key", key, nullable: false), value: Field("value", type(&random, depth: depth - 1), nullable: random.chance(80)))
        }
    }

    private init(_ fields: [Field], _ random: inout RandomColumns, rows: Int) {
        schema = Schema(fields + [Field("required", .int64, nullable: false), Field("key", .string, nullable: false)])
        // A column keeps to one share of nulls and one idea of how often values repeat.
        let habits = fields.map { _ in (nulls: [0, 0, 10, 50, 100][random.int(0..<5)], pool: [0, 0, 3, 40][random.int(0..<4)]) }
        let pools = zip(fields, habits).map { field, habit in
            (0..<habit.pool).map { _ in RandomFile.cell(field.type, 0, &random) }
        }
        var batches: [RecordBatch] = []
        var done = 0
        while done < rows || batches.isEmpty {
            let count = min(rows - done, random.int(0..<max(2, rows)))
            var columns: [Column] = []
            for (index, field) in fields.enumerated() {
                let cells = (0..<count).map { _ -> Cell in
                    if field.isNullable, random.chance(habits[index].nulls) { return .null }
                    if let cell = pools[index].randomElement(using: &random.random) { return cell }
                    return RandomFile.cell(field.type, habits[index].nulls / 2, &random)
                }
                columns.append(RandomFile.form(Column(field.type, cells: cells), pools[index], cells, &random))
            }
            columns.append(Column(int64: (0..<count).map { Int64($0 + done) * 37 }))
            columns.append(Column(strings: (0..<count).map { "conversation-\(($0 + done) * 7919 % 100_003)" }))
            batches.append(RecordBatch(schema: schema, columns: columns, rowCount: count))
            done += count
        }
        self.batches = batches
        options = RandomFile.options(&random)
        let tree = try? SchemaTree(writing: schema, rootName: "schema")
        for leaf in tree?.leaves ?? [] where random.chance(60) { options.columns[leaf.name] = RandomFile.columnOptions(leaf, &random) }
    }

    private static func columnOptions(_ leaf: LeafColumn, _ random: inout RandomColumns) -> ColumnWriteOptions {
        var options = ColumnWriteOptions()
        if random.chance(50) { options.usesDictionary = random.chance(30) }
        if random.chance(70) {
            let encodings: [Encoding] =
                switch leaf.physicalType {
                case .boolean: [.plain, .runLength]
                case .int32, .int64: [.plain, .deltaBinaryPacked, .byteStreamSplit]
                case .byteArray: [.plain, .deltaLengthByteArray, .deltaByteArray]
                case .float, .double, .fixedLengthByteArray: [.plain, .byteStreamSplit]
                case .int96: [.plain]
                }
            options.encoding = encodings[random.int(0..<encodings.count)]
        }
        if leaf.physicalType != .boolean, random.chance(40) {
            options.bloomFilter = BloomFilterOptions()
            options.bloomFilter?.falsePositiveRate = [0.5, 0.01, 0.0001][random.int(0..<3)]
        }
        return options
    }

    static func options(_ random: inout RandomColumns) -> ParquetWriteOptions {
        var options = ParquetWriteOptions()
        options.codec = [.zstd(level: 3), .snappy, .gzip(level: 6), .none][random.int(0..<4)]
        options.usesDictionaries = random.chance(80)
        if random.chance(60) { options.pageRows = random.int(1..<400) }
        if random.chance(40) { options.pageBytes = random.int(1..<5000) }
        if random.chance(40) { options.rowGroupRows = random.int(1..<1500) }
        if random.chance(30) { options.dictionaryBytes = random.int(0..<3000) }
        if random.chance(40) { options.pageVersion = .v2 }
        if random.chance(40) { options.encodings = .smallest }
        if random.chance(20) { options.writesChecksums = false }
        if random.chance(20) { options.writesPageIndex = false }
        if random.chance(20) { options.writesSizeStatistics = false }
        return options
    }

    private static func cell(_ type: DataType, _ nulls: Int, _ random: inout RandomColumns) -> Cell {
        switch type {
        case .decimal(let precision, _):
            var limit: Int128 = 1
            for _ in 0..<precision { limit *= 10 }
            if random.chance(10) { return .decimal(random.chance(50) ? limit - 1 : 1 - limit) }
            guard case .decimal(let value) = random.cell(type, nulls: 0) else { return .decimal(0) }
            return .decimal(value % limit)
        case .time: return .int(Int64(random.int(0..<86_400_000_000)))
        case .struct(let fields):
            return .fields(fields.map { member($0, nulls, &random) })
        case .list(let element):
            return .list((0..<random.int(0..<4)).map { _ in member(element, nulls, &random) })
        case .map(let key, let value):
            return .map((0..<random.int(0..<4)).map { _ in Cell.Entry(cell(key.type, nulls, &random), member(value, nulls, &random)) })
        default:
            return random.cell(type, nulls: 0)
        }
    }

    private static func member(_ field: Field, _ nulls: Int, _ random: inout RandomColumns) -> Cell {
        field.isNullable && random.chance(nulls) ? .null : cell(field.type, nulls, &random)
    }

    /// The same values as a dictionary column, or as a slice that begins inside its buffers.
    private static func form(_ column: Column, _ pool: [Cell], _ cells: [Cell], _ random: inout RandomColumns) -> Column {
        if !pool.isEmpty, !column.type.isNested, column.type != .boolean, random.chance(60) {
            let codes = cells.map { cell in cell.isNull ? nil : pool.firstIndex { $0 == cell }.map { UInt32($0) } }
            return Column(codes: codes, dictionary: Column(column.type, cells: pool))
        }
        if random.chance(40) {
            let before = random.int(1..<20)
            let padding = (0..<before).map { _ in RandomFile.cell(column.type, 20, &random) }
            return Column(column.type, cells: padding + cells + padding).slice(before..<(before + cells.count))
        }
        return column
    }

    /// The file's bytes, in the pieces the writer gives.
    func written(keyValueMetadata: [(key: String, value: String)] = []) throws -> [Bytes] {
        let writer = try ParquetFileWriter(schema: schema, options: options)
        var pieces: [Bytes] = []
        for batch in batches {
            try writer.append(batch)
            pieces += writer.takeOutput()
        }
        return try pieces + writer.finish(keyValueMetadata: keyValueMetadata)
    }
}
