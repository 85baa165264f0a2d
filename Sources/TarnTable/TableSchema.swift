import TarnAvro
package import TarnColumns

/// A table's columns, without meta fields, and where they were learned.
package struct TableSchema: Sendable {
    package enum Source: Hashable, Sendable {
        case commit(InstantTime)
        /// `hoodie.table.create.schema`: nothing was committed yet.
        case properties
        case footer(BaseFile)
    }

    package let schema: Schema
    package let source: Source

    package init(schema: Schema, source: Source) {
        self.schema = schema
        self.source = source
    }

    /// The newest completed commit's schema, commits of services left out (hudi-format §3.1); else the create schema.
    ///
    /// - Returns: nil if neither says: a base file's footer must tell, if there is one.
    /// - Throws: ``TableError`` `corrupt` for a schema that is none, `unsupported` for one with types that columns cannot
    ///   hold.
    ///
    /// Cost: one request for each commit back to the one that has a schema; usually one.
    package static func load(_ properties: TableProperties, _ commits: CompletedCommits) async throws -> TableSchema? {
        let found = try await commits.newest { $1.operation.carriesTableSchema && $1.schemaText != nil }
        if let found, let text = found.metadata.schemaText {
            do {
                return TableSchema(schema: try columns(avro: text), source: .commit(found.instant.time))
            } catch {
                throw TableError(error, at: commits.table.timelineFile(found.instant.fileName), instant: found.instant.time)
            }
        }
        guard let text = properties.createSchema else { return nil }
        do {
            return TableSchema(schema: try columns(avro: text), source: .properties)
        } catch {
            throw TableError(error, at: commits.table.propertiesPath)
        }
    }

    /// The columns of a schema in Avro's JSON. Meta fields are dropped: a delete-partition of 0.15 carries them (§3.3).
    package static func columns(avro text: String) throws -> Schema {
        try Schema(avro: AvroSchema(parsing: text), droppingMetaFields: true)
    }
}
