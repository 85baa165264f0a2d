import TarnBase
import TarnColumns
import TarnParquet
import TarnTestSupport
import Testing

/// The rows of a file, its footer, and how many batches they came in.
func readBack(_ pieces: [Bytes], options: ScanOptions = ScanOptions()) throws -> (metadata: FileMetadata, rows: [[Cell]]) {
    var whole = ByteBuilder()
    for piece in pieces { whole.append(piece) }
    let file = whole.finish()
    func read(_ ranges: [Range<Int64>]) -> [Bytes] { ranges.map { file[Int($0.lowerBound)..<Int($0.upperBound)] } }
    var decoder = FooterDecoder(fileSize: Int64(file.count))
    var found: FileMetadata?
    while found == nil {
        switch try decoder.next() {
        case .needs(let ranges): try decoder.supply(read(ranges))
        case .done(let metadata): found = metadata
        }
    }
    let metadata = try #require(found)
    var scan = ParquetScan(metadata: metadata, options: options)
    var rows: [[Cell]] = []
    while true {
        switch try scan.next() {
        case .needs(let ranges): try scan.supply(read(ranges))
        case .done(let batch?): rows += (0..<batch.rowCount).map { batch.row(at: $0) }
        case .done(nil): return (metadata, rows)
        }
    }
}

private func writer(_ batch: RecordBatch, _ change: (inout ParquetWriteOptions) -> Void = { _ in }) throws -> ParquetFileWriter {
    var options = ParquetWriteOptions()
    change(&options)
    let writer = try ParquetFileWriter(schema: batch.schema, options: options)
    try writer.append(batch)
    return writer
}

@Suite struct WriterTests {
    @Test func `random files come back through ParquetScan as the rows that went in`() throws {
        var random = RandomColumns()
        for rows in [0, 1, 2, 9, 65, 300, 2500] {
            let file = RandomFile(&random, rows: rows)
            var options = ScanOptions()
            options.verifyChecksums = true
            options.batchRows = random.int(1..<900)
            options.fetchBytes = random.int(1..<20_000)
            let (metadata, read) = try readBack(file.written(keyValueMetadata: [("a", "1"), ("a", "2")]), options: options)
            #expect(metadata.schema == file.schema && metadata.rowCount == Int64(rows))
            #expect(metadata.keyValueMetadata == [KeyValue("a", "1"), KeyValue("a", "2")])
            let expected = file.rows
            #expect(read.count == expected.count)
            for (row, (left, right)) in zip(read, expected).enumerated() where left != right {
                let column = zip(left, right).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? 0
                Issue.record("row \(row), \(file.schema.fields[column]): \(left[column]), not \(right[column])")
                break
            }
        }
    }

    @Test func `the bytes depend on the rows, not on what the writer's memory held before`() throws {
        var random = RandomColumns()
        let file = RandomFile(&random, rows: 500)
        let once = try file.written()
        #expect(try file.written() == once)
        // Dictionary columns and plain ones of the same values give the same file.
        let values = (0..<5000).map { "value \($0 % 7)" }
        let codes = Column(codes: (0..<5000).map { UInt32($0 % 7) }, dictionary: Column(strings: (0..<7).map { "value \($0)" }))
        #expect(try writer(RecordBatch(["a": Column(strings: values)])).finish() == writer(RecordBatch(["a": codes])).finish())
    }

    @Test func `bounds skip NaN, take zeros both ways, order decimals by sign and cut long texts`() throws {
        let long = String(repeating: "é", count: 40)
        let batch = RecordBatch([
            "double": Column(doubles: [.nan, 0, 3, nil]), "zero": Column(floats: [-0.0, 0.0, nil, -0.0]),
            "nan": Column(doubles: [.nan, nil, .nan, .nan]), "decimal": Column(decimals: [5, -300, 299, nil], precision: 5, scale: 2),
            "text": Column(strings: [long + "b", "z\(long)", "é", nil]),
            "top": Column(binaries: [Array(repeating: 0xFF, count: 70), [0xFF], nil, []]),
            "carry": Column(binaries: [[1] + Array(repeating: 0xFF, count: 70), nil, nil, nil]),
            "last": Column(strings: [String(repeating: "\u{D7FF}", count: 30), nil, nil, nil]),
            "nulls": Column(strings: [nil, nil, nil, nil]), "boolean": Column(booleans: [true, nil, true, true]),
        ])
        let group = try readBack(writer(batch).finish()).metadata.rowGroups[0]
        let found = Dictionary(uniqueKeysWithValues: zip(batch.schema.names, group.columns.map { $0.statistics ?? Statistics() }))
        func bytes(_ value: Double) -> Bytes { withUnsafeBytes(of: value) { Bytes(copying: $0) } }
        #expect(found["double"]?.minimum == bytes(-0.0) && found["double"]?.maximum == bytes(3) && found["double"]?.nullCount == 1)
        #expect(found["zero"]?.minimum == Bytes([0, 0, 0, 0x80]) && found["zero"]?.maximum == Bytes([0, 0, 0, 0]))
        #expect(found["nan"]?.minimum == nil && found["nan"]?.maximum == nil && found["nan"]?.nullCount == 1)
        #expect(found["decimal"]?.minimum == Bytes([0xFF, 0xFE, 0xD4]) && found["decimal"]?.maximum == Bytes([0, 1, 0x2B]))
        #expect(found["text"]?.minimum == Bytes("z" + String(repeating: "é", count: 31))[0..<63])
        #expect(found["text"]?.maximum == Bytes(String(repeating: "é", count: 31) + "ê"))
        #expect(found["text"]?.isMinimumExact == false && found["text"]?.isMaximumExact == false)
        #expect(found["top"]?.minimum == Bytes() && found["top"]?.isMinimumExact == true && found["top"]?.maximum == nil)
        #expect(found["carry"]?.maximum == Bytes([2]) && found["carry"]?.isMaximumExact == false)
        #expect(found["last"]?.maximum == Bytes(String(repeating: "\u{D7FF}", count: 20) + "\u{E000}"))
        #expect(found["nulls"]?.minimum == nil && found["nulls"]?.nullCount == 4)
        #expect(found["boolean"]?.minimum == Bytes([1]) && found["boolean"]?.maximum == Bytes([1]))
    }

    @Test func `a repeating column gets a dictionary, a distinct one none, one that turns distinct leaves it`() throws {
        let count = 60_000
        let batch = RecordBatch([
            "few": Column(strings: (0..<count).map { "city \($0 % 50)" }), "few64": Column(int64: (0..<count).map { Int64($0 % 50) }),
            "all": Column(strings: (0..<count).map { "key \($0)" }), "all64": Column(int64: (0..<count).map { Int64($0) * 7 }),
            "turns": Column(strings: (0..<count).map { $0 < 25_000 ? "x" : "late and distinct value \($0)" }),
            "null": Column(.string, cells: Array(repeating: .null, count: count)),
        ])
        let file = try readBack(writer(batch) { $0.dictionaryBytes = 100_000 }.finish())
        #expect(file.rows == (0..<count).map { batch.row(at: $0) })
        let encodings = file.metadata.rowGroups[0].columns.map(\.encodings)
        #expect(encodings[0] == [.plain, .runLength, .runLengthDictionary] && encodings[1] == encodings[0])
        #expect(encodings[2] == [.plain, .runLength] && encodings[3] == encodings[2] && encodings[5] == encodings[2])
        let turns = file.metadata.rowGroups[0].columns[4]
        #expect(turns.encodings == encodings[0] && turns.encodingStatistics.count == 3, "codes first, then PLAIN")
        #expect(turns.dictionaryPageOffset != nil)
    }

    @Test func `what the schema or the type forbids is refused with the column's name`() throws {
        let rejected: [(Field, Column)] = [
            (Field("a", .int32, nullable: false), Column(int32: [1, nil])),
            (Field("a", .list(element: Field("element", .string, nullable: false))), Column(.list(.string), cells: [.list(["x", nil])])),
            (Field("a", .struct([Field("b", .int64, nullable: false)])), Column(.struct([Field("b", .int64)]), cells: [.fields([nil])])),
            (Field("a", .map(.string, .int64)), Column(
                .map(.string, .int64), count: 1,
                values: .map(offsets: Bytes([0, 0, 0, 0, 1, 0, 0, 0]), keys: Column(strings: [nil]), values: Column(int64: [1])))),
            (Field("a", .decimal(precision: 4, scale: 2)), Column(decimals: [10_000], precision: 4, scale: 2)),
        ]
        for (field, column) in rejected {
            let writer = try ParquetFileWriter(schema: [field])
            let typed = Column(field.type, count: column.count, values: column.values.retyped(field.type), validity: column.validity)
            let error = #expect(throws: ParquetError.self) {
                try writer.append(RecordBatch(schema: [field], columns: [typed], rowCount: typed.count))
            }
            #expect(error?.kind == .unsupported && error?.column != nil)
        }
        #expect(throws: ParquetError.self) { try ParquetFileWriter(schema: [Field("a", .struct([]))]) }
    }

    @Test func `a null in a child of a null parent is nobody's, whatever the child holds`() throws {
        let member = Field("b", .int64, nullable: false)
        let children = Column(int64: [7, nil, 9])
        let parents = Column(.struct([member]), count: 3, values: .fields([children]), validity: Bitmap([true, false, true]))
        let lists = Column(
            .list(.string), count: 3, values: .list(offsets: Bytes([1, 0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0]), elements: Column(strings: ["no", "a", "no", "no", "no"])),
            validity: Bitmap([true, false, true]))
        let schema: Schema = [Field("p", parents.type), Field("l", lists.type)]
        let batch = RecordBatch(schema: schema, columns: [parents, lists], rowCount: 3)
        let rows = try readBack(writer(batch).finish()).rows
        #expect(rows == [[.fields([7]), .list(["a"])], [.null, .null], [.fields([9]), .list([])]])
    }

    @Test func `estimatedBytes is within a fifth of the file at any moment`() throws {
        var random = SplitMix64(seed: 5)
        var options = ParquetWriteOptions()
        options.rowGroupBytes = 1 << 20
        let schema: Schema = [Field("key", .string), Field("city", .string), Field("n", .int64), Field("noise", .double), Field("text", .string)]
        let words = (0..<300).map { _ in String(random.next(), radix: 36) }
        func batch(_ rows: Int) -> RecordBatch {
            RecordBatch([
                "key": Column(strings: (0..<rows).map { _ in "conversation-\(random.next() % 1_000_000)" }),
                "city": Column(strings: (0..<rows).map { _ in words[Int(random.next() % 40)] }),
                "n": Column(int64: (0..<rows).map { Int64($0) }), "noise": Column(doubles: (0..<rows).map { _ in Double(random.next()) }),
                "text": Column(strings: (0..<rows).map { _ in (0..<8).map { _ in words[Int(random.next() % 300)] }.joined(separator: " ") }),
            ])
        }
        // One after another: what was estimated at each stop, against a file that ends there.
        for stop in [300, 2000, 9000, 30_000] {
            let writer = try ParquetFileWriter(schema: schema, options: options)
            while writer.rowCount < stop { try writer.append(batch(300)) }
            let estimate = writer.estimatedBytes
            _ = try writer.finish()
            #expect(abs(estimate - writer.writtenBytes) < writer.writtenBytes / 5, "\(stop) rows: \(estimate), \(writer.writtenBytes) in the end")
            #expect(writer.estimatedBytes == writer.writtenBytes)
        }
    }

    @Test func `pages and row groups keep to their limits, and a file without rows has no row group`() throws {
        let batch = RecordBatch(["a": Column(strings: (0..<5000).map { String(repeating: "x", count: $0 % 400) + "\($0)" })])
        let writer = try writer(batch) {
            $0.rowGroupRows = 1500
            $0.pageBytes = 10_000
            $0.codec = .none
            $0.usesDictionaries = false
        }
        let metadata = try readBack(writer.finish()).metadata
        #expect(metadata.rowGroups.map(\.rowCount) == [1500, 1500, 1500, 500])
        let chunk = metadata.rowGroups[0].columns[0]
        let pages = Int(chunk.encodingStatistics.first?.pageCount ?? 0)
        #expect(pages >= Int(chunk.uncompressedByteCount) / 20_000 && pages > 20)
        #expect(metadata.createdBy == "tarn version 0.1.0" && metadata.columnOrders == [.byType])
        let empty = try ParquetFileWriter(schema: batch.schema)
        let none = try readBack(empty.finish())
        #expect(none.metadata.rowGroups.isEmpty && none.rows.isEmpty && none.metadata.schema == batch.schema)
    }
}

extension Column.Values {
    /// The same values for a type that differs in what may be null.
    fileprivate func retyped(_ type: DataType) -> Column.Values {
        guard case .fields(let columns) = self, case .struct(let fields) = type else { return self }
        return .fields(zip(columns, fields).map { Column($1.type, count: $0.count, values: $0.values, validity: $0.validity) })
    }
}
