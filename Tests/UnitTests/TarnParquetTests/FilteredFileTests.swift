import TarnBase
import TarnColumns
import TarnParquet
import TarnTestSupport
import Testing

extension MemoryFile {
    /// The rows that pass, as text, and how many rows were decoded for it.
    mutating func rows(
        where filter: Filter, columns: [Int]? = nil, options: ScanOptions = FilteredFileTests.asking
    ) throws -> (rows: [String], filtered: Int64, others: Int64) {
        let metadata = try metadata()
        var scan = FilteredScan(metadata: metadata, filter: try BoundFilter(filter, schema: metadata.schema), columns: columns, options: options)
        var rows: [String] = []
        while true {
            switch try scan.next() {
            case .needs(let ranges): try scan.supply(read(ranges))
            case .done(let batch?): rows += (0..<batch.rowCount).map { shown(batch, $0) }
            case .done(nil): return (rows, scan.filteredRowCount, scan.otherRowCount)
            }
        }
    }

    /// The same without a filtered scan: everything is read, then looked at.
    mutating func rowsOneByOne(where filter: Filter, columns: [Int]? = nil) throws -> [String] {
        let metadata = try metadata()
        let bound = try BoundFilter(filter, schema: metadata.schema)
        return try batches().flatMap { batch -> [String] in
            let passing = batch.filter(bound.evaluate(batch))
            let chosen = (columns ?? Array(batch.columns.indices)).map { passing.columns[$0] }
            let projected = RecordBatch(schema: Schema((columns ?? Array(batch.columns.indices)).map { batch.schema.fields[$0] }), columns: chosen, rowCount: passing.rowCount)
            return (0..<projected.rowCount).map { shown(projected, $0) }
        }
    }
}

@Suite struct FilteredFileTests {
    /// Small as they are, the files' indexes are asked.
    static let asking: ScanOptions = {
        var options = ScanOptions()
        options.smallRowGroupBytes = 0
        return options
    }()

    static let files = ["skipping-v1-pyarrow", "skipping-v2-pyarrow"]

    static func leaf(_ schema: Schema, _ row: [Cell], _ random: inout RandomColumns) -> Filter? {
        let column = random.int(0..<schema.fields.count)
        var (name, type, value) = (schema.fields[column].name, schema.fields[column].type, row[column])
        // Members of structs, and now and then the struct.
        while case .struct(let members) = type, random.chance(85) {
            let member = random.int(0..<members.count)
            if case .fields(let cells) = value { value = cells[member] } else { value = .null }
            (name, type) = (name + "." + members[member].name, members[member].type)
        }
        if random.chance(8) { return random.chance(50) ? .isNull(name) : .isNotNull(name) }
        func literal(_ cell: Cell) -> Filter.Literal? {
            switch (cell, type) {
            case (.boolean(let value), _): .boolean(value)
            case (.int(let value), .int32), (.int(let value), .int64), (.int(let value), .timestamp): .integer(value &+ Int64(random.chance(30) ? random.int(0..<9) : 0))
            case (.float(let value), _): .double(Double(value))
            case (.double(let value), _): .double(value)
            case (.text(let bytes), .string): bytes.utf8Text.map { .text(random.chance(20) ? $0 + "x" : $0) }
            case (.decimal(let value), .decimal(_, let scale)): .text(Decimals.text(value, scale: scale))
            default: nil
            }
        }
        guard let value = literal(value) else { return nil }
        return [
            .equal(name, value), .equal(name, value), .notEqual(name, value), .less(name, value), .lessOrEqual(name, value), .greater(name, value),
            .greaterOrEqual(name, value), .isIn(name, [value, value]),
        ][random.int(0..<8)]
    }

    static func filter(_ schema: Schema, _ rows: [[Cell]], _ random: inout RandomColumns) -> Filter? {
        guard !rows.isEmpty else { return nil }
        var filter: Filter?
        for _ in 0..<random.int(1..<4) {
            guard var next = leaf(schema, rows[random.int(0..<rows.count)], &random) else { continue }
            if random.chance(20) { next = !next }
            filter = filter.map { random.chance(60) ? $0 && next : $0 || next } ?? next
        }
        return filter
    }

    static func options(_ random: inout RandomColumns) -> ScanOptions {
        var options = ScanOptions(batchRows: [8192, 64, 7][random.int(0..<3)])
        options.fetchBytes = [1 << 20, 1000, 64][random.int(0..<3)]
        options.prunes = random.chance(80)
        options.smallRowGroupBytes = random.chance(80) ? 0 : 1 << 20
        return options
    }

    @Test(arguments: files)
    func `random filters keep the same rows, pruned or not, as looking at every row`(name: String) throws {
        var file = try MemoryFile.fixture(name)
        let schema = try file.metadata().schema
        let rows = try file.batches().flatMap { batch in (0..<batch.rowCount).map { batch.row(at: $0) } }
        var random = RandomColumns()
        for _ in 0..<150 {
            guard let filter = Self.filter(schema, rows, &random) else { continue }
            let columns = random.chance(50) ? nil : schema.fields.indices.filter { _ in random.chance(40) }
            let options = Self.options(&random)
            let expected = try file.rowsOneByOne(where: filter, columns: columns)
            #expect(try file.rows(where: filter, columns: columns, options: options).rows == expected, "\(filter) \(options) TARN_SEED=\(testSeed)")
        }
    }

    @Test func `random filters over random files keep the same rows, pruned or not`() throws {
        var random = RandomColumns()
        for _ in 0..<24 {
            let made = random.chance(50) ? RandomFile(&random, rows: random.int(0..<700)) : RandomFile(inventing: &random, rows: random.int(0..<700))
            var output = ByteBuilder()
            for piece in try made.written() { output.append(piece) }
            var file = MemoryFile(output.finish())
            for _ in 0..<8 {
                guard let filter = Self.filter(made.schema, made.rows, &random) else { continue }
                let options = Self.options(&random)
                let expected = try file.rowsOneByOne(where: filter)
                #expect(try file.rows(where: filter, options: options).rows == expected, "\(filter) TARN_SEED=\(testSeed)")
            }
        }
    }

    @Test(arguments: files)
    func `one value of a sorted column is read out of its page alone`(name: String) throws {
        var file = try MemoryFile.fixture(name)
        _ = try file.metadata()
        let before = file.requests.count
        let found = try file.rows(where: .equal("id", 750), columns: [0, 2])
        #expect(found.rows == ["(750, \"text \(padded(250 * 7919 % 1009)) with a tail that makes it long\")"])
        #expect(found.filtered == 20 && found.others == 1, "one page of the filter's column, one row of the other")
        // The first request is the footer's.
        let asked = file.requests[(before + 1)...].reduce(0) { $0 + $1.count }
        #expect(asked < file.bytes.count / 4, "\(asked) of \(file.bytes.count) bytes")
    }

    private func padded(_ number: Int) -> String { String(repeating: "0", count: 4 - String(number).count) + String(number) }

    @Test(arguments: files)
    func `a value that no bloom filter knows reads no rows`(name: String) throws {
        var file = try MemoryFile.fixture(name)
        for filter: Filter in [.equal("text", "text 0500 with a tail that makes it lonG"), .equal("id", 601), .isIn("u", [1, 2, 5_000_000_000]), .equal("money", "0.005")] {
            let found = try file.rows(where: filter)
            #expect(found.rows.isEmpty && found.filtered == 0, "\(filter)")
        }
        var options = Self.asking
        options.prunes = false
        #expect(try file.rows(where: .equal("id", 601), options: options).filtered == 400)
    }

    @Test func `a dictionary that lacks the value, or holds no other, rules its row group out`() throws {
        var file = try MemoryFile.fixture("dictionary-falls-back-pyarrow")
        // Between two entries, so that bounds would not do; the chunk that fell back to plain is not judged by its dictionary.
        let metadata = try file.metadata()
        #expect(metadata.rowGroups.count == 2)
        #expect(try file.rows(where: .equal("text", "value number 999")).rows == ["(999, \"value number 999\")"])
        var skipping = try MemoryFile.fixture("skipping-v1-pyarrow")
        #expect(try skipping.rows(where: .equal("word", "word 2x")).filtered == 0)
    }

    @Test(arguments: files)
    func `NaN and both zeros are found wherever they are`(name: String) throws {
        var file = try MemoryFile.fixture(name)
        for filter: Filter in [
            .equal("d", .double(.nan)), .equal("d", 0.0), .equal("d", .double(-0.0)), .greater("d", 1e300), .equal("f", .double(.nan)), .greater("f", 24.5),
            .notEqual("f", .double(.nan)), .lessOrEqual("d", -19.875),
        ] {
            let expected = try file.rowsOneByOne(where: filter)
            let found = try file.rows(where: filter).rows
            #expect(!expected.isEmpty && found == expected, "\(filter)")
        }
    }

    @Test(arguments: files)
    func `rows of lists and structs that survive are those that belong to the filter's rows`(name: String) throws {
        var file = try MemoryFile.fixture(name)
        let expected = [217, 383].map { row in
            "(\(row * 3), \(row % 9 == 0 ? "null" : "[" + (row..<(row + row % 5)).map { "\($0)" }.joined(separator: ", ") + "]"), (\(row), \(row % 4 == 0 ? "null" : "\"b\(row)\"")))"
        }
        for fetchBytes in [1 << 20, 50] {
            var options = ScanOptions(batchRows: 33)
            options.smallRowGroupBytes = 0
            options.fetchBytes = fetchBytes
            let found = try file.rows(where: .isIn("id", [651, 1149]), columns: [0, 8, 9], options: options)
            #expect(found.rows == expected)
        }
    }

    /// 4,000 rows in 4 row groups of 10 pages: `s` is null in every 10th row, `s.n` in every 9th, else it is the row's number, out of order
    /// within a page; `s.word` is one of a few, `s.text` long.
    private func members() throws -> (file: MemoryFile, batch: RecordBatch) {
        let members = [Field("n", .int64), Field("word", .string), Field("text", .string)]
        let schema: Schema = [Field("id", .int64), Field("s", .struct(members))]
        let cells = (0..<4000).map { row -> Cell in
            if row % 10 == 0 { return .null }
            return .fields([row % 9 == 0 ? .null : .int(Int64(row ^ 63)), .text(Bytes("word \(row / 500 * 2)")), .text(Bytes("text \(row * 7919 % 4001) with a tail that makes it long"))])
        }
        let batch = RecordBatch(
            schema: schema, columns: [Column(int64: (0..<4000).map { Int64($0) }), Column(.struct(members), cells: cells)], rowCount: 4000)
        var options = ParquetWriteOptions()
        (options.rowGroupRows, options.pageRows) = (1000, 100)
        options.columns["s.text"] = ColumnWriteOptions()
        options.columns["s.text"]?.usesDictionary = false
        options.columns["s.text"]?.bloomFilter = BloomFilterOptions()
        let writer = try ParquetFileWriter(schema: schema, options: options)
        try writer.append(batch)
        return (MemoryFile(pieces: try writer.takeOutput() + writer.finish()), batch)
    }

    @Test func `filters on members of structs pass over what bounds, page indexes, bloom filters and dictionaries rule out`() throws {
        var (file, _) = try members()
        // Two pages: the numbers change places among 64.
        let one = try file.rows(where: .equal("s.n", 2222), columns: [0])
        #expect(one.rows == ["(\(2222 ^ 63))"] && one.filtered <= 200)
        #expect(try file.rows(where: .greater("s.n", 5000), columns: [0]).filtered == 0)
        #expect(try file.rows(where: .equal("s.text", "text 17 with no such tail"), columns: [0]).filtered == 0)
        let text = try file.rows(where: .equal("s.text", .text("text \(1234 * 7919 % 4001) with a tail that makes it long")), columns: [0])
        #expect(text.rows == ["(1234)"] && text.filtered <= 1000)
        #expect(try file.rows(where: .equal("s.word", "word 3"), columns: [0]).filtered == 0, "between two words of a dictionary")
        #expect(try file.rows(where: .equal("s.word", "word 4"), columns: [0]).rows.count == 450)
    }

    @Test func `a null struct has null members, however a filter asks`() throws {
        var (file, batch) = try members()
        for filter: Filter in [
            .isNull("s"), .isNotNull("s"), .isNull("s.n"), .isNotNull("s.n"), !.equal("s.n", 5), .notEqual("s.word", "word 0"), .isNull("s.n") && .isNotNull("s"),
            .isNull("s.text") || .less("s.n", 100), !(.isNull("s.n") || .greater("s.n", 10)),
        ] {
            let expected = batch.filter(try BoundFilter(filter, schema: batch.schema).evaluate(batch))
            #expect(try file.rows(where: filter, columns: [0]).rows.count == expected.rowCount, "\(filter)")
        }
        #expect(try file.rows(where: .isNull("s.n"), columns: [0]).rows.count == 400 + 400, "every 10th, and of the others every 9th")
    }

    @Test func `a small row group is asked for in one request`() throws {
        var file = try MemoryFile.fixture("skipping-v1-pyarrow")
        var scan = FilteredScan(metadata: try file.metadata(), filter: try BoundFilter(.equal("id", 3), schema: try file.metadata().schema))
        var rounds = 0
        reading: while true {
            switch try scan.next() {
            case .needs(let ranges):
                rounds += 1
                try scan.supply(file.read(ranges))
            case .done(let batch): if batch == nil { break reading }
            }
        }
        #expect(rounds == 1, "the other row group is ruled out by its bounds")
    }
}
