import TarnAvro
import TarnColumns
import TarnTable

/// The columns a write works with, and the Avro texts that go with them (hudi-format §3.3, §4.3).
struct WriteSchema: Sendable {
    /// The table's columns, without meta fields.
    let columns: Schema
    /// With meta fields in front: what base files have.
    let fileColumns: Schema
    /// What a commit carries: without meta fields, with Spark's names.
    let commitText: String
    /// What the footer of a base file carries: with meta fields.
    let footerText: String
    /// The name of the Avro record, which is also that of the Parquet message.
    let recordName: String

    init(_ columns: Schema, of properties: TableProperties) throws(TableError) {
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
