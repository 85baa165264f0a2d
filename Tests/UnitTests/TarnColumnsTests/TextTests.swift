import TarnBase
import TarnColumns
import Testing

struct TextTests {
    private static let schema: Schema = [
        Field("b", .boolean), Field("i", .int32), Field("l", .int64), Field("f", .float), Field("d", .double), Field("s", .string),
        Field("x", .binary), Field("day", .date), Field("t", .time), Field("ms", .timestamp(.milliseconds)), Field("us", .timestamp(.microseconds)),
        Field("ns", .timestamp(.nanoseconds)), Field("dec", .decimal(precision: 38, scale: 3)), Field("list", .list(.int32)),
        Field("m", .map(.string, .double)), Field("im", .map(.int32, .string)), Field("st", .struct([Field("q\"", .string), Field("z", .float)])),
    ]
    private static let rows: [[Cell]] = [
        [
            true, -7, .int(.min), .float(0.1), 0.1, "a \"q\"\\\n\u{1}é", .text(Bytes([0, 255, 16])), 19782, .int(3_723_000_004), -1,
            1_704_164_645_678_901, -1, .decimal(-5), .list([1, nil]), .map([.init("k", .double(.nan))]), .map([.init(1, "one")]),
            .fields(["v", .float(-.infinity)]),
        ],
        [nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil],
        [
            false, 0, .int(.max), .float(16_777_216), 1e300, "", .text(Bytes([1])), -719_529, 0, 0, 253_402_300_799_999_999, 0,
            .decimal(Int128("99999999999999999999999999999999999999")!), .list([]), .map([]), .map([]), .fields([nil, nil]),
        ],
    ]

    @Test func `ndjson looks as the command line promises`() {
        let writer = NDJSONWriter(schema: Self.schema)
        let text = writer.append(RecordBatch(schema: Self.schema, rows: Self.rows)).printableText.split(separator: "\n")
        #expect(
            text[0] == """
                {"b":true,"i":-7,"l":-9223372036854775808,"f":0.1,"d":0.1,"s":"a \\"q\\"\\\\\\n\\u0001é","x":"AP8Q","day":"2024-02-29","t":"01:02:03.000004","ms":"1969-12-31T23:59:59.999Z","us":"2024-01-02T03:04:05.678901Z","ns":"1969-12-31T23:59:59.999999999Z","dec":"-0.005","list":[1,null],"m":{"k":"NaN"},"im":[[1,"one"]],"st":{"q\\"":"v","z":"-Infinity"}}
                """)
        #expect(text[1].hasPrefix("{\"b\":null,\"i\":null") && text[1].hasSuffix("\"im\":null,\"st\":null}"))
        #expect(
            text[2] == """
                {"b":false,"i":0,"l":9223372036854775807,"f":16777216.0,"d":1e+300,"s":"","x":"AQ==","day":"-0001-12-31","t":"00:00:00.000000","ms":"1970-01-01T00:00:00.000Z","us":"9999-12-31T23:59:59.999999Z","ns":"1970-01-01T00:00:00.000000000Z","dec":"99999999999999999999999999999999999.999","list":[],"m":{},"im":[],"st":{"q\\"":null,"z":null}}
                """)
    }

    @Test func `text that is not UTF-8 still gives legal JSON`() throws {
        var make = RandomColumns()
        for length in 0..<40 {
            let bytes = (0..<length).map { _ in UInt8(make.int(0..<256)) }
            let batch = RecordBatch(schema: [Field("s", .string)], rows: [[.text(Bytes(bytes))]])
            let json = try JSON(parsing: NDJSONWriter(schema: batch.schema).append(batch))
            #expect(json["s"]?.stringValue == String(decoding: bytes, as: UTF8.self))
            #expect(bytes.withUnsafeBytes { UTF8Check.isValid($0) } == (String(validating: bytes, as: UTF8.self) != nil))
        }
    }

    @Test(arguments: RandomColumns.allTypes)
    func `every form of column prints as its plain form does, and as legal JSON`(type: DataType) throws {
        var make = RandomColumns()
        for rows in [0, 1, 9, 65] {
            let column = make.column(type, rows: rows)
            let schema: Schema = [Field("c", type)]
            let plain = Column(type, cells: column.cells)
            for make in [{ NDJSONWriter(schema: schema) as any RowTextWriter }, { CSVWriter(schema: schema) }, { TableText(schema: schema) }] {
                let texts = [column, plain].map { column in
                    var writer = make()
                    let first = writer.append(RecordBatch(schema: schema, columns: [column], rowCount: rows))
                    return first.array + writer.finish().array
                }
                #expect(texts[0] == texts[1])
            }
            let lines = NDJSONWriter(schema: schema).append(RecordBatch(schema: schema, columns: [column], rowCount: rows))
            for line in lines.printableText.split(separator: "\n") { _ = try JSON(parsing: String(line)) }
        }
    }

    @Test func `floating-point numbers print the shortest digits of their width`() throws {
        var make = RandomColumns()
        var doubles: [Double] = [0, -0.0, 0.1, 1e-5, 123_456.7891, 1e11, 99_999_999_999.9999, 2.5e15, .leastNonzeroMagnitude, .greatestFiniteMagnitude]
        var floats: [Float] = [0, -0.0, 0.1, 1e-5, 16_777_216, 999_999.94, 0.3, 1e6, .leastNonzeroMagnitude]
        for _ in 0..<3000 {
            let digits = Double(make.int(-99_999_999..<99_999_999))
            doubles += [digits / 100, digits / 10_000, digits * 1e5, Double(bitPattern: make.random64())]
            floats += [Float(digits) / 1e6, Float(digits / 1e4), Float(bitPattern: UInt32(truncatingIfNeeded: make.random64()))]
        }
        func lines(_ column: Column) -> [String] {
            let batch = RecordBatch(["c": column])
            return CSVWriter(schema: batch.schema).lines(batch)
        }
        doubles.removeAll { !$0.isFinite }
        floats.removeAll { !$0.isFinite }
        for (text, value) in zip(lines(Column(doubles: doubles)), doubles) { #expect(text == "\(value)") }
        for (text, value) in zip(lines(Column(floats: floats)), floats) { #expect(text == "\(value)") }
        // Java's form reads back too, and has one digit before the point when it has an exponent.
        for value in doubles {
            let text = JavaNumbers.text(value)
            #expect(Double(text) == value && text.contains("E") == (value != 0 && !(1e-3..<1e7).contains(value.magnitude)), "\(value)")
        }
        for value in floats { #expect(Float(JavaNumbers.text(value)) == value) }
    }

    @Test func `csv quotes what needs it and tells null from empty`() {
        let batch = RecordBatch(["a,b": Column(strings: ["x", "", nil, "say \"hi\", you", "two\r\nlines"]), "n": Column(int64: [1, nil, 2, 3, 4])])
        var writer = CSVWriter(schema: batch.schema)
        #expect(writer.append(batch).printableText == "\"a,b\",n\nx,1\n\"\",\n,2\n\"say \"\"hi\"\", you\",3\n\"two\r\nlines\",4\n")
        #expect(writer.append(batch.slice(0..<1)).printableText == "x,1\n")
        var empty = CSVWriter(schema: batch.schema, lineEnd: "\r\n")
        #expect(empty.finish().printableText == "\"a,b\",n\r\n")
    }

    @Test func `a table is aligned, cut and safe for the terminal`() {
        let batch = RecordBatch([
            "name": Column(strings: ["Ann", "日本語", "\u{1B}[31mred", "a very long name that goes on"]),
            "fare": Column(doubles: [1.5, nil, -20, 3]),
        ])
        var table = TableText(schema: batch.schema, maximumWidth: 12)
        #expect(table.append(batch).isEmpty)
        #expect(
            table.finish().printableText == """
                name          fare
                ------------  -----
                Ann             1.5
                日本語         null
                \\u{1b}[31mr…  -20.0
                a very long…    3.0

                """.replacingLine(of: "name          fare", with: "name           fare"))
    }

    @Test func `record keys and partition values are rendered as Hudi does`() throws {
        func texts(_ column: Column) throws -> [Cell] { try column.renderText().cells }
        #expect(try texts(Column(booleans: [true, false, nil])) == ["true", "false", nil])
        #expect(try texts(Column(int64: [.min, 0])) == ["-9223372036854775808", "0"])
        #expect(
            try texts(Column(doubles: [1, -0.5, 1e10, 1e-7, 12_345_678.9, 0, -0.0, 0.001, 0.00099, 9_999_999, 1e7, .nan, -.infinity, 100, 5_333_333.333333333]))
                == ["1.0", "-0.5", "1.0E10", "1.0E-7", "1.23456789E7", "0.0", "-0.0", "0.001", "9.9E-4", "9999999.0", "1.0E7", "NaN", "-Infinity", "100.0", "5333333.333333333"])
        #expect(try texts(Column(floats: [0.1, -3.4e38])) == ["0.1", "-3.4E38"])
        #expect(try texts(Column(dates: [-135_081, 14])) == ["1600-02-29", "1970-01-15"])
        #expect(try texts(Column(decimals: [15_000, 0, -123_456_789_000], precision: 20, scale: 4)) == ["1.5000", "0.0000", "-12345678.9000"])
        #expect(try texts(Column(decimals: [0, 12, 1_000_000_000], precision: 20, scale: 8)) == ["0E-8", "1.2E-7", "10.00000000"])
        #expect(try texts(Column(timestamps: [1_704_164_645_678_901, -1], .microseconds)) == ["1704164645678901", "-1"])
        #expect(try texts(Column(binaries: [[0x10, 0xFF], []])) == ["10ff", ""])
        let coded = try Column(codes: [1, nil, 0], dictionary: Column(int32: [5, 6])).renderText()
        #expect(coded.cells == ["6", nil, "5"])
        #expect(throws: ColumnError.self) { try Column(.list(.string), cells: [.list([])]).renderText() }
    }

    @Test func `dates and times read back what they print`() {
        for days in stride(from: -1_000_000, through: 4_000_000, by: 97) {
            let date = CivilDate(daysSinceEpoch: days)
            #expect(CivilDate(year: date.year, month: date.month, day: date.day)?.daysSinceEpoch == days)
        }
        for text in ["2024-02-30", "2023-02-29", "2024-13-01", "2024-00-10", "24-01-01", "2024-1-1", "2024-01-01x", "", "2024-01-0a"] {
            #expect(TimeParsing.date(text) == nil)
        }
        #expect(TimeParsing.date("2024-02-29") == 19782 && TimeParsing.date("1600-02-29") == -135_081)
        let times: [(String, Int64?)] = [
            ("2024-01-02T03:04:05.678901Z", 1_704_164_645_678_901), ("2024-01-02 03:04:05.678901", 1_704_164_645_678_901),
            ("2024-01-02T05:04:05.678901+02:00", 1_704_164_645_678_901), ("2024-01-01T21:34:05.678901-05:30", 1_704_164_645_678_901),
            ("1969-12-31T23:59:59.999999Z", -1), ("2024-01-02", 1_704_153_600_000_000), ("2024-01-02T03:04Z", 1_704_164_640_000_000),
            ("2024-01-02T03:04:05.1234567Z", nil), ("2024-01-02T03:04:05.1234560Z", 1_704_164_645_123_456), ("2024-01-02T24:00:00Z", nil),
            ("2024-01-02T03:04:60Z", nil), ("2024-01-02T03:04:05.Z", nil), ("2024-01-02T03:04:05ZZ", nil), ("2024-01-02T", nil), ("now", nil),
        ]
        for (text, value) in times { #expect(TimeParsing.timestamp(text, .microseconds) == value, "\(text)") }
        #expect(TimeParsing.timestamp("9999-01-01", .nanoseconds) == nil)
        #expect(TimeParsing.time("01:02:03.000004") == 3_723_000_004 && TimeParsing.time("25:00:00") == nil)
    }

    @Test func `decimals are read exactly or not at all`() {
        func parse(_ text: String, _ precision: Int = 10, _ scale: Int = 2) -> Int128? {
            Bytes(text).withUnsafeBytes { Decimals.parse($0, precision: precision, scale: scale) }
        }
        #expect(parse("12.5") == 1250 && parse("-0.05") == -5 && parse("+1") == 100 && parse("1.500") == 150 && parse("2e3") == 200_000 && parse(".5") == 50)
        #expect(parse("1.505") == nil && parse("123456789") == nil && parse("") == nil && parse("-") == nil && parse("1e") == nil && parse("1.2.3") == nil && parse("1e999") == nil)
        #expect(parse(String(repeating: "9", count: 38), 38, 0) == Int128(String(repeating: "9", count: 38)))
        #expect(parse(String(repeating: "9", count: 60), 38, 0) == nil)
        #expect(Decimals.text(-5, scale: 2) == "-0.05" && Decimals.text(100, scale: 0) == "100")
    }
}

extension RandomColumns {
    fileprivate mutating func random64() -> UInt64 { UInt64(bitPattern: Int64(int(Int.min..<Int.max))) }
}

extension CSVWriter {
    fileprivate func lines(_ batch: RecordBatch) -> [String] {
        var writer = self
        return writer.append(batch).printableText.split(separator: "\n").dropFirst().map(String.init)
    }
}

extension String {
    fileprivate func replacingLine(of line: String, with other: String) -> String {
        split(separator: "\n", omittingEmptySubsequences: false).map { $0 == line ? other : String($0) }.joined(separator: "\n")
    }
}
