package import TarnBase

/// Rows as a table for people: a header, columns two blanks apart, numbers to the right, wide cells cut with `…`, control
/// characters escaped so that data cannot play with the terminal.
///
/// Column widths come from the first ``sampledRows`` rows; longer values that come later shift their line.
package struct TableText: RowTextWriter {
    package static let sampledRows = 1000

    private let schema: Schema
    private let maximumWidth: Int
    private var waiting: [[String]] = []
    private var widths: [Int]?

    /// - Parameter maximumWidth: Of one cell, in terminal columns.
    package init(schema: Schema, maximumWidth: Int = 48) {
        precondition(maximumWidth >= 4)
        self.schema = schema
        self.maximumWidth = maximumWidth
    }

    package mutating func append(_ batch: RecordBatch) -> Bytes {
        precondition(batch.columns.count == schema.fields.count)
        let values = batch.columns.map { ValueText($0, .plain) }
        let sink = TextSink()
        let output = TextSink()
        for row in 0..<batch.rowCount {
            let cells = values.map { value in
                sink.removeAll()
                value.print(row, into: sink)
                return cell(String(decoding: sink.written, as: UTF8.self))
            }
            if let widths {
                append(cells, widths, to: output)
            } else {
                waiting.append(cells)
                if waiting.count == TableText.sampledRows { flush(into: output) }
            }
        }
        return output.finish()
    }

    package mutating func finish() -> Bytes {
        let output = TextSink()
        if widths == nil { flush(into: output) }
        return output.finish()
    }

    private mutating func flush(into output: TextSink) {
        let header = schema.names.map { cell($0) }
        let widths = header.indices.map { column in
            waiting.reduce(TableText.width(header[column])) { max($0, TableText.width($1[column])) }
        }
        self.widths = widths
        append(header, widths, to: output)
        append(widths.map { String(repeating: "-", count: $0) }, widths, to: output)
        for row in waiting { append(row, widths, to: output) }
        waiting = []
    }

    private func append(_ cells: [String], _ widths: [Int], to output: TextSink) {
        var line = ""
        for (column, cell) in cells.enumerated() {
            if column > 0 { line += "  " }
            let padding = String(repeating: " ", count: max(0, widths[column] - TableText.width(cell)))
            line += TableText.isNumber(schema.fields[column].type) ? padding + cell : cell + padding
        }
        while line.last == " " { line.removeLast() }
        output.append(string: line)
        output.append(byte: UInt8(ascii: "\n"))
    }

    private static func isNumber(_ type: DataType) -> Bool {
        switch type {
        case .int32, .int64, .float, .double, .decimal: true
        default: false
        }
    }

    /// The text on one line and at most ``maximumWidth`` wide.
    private func cell(_ text: String) -> String {
        var cell = ""
        var width = 0
        for scalar in text.unicodeScalars {
            let shown = TableText.shown(scalar)
            let added = TableText.width(shown)
            if width + added > maximumWidth {
                while width > maximumWidth - 1, let last = cell.unicodeScalars.popLast() { width -= TableText.width(last) }
                return cell + "…"
            }
            cell += shown
            width += added
        }
        return cell
    }

    /// The scalar, or an escape for what would move the cursor or not be seen.
    private static func shown(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        default: break
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator:
            let digits = String(scalar.value, radix: 16)
            return "\\u{" + digits + "}"
        default: return String(scalar)
        }
    }

    private static func width(_ text: String) -> Int { text.unicodeScalars.reduce(0) { $0 + width($1) } }

    /// Terminal columns: none for combining marks, two for East Asian wide characters and emoji.
    private static func width(_ scalar: Unicode.Scalar) -> Int {
        if scalar.isASCII { return 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return 0
        default: break
        }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}
