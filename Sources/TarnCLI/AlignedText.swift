/// Rows of cells in columns, for people.
enum AlignedText {
    /// The first row is the header. Cells that are numbers are aligned to the right.
    static func table(_ rows: [[String]]) -> String {
        guard let header = rows.first else { return "" }
        let widths = header.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let numeric = header.indices.map { column in
            rows.count > 1 && rows.dropFirst().allSatisfy { row in row[column].allSatisfy { $0.isNumber || "-.,".contains($0) } }
        }
        return rows.map { row in
            let cells = row.indices.map { column -> String in
                let blanks = String(repeating: " ", count: widths[column] - row[column].count)
                return numeric[column] ? blanks + row[column] : row[column] + blanks
            }
            var line = cells.joined(separator: "  ")
            while line.hasSuffix(" ") { line.removeLast() }
            return line + "\n"
        }.joined()
    }
}

extension Duration {
    /// `340 ms`, `42 s`, `12 min`, `5.2 h`, `3.1 d`.
    var shortText: String {
        let milliseconds = components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
        func tenths(_ unit: Int64) -> String { "\(milliseconds / unit).\(milliseconds % unit * 10 / unit)" }
        return switch milliseconds {
        case ..<1000: "\(milliseconds) ms"
        case ..<100_000: "\(tenths(1000)) s"
        case ..<5_400_000: "\(milliseconds / 60_000) min"
        case ..<129_600_000: "\(tenths(3_600_000)) h"
        default: "\(tenths(86_400_000)) d"
        }
    }
}
