import TarnAvro
package import TarnColumns

/// The five columns that Hudi puts in front of a table's own (hudi-format §4.2).
package enum MetaFields {
    package static let commitTime = names[0]
    package static let commitSequence = names[1]
    package static let recordKey = names[2]
    package static let partitionPath = names[3]
    package static let fileName = names[4]

    /// In their order in the file.
    package static let names = HudiNames.metaFields
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
