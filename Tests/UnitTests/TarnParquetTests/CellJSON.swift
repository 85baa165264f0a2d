import TarnBase
import TarnColumns

extension Cell {
    /// One cell of the .ndjson files of compare_parquet.py, which says what stands for what.
    var json: String {
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
