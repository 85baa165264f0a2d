import Glibc
import TarnBase
import TarnColumns
import TarnParquet
import TarnTestSupport
import Testing

@Suite struct WrittenFileTests {
    @Test func `pyarrow and DuckDB read random files of ours as the rows that went in`() throws {
        let folder = try TemporaryFolder()
        var random = RandomColumns()
        for (number, rows) in [0, 1, 3, 70, 600, 3000].enumerated() {
            let file = RandomFile(&random, rows: rows)
            try write(file.written(keyValueMetadata: [("a", "b")]), to: "\(folder.path)/\(number).parquet")
            try write([Bytes(file.rows.map { $0.map(\.json).joined(separator: ",") }.map { "[\($0)]\n" }.joined())], to: "\(folder.path)/\(number).ndjson")
        }
        print(try Python.run("compare_parquet.py", [folder.path]))
    }

    private func write(_ pieces: [Bytes], to path: String) throws {
        let file = try #require(fopen(path, "w"))
        defer { fclose(file) }
        for piece in pieces { piece.withUnsafeBytes { _ = fwrite($0.baseAddress, 1, $0.count, file) } }
    }
}

extension Cell {
    /// As compare_parquet.py expects it.
    fileprivate var json: String {
        switch self {
        case .null: "null"
        case .boolean(let value): "[\"b\",\(value)]"
        case .int(let value): "[\"i\",\"\(value)\"]"
        case .float(let value): "[\"f\",\"\(value.isNaN ? "nan" : hex(value.bitPattern, 8))\"]"
        case .double(let value): "[\"f\",\"\(value.isNaN ? "nan" : hex(value.bitPattern, 16))\"]"
        case .decimal(let value): "[\"d\",\"\(value)\"]"
        case .text(let bytes): "[\"t\",\"\(bytes.array.map { hex($0, 2) }.joined())\"]"
        case .list(let cells): "[\"l\",[\(cells.map(\.json).joined(separator: ","))]]"
        case .map(let entries): "[\"m\",[\(entries.map { "[\($0.key.json),\($0.value.json)]" }.joined(separator: ","))]]"
        case .fields(let cells): "[\"s\",[\(cells.map(\.json).joined(separator: ","))]]"
        }
    }

    private func hex(_ value: some UnsignedInteger, _ digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: digits - text.count) + text
    }
}
