import TarnBase
package import TarnColumns
import TarnTable

/// The record keys and partition paths that a table's columns give, by the rules of its key generator (hudi-format §6.3, §6.4).
struct KeyTexts {
    /// How a key of several columns, or of the complex generator, is spelled.
    enum Form: Hashable { case bare, named }

    private let properties: TableProperties

    init(_ properties: TableProperties) { self.properties = properties }

    /// Forms a record key may have; empty where keys are made up by the writer.
    var forms: [Form] {
        switch properties.recordKeyFields.count {
        case 0: []
        case 1: properties.keyGenerator == .complex || properties.keyGenerator == .globalDelete ? [.bare, .named] : [.bare]
        default: [.named]
        }
    }

    /// The columns that keys are made of; nil if the file lacks one. Top-level columns of these names must be read.
    var topLevelColumns: Set<String> {
        Set((properties.recordKeyFields + properties.partitionFields).flatMap { [$0, String($0.prefix { $0 != "." })] })
    }

    /// nil where a column is missing or its text cannot be told for certain.
    func recordKeys(_ batch: RecordBatch, as form: Form, isExact: Bool = true) -> Column? {
        guard let columns = texts(properties.recordKeyFields, of: batch, isExact: isExact), !columns.isEmpty else { return nil }
        if form == .bare { return columns.count == 1 ? columns[0] : nil }
        return Column.joinedText(
            zip(properties.recordKeyFields, columns).map { ("\($0):", $1) }, separator: ",", null: "__null__", empty: "__empty__")
    }

    /// The partition paths that rows of the batch give, each once; nil where they cannot be told.
    func partitionPaths(_ batch: RecordBatch) -> Set<String>? {
        if properties.keyGenerator == .nonpartitioned { return batch.rowCount > 0 ? [""] : [] }
        guard properties.keyGenerator == .simple || properties.keyGenerator == .complex, properties.isPartitioned, !properties.dropsPartitionColumns,
            let columns = texts(properties.partitionFields, of: batch, isExact: true)
        else { return nil }
        let joined = Column.joinedText(columns.map { ("", $0) }, separator: "\u{1}", null: "\u{2}", empty: "\u{3}")
        var paths: Set<String> = []
        for row in joined.firstRowsOfValues(limit: 64) {
            let segments = zip(properties.partitionFields, columns).map { field, column in
                let text = column.text(at: row)
                let value = text.flatMap { $0.isEmpty ? nil : $0 } ?? PartitionPathFormat.defaultValue
                let isDefault = value == PartitionPathFormat.defaultValue
                let encoded = properties.urlEncodedPartitions && !isDefault ? PartitionPathFormat.escaped(value) : value
                return properties.hiveStylePartitions ? "\(field)=\(encoded)" : encoded
            }
            paths.insert(segments.joined(separator: "/"))
        }
        return paths
    }

    private func texts(_ fields: [String], of batch: RecordBatch, isExact: Bool) -> [Column]? {
        var columns: [Column] = []
        for field in fields {
            guard let column = batch.member(field), !column.type.isNested, !isExact || KeyTexts.isCertain(column.type), let text = try? column.renderText()
            else { return nil }
            columns.append(text)
        }
        return columns
    }

    /// Timestamps are written in two ways, which no property tells apart; binary keys are too rare to be sure of.
    private static func isCertain(_ type: DataType) -> Bool {
        switch type {
        case .timestamp, .time, .binary: false
        default: !type.isNested
        }
    }
}

extension RecordBatch {
    /// The column of this name, or the member of a struct that a dotted name reaches.
    fileprivate func member(_ name: String) -> Column? {
        if let column = self[name] { return column }
        var parts = name.split(separator: ".").map(String.init)[...]
        guard let first = parts.popFirst(), var column = self[first] else { return nil }
        for part in parts {
            guard case .struct(let fields) = column.type, case .fields(let members) = column.values, column.nullCount == 0,
                let index = fields.firstIndex(where: { $0.name == part })
            else { return nil }
            column = members[index]
        }
        return column
    }
}

extension Column {
    /// The text of a row; nil for null.
    package func text(at row: Int) -> String? {
        guard case .text(let bytes) = cell(at: row) else { return nil }
        return bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }
}
