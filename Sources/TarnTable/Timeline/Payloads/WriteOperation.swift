/// What a commit did, as `operationType` spells it (format §3.1). Java cannot read a table with a name that is not in its
/// list, so that writers choose from the constants; reading keeps whatever stands there.
package struct WriteOperation: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }

    package static let insert = WriteOperation(rawValue: "INSERT")
    package static let insertPrepped = WriteOperation(rawValue: "INSERT_PREPPED")
    package static let upsert = WriteOperation(rawValue: "UPSERT")
    package static let upsertPrepped = WriteOperation(rawValue: "UPSERT_PREPPED")
    package static let bulkInsert = WriteOperation(rawValue: "BULK_INSERT")
    package static let bulkInsertPrepped = WriteOperation(rawValue: "BULK_INSERT_PREPPED")
    package static let delete = WriteOperation(rawValue: "DELETE")
    package static let deletePrepped = WriteOperation(rawValue: "DELETE_PREPPED")
    package static let bootstrap = WriteOperation(rawValue: "BOOTSTRAP")
    package static let insertOverwrite = WriteOperation(rawValue: "INSERT_OVERWRITE")
    package static let insertOverwriteTable = WriteOperation(rawValue: "INSERT_OVERWRITE_TABLE")
    package static let deletePartition = WriteOperation(rawValue: "DELETE_PARTITION")
    package static let cluster = WriteOperation(rawValue: "CLUSTER")
    package static let compact = WriteOperation(rawValue: "COMPACT")
    package static let logCompact = WriteOperation(rawValue: "LOG_COMPACT")
    package static let index = WriteOperation(rawValue: "INDEX")
    package static let alterSchema = WriteOperation(rawValue: "ALTER_SCHEMA")
    package static let bucketRescale = WriteOperation(rawValue: "BUCKET_RESCALE")
    package static let unknown = WriteOperation(rawValue: "UNKNOWN")

    /// The names that Java 0.14 and 0.15 know; a version 6 table may hold no other.
    package static let knownToVersion6: Set<WriteOperation> = [
        .insert, .insertPrepped, .upsert, .upsertPrepped, .bulkInsert, .bulkInsertPrepped, .delete, .deletePrepped, .bootstrap,
        .insertOverwrite, .insertOverwriteTable, .deletePartition, .cluster, .compact, .logCompact, .index, .alterSchema,
        .unknown,
    ]

    /// Whether the commit's `schema` is the table's: Java passes over services when it looks for the newest one.
    package var carriesTableSchema: Bool { ![.cluster, .compact, .logCompact, .index].contains(self) }

    package var description: String { rawValue }
}
