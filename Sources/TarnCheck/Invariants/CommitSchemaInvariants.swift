import TarnAvro
import TarnBase
import TarnColumns
import TarnTable

/// What must hold of the schema a commit carries (hudi-format §3.3).
struct CommitSchemaInvariants {
    /// Most commits repeat the schema of the one before.
    private var last: (text: String, schema: Schema?)?

    /// - Returns: The columns, without meta fields; nil where there are none that parse.
    mutating func check(_ instant: Instant, _ metadata: CommitMetadata) -> (schema: Schema?, findings: [Finding]) {
        let path = TableFacts.metaPath(instant.fileName.text)
        func finding(_ message: String) -> Finding { Finding(.commitSchema, at: path, instant: instant.time, message) }
        guard let text = metadata.schemaText else {
            if [.deletePartition, .index, .bootstrap].contains(metadata.operation) { return (nil, []) }
            return (nil, [finding("the commit carries no schema")])
        }
        if let last, last.text == text, last.schema != nil { return (last.schema, []) }
        do {
            let avro = try AvroSchema(parsing: text)
            let schema = try Schema(avro: avro, droppingMetaFields: true)
            last = (text, schema)
            let mayHaveMetaFields = metadata.operation == .deletePartition || metadata.extraMetadata["latest_schema"] != nil
            return (schema, CommitSchemaInvariants.problems(avro, mayHaveMetaFields: mayHaveMetaFields).map(finding))
        } catch where error.code == .unsupported {
            return (nil, [Finding(.unsupported, at: path, instant: instant.time, "the schema has a type that is not judged: \(TableFault(error).message)")])
        } catch {
            return (nil, [finding("the schema does not parse: \(TableFault(error).message)")])
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
