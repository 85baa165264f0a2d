import TarnAvro
import TarnBase
import TarnColumns
import TarnStorage
package import TarnTable

/// Makes tables.
package enum TableCreation {
    /// Puts `hoodie.properties` of a new table, if there is none. The schema of the rows is the properties' create schema.
    ///
    /// - Throws: ``TableError`` `alreadyExists`; `invalid` or `unsupported` for columns, keys or properties that this
    ///   version cannot write (hudi-format §3.4).
    package static func create(_ table: TableHandle, properties: TableProperties) async throws {
        try Refusals.check(properties, for: .write)
        guard let text = properties.createSchema else {
            throw TableError(.invalid, "a new table needs a schema (\(PropertyKey.createSchema))")
        }
        let schema = try TableSchema.columns(avro: text)
        if let finding = ColumnFinding.all(in: schema).first { throw TableError(.invalid, "column \(finding)") }
        try Refusals.check(properties, against: schema)

        let content = properties.creationText(now: table.runtime.clock.nowMilliseconds())
        guard try await table.store.putOnce(content, at: table.propertiesPath) else {
            throw TableError(.alreadyExists, "there is a table already", at: table.path)
        }
        // Java looks for the folder when it archives; an object store has no empty folders and needs none.
        try await table.store.makeEmptyFolder(table.metaFolder.appending(properties.archiveFolder))
    }
}
