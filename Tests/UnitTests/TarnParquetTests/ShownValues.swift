import TarnBase
import TarnColumns

/// One value as text, for expectations: `null`, `true`, `12`, `1.5`, `"text"`, `x00ff`, `[1, null]`, `{"k": 1}`, `(1, "a")`.
/// Dates, times and timestamps are their numbers; decimals are unscaled.
func shown(_ column: Column, _ row: Int) -> String {
    if column.isNull(row) { return "null" }
    switch column.values {
    case .bits(let bits): return bits[row] ? "true" : "false"
    case .fixed(let bytes): return number(bytes, column.type, row)
    case .views(let views): return content(views.bytes(at: row), column.type)
    case .dictionary(let codes, let dictionary): return shown(dictionary, codes.withValues(of: UInt32.self) { Int($0[row]) })
    case .list(let offsets, let elements):
        return "[" + range(offsets, row).map { shown(elements, $0) }.joined(separator: ", ") + "]"
    case .map(let offsets, let keys, let values):
        return "{" + range(offsets, row).map { shown(keys, $0) + ": " + shown(values, $0) }.joined(separator: ", ") + "}"
    case .fields(let columns): return "(" + columns.map { shown($0, row) }.joined(separator: ", ") + ")"
    }
}

/// All columns of a row, as a struct would be written.
func shown(_ batch: RecordBatch, _ row: Int) -> String { "(" + batch.columns.map { shown($0, row) }.joined(separator: ", ") + ")" }

private func range(_ offsets: Bytes, _ row: Int) -> Range<Int> {
    offsets.withValues(of: Int32.self) { Int($0[row])..<Int($0[row + 1]) }
}

private func number(_ bytes: Bytes, _ type: DataType, _ row: Int) -> String {
    switch type {
    case .float: bytes.withValues(of: Float.self) { "\($0[row])" }
    case .double: bytes.withValues(of: Double.self) { "\($0[row])" }
    case .decimal: bytes.withValues(of: Int128.self) { "\($0[row])" }
    case .int32, .date: bytes.withValues(of: Int32.self) { "\($0[row])" }
    default: bytes.withValues(of: Int64.self) { "\($0[row])" }
    }
}

private func content(_ bytes: Bytes, _ type: DataType) -> String {
    if type == .string { return "\"\(bytes.printableText)\"" }
    return "x" + bytes.array.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
