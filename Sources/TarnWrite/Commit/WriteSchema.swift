import TarnAvro
package import TarnColumns
package import TarnTable

/// The columns a write works with, and the Avro texts that go with them (hudi-format §3.3, §4.3).
package struct WriteSchema: Sendable {
    /// The table's columns, without meta fields.
    package let columns: Schema
    /// With meta fields in front: what base files have.
    package let fileColumns: Schema
    /// What a commit carries: without meta fields, with Spark's names.
    package let commitText: String
    /// What the footer of a base file carries: with meta fields.
    package let footerText: String
    /// The name of the Avro record, which is also that of the Parquet message.
    package let recordName: String

    package init(_ columns: Schema, of properties: TableProperties) throws(TableError) {
        self.columns = columns
        fileColumns = MetaFields.schema(inFrontOf: columns)
        let names = HudiNames(table: properties.name)
        recordName = names.record.fullName
        do {
            commitText = try AvroSchema(columns, table: names).description
            footerText = try AvroSchema(columns, table: names, withMetaFields: true).description
        } catch {
            throw TableError(error)
        }
    }
}
