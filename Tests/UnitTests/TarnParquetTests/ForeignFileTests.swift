import TarnBase
import TarnColumns
import TarnParquet
import Testing

/// Files of other writers; `Fixtures/parquet/recipe.py` makes them.
struct ForeignFileTests {
    static let flat = [
        #"(true, 1, -2147483648, 4294967295, 18446744073709551615, -9223372036854775808, 1.5, 1.5, 0.1, "", x00ff, x616263, 19782, 1709208000123, 1709208000123456, 3723004000, 12340, 125)"#,
        #"(null, null, 0, 0, null, 9223372036854775807, -0.25, null, 1e+300, "żółw", x, null, null, null, null, null, -10, null)"#,
        #"(false, -3, null, 1, 0, 0, null, inf, null, null, null, x78797a, -1, null, -62135596800000000, 0, null, -999)"#,
        #"(true, 2, 2147483647, null, 1, null, 65504.0, -0.1, -2.5, "longer than twelve bytes", x30313233343536373839616263646566, x000102, 19782, -2208988800000, 1709208000123456, null, null, 0)"#,
    ]

    static let encoded = [
        #"(true, -2147483648, -9223372036854775808, 0.1, "", x616263, 125)"#,
        #"(null, 0, 9223372036854775807, 1e+300, "żółw", null, null)"#,
        #"(false, null, 0, null, null, x78797a, -999)"#,
        #"(true, 2147483647, null, -2.5, "longer than twelve bytes", x000102, 0)"#,
    ]

    static let nested = [
        #"(1, ["a", null, "b"], [[1, 2], []], {"k": 1, "l": null}, ("Bern", (1.0, null)), [("s", [1, 2])])"#,
        #"(2, [], null, {}, null, [])"#,
        #"(3, null, [null, [3]], null, (null, null), null)"#,
        #"(4, ["c"], [], {"m": 2}, ("Rom", (null, 2.0)), [(null, null), null])"#,
        #"(5, ["a", "a"], [[4, null]], {"k": 3}, ("Bern", (0.5, 0.25)), [("t", [])])"#,
    ]

    static let duckdb = [
        #"(0, 0, null, 0.0, 0, 0, 19781, 1709078400000000, [0, null], (0, "x"), {"k": 0}, true)"#,
        #"(1, 1000, "text 1", 0.25, 101, 101, 19782, 1709078401000000, null, (1, "x"), {"k": 1}, false)"#,
        #"(2, 2000, "text 2", 0.5, 202, 202, 19783, 1709078402000000, [2, null], (2, "x"), {"k": 2}, true)"#,
        #"(3, 3000, null, 0.75, 303, 303, 19784, 1709078403000000, null, (3, "x"), {"k": 3}, false)"#,
        #"(4, 4000, "text 0", 1.0, 404, 404, 19785, 1709078404000000, [4, null], (4, "x"), {"k": 4}, true)"#,
        #"(5, 5000, "text 1", 1.25, 505, 505, 19786, 1709078405000000, null, (5, "x"), {"k": 5}, false)"#,
    ]

    static let polars = [
        #"(1, "a", [1.5, null], 1709208000123456, true)"#,
        #"(null, "żółw", null, null, false)"#,
        #"(3, null, [], 1709208000123456, null)"#,
    ]

    @Test(arguments: [
        ("flat-pyarrow", flat), ("int-decimals-v2-pyarrow", encoded), ("nested-pyarrow", nested), ("nested-v2-pyarrow", nested),
        ("duckdb", duckdb), ("polars", polars), ("old-list-structure", ["([[1, 2], [3, 4]])"]),
    ])
    func `files of other writers hold what was written, however small the batches and windows`(name: String, expected: [String]) throws {
        var file = try MemoryFile.fixture(name)
        for (batchRows, fetchBytes) in [(8192, 1 << 20), (1, 1), (2, 64), (3, 100)] {
            var options = ScanOptions(batchRows: batchRows, verifyChecksums: true)
            options.fetchBytes = fetchBytes
            #expect(try file.rows(options: options) == expected)
        }
    }

    @Test func `a chunk whose dictionary falls back to plain gives codes, then views, and a batch across both views`() throws {
        var file = try MemoryFile.fixture("dictionary-falls-back-pyarrow")
        let expected = (0..<1000).map { "(\($0), \($0 % 7 == 0 ? "null" : "\"value number \($0 < 300 ? $0 % 10 : $0)\""))" }
        for batchRows in [8192, 64, 37] { #expect(try file.rows(options: ScanOptions(batchRows: batchRows)) == expected) }
        let batches = try file.batches(columns: [1], options: ScanOptions(batchRows: 64))
        #expect(batches.map(\.schema.names) == Array(repeating: ["text"], count: batches.count))
        func isDictionary(_ batch: RecordBatch) -> Bool { if case .dictionary = batch.columns[0].values { true } else { false } }
        #expect(isDictionary(batches[0]) && !isDictionary(batches[8]))
    }

    @Test func `a scan reads the asked-for columns of the asked-for row groups, and says which rows`() throws {
        var file = try MemoryFile.fixture("dictionary-falls-back-pyarrow")
        let metadata = try file.metadata()
        #expect(metadata.rowGroups.map(\.rowCount) == [600, 400] && file.requests.count == 1)
        let before = file.requests.count
        var scan = ParquetScan(metadata: metadata, columns: [0], rowGroups: [1], options: ScanOptions(batchRows: 300))
        var ranges: [Range<Int64>] = []
        while true {
            switch try scan.next() {
            case .needs(let needed): try scan.supply(file.read(needed))
            case .done(let batch?):
                #expect(batch.columns.count == 1 && batch.rowCount == scan.rowRange.count)
                #expect(shown(batch, 0) == "(\(scan.firstRow))")
                ranges.append(scan.rowRange)
                continue
            case .done(nil):
                #expect(ranges == [600..<900, 900..<1000])
                #expect(file.requests.count == before + 1, "one chunk, one window")
                return
            }
        }
    }

    @Test func `a projection of no columns still counts the rows`() throws {
        var file = try MemoryFile.fixture("dictionary-falls-back-pyarrow")
        #expect(try file.batches(columns: []).reduce(0) { $0 + $1.rowCount } == 1000)
        #expect(file.requests.count == 1, "the footer alone")
    }
}
