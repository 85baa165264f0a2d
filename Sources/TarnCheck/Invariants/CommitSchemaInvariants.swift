import TarnAvro
import TarnBase
import TarnColumns
import TarnTable

/// The schema a commit carries.
struct CommitColumns {
    /// Without meta fields.
    let schema: Schema
    /// Of the Avro record, with its namespace.
    let recordName: String?

    static func recordName(_ avro: AvroSchema) -> String? {
        if case .record(let record) = avro.shape { record.name.fullName } else { nil }
    }
}

/// What must hold of the schema a commit carries (hudi-format §3.3).
struct CommitSchemaInvariants {
    /// Most commits repeat the schema of the one before.
    private var last: (text: String, columns: CommitColumns)?

    /// - Returns: The columns, without meta fields; nil where there are none that parse.
    mutating func check(_ instant: Instant, _ metadata: CommitMetadata) -> (columns: CommitColumns?, findings: [Finding]) {
        let path = TableFacts.metaPath(instant.fileName.text)
        func finding(_ message: String) -> Finding { Finding(.commitSchema, at: path, instant: instant.time, message) }
        guard let text = metadata.schemaText else {
            if [.deletePartition, .index, .bootstrap].contains(metadata.operation) { return (nil, []) }
            return (nil, [finding("the commit carries no schema")])
        }
        if let last, last.text == text { return (last.columns, []) }
        do {
            let avro = try AvroSchema(parsing: text)
            let columns = CommitColumns(schema: try Schema(avro: avro, droppingMetaFields: true), recordName: CommitColumns.recordName(avro))
            last = (text, columns)
            let mayHaveMetaFields = metadata.operation == .deletePartition || metadata.extraMetadata["latest_schema"] != nil
            return (columns, CommitSchemaInvariants.problems(avro, mayHaveMetaFields: mayHaveMetaFields).map(finding))
        } catch where error.code == .unsupported {
            return (nil, [Finding(.unsupported, at: path, instant: instant.time, "the schema has a type that is not judged: \(TableError(error).message)")])
        } catch {
            return (nil, [finding("the schema does not parse: \(TableError(error).message)")])
        }
    }

    private static func problems(_ avro: AvroSchema, mayHaveMetaFields: Bool) -> [String] {
        guard case .record(let record) = avro.shape else { return ["the schema is no record"] }
        var problems: [String] = []
        let meta = record.fields.map(\.name).filter { MetaFields.names.contains($0) }
        if !meta.isEmpty, !mayHaveMetaFields { problems.append("the schema has meta fields: \(meta.joined(separator: ", "))") }
        for field in record.fields {
            guard case .union(let branches) = field.schema.shape else { continue }
            if branches.count != 2 || branches[0].shape != .null || field.defaultValue != JSON.null {
                problems.append("a nullable column is [\"null\", T] with default null: \(field.name)")
            }
        }
        return problems
    }
}
