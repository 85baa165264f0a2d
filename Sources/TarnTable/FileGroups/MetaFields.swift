package import TarnColumns

/// The five columns that Hudi puts in front of a table's own (hudi-format §4.2).
package enum MetaFields {
    package static let commitTime = "_hoodie_commit_time"
    package static let commitSequence = "_hoodie_commit_seqno"
    package static let recordKey = "_hoodie_record_key"
    package static let partitionPath = "_hoodie_partition_path"
    package static let fileName = "_hoodie_file_name"

    /// In their order in the file.
    package static let names = [commitTime, commitSequence, recordKey, partitionPath, fileName]
    package static let fields = names.map { Field($0, .string) }

    /// The sixth, which Flink writes; not ours to write, and not the table's.
    package static let operation = "_hoodie_operation"
    /// A column of the user's that marks deletes, despite its name.
    package static let deleteMark = "_hoodie_is_deleted"

    /// Whether a column is Hudi's own and no column of the table.
    package static func isMetaField(_ name: String) -> Bool { names.contains(name) || name == operation }

    /// The schema of base files: the meta fields, then the table's.
    /// - Precondition: the table's schema has none of them.
    package static func schema(inFrontOf schema: Schema) -> Schema { Schema(fields + schema.fields) }

    /// A file's schema without them.
    package static func removed(from schema: Schema) -> Schema { Schema(schema.fields.filter { !isMetaField($0.name) }) }
}
