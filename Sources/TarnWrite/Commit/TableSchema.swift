import TarnAvro
import TarnColumns
import TarnTable

/// A table's columns, and the Avro texts that go with them (hudi-format §3.3, §4.3).
struct TableSchema: Sendable {
    /// Without meta fields.
    let columns: Schema
    /// With meta fields in front: what base files have.
    let fileColumns: Schema
    /// What a commit carries: without meta fields, with Spark's names.
    let commitText: String
    /// What the footer of a base file carries: with meta fields.
    let footerText: String

    /// - Parameter avroText: The schema of a commit, or the create schema; meta fields in it are dropped.
    init(avroText: String, of properties: TableProperties) throws(TableFault) {
        let columns: Schema
        do {
            columns = try Schema(avro: AvroSchema(parsing: avroText), droppingMetaFields: true)
        } catch {
            throw TableFault(error.code == .unsupported ? .unsupported : .corrupt, "the table's schema: \(error)")
        }
        try self.init(columns, of: properties)
    }

    init(_ columns: Schema, of properties: TableProperties) throws(TableFault) {
        self.columns = columns
        fileColumns = MetaFields.schema(inFrontOf: columns)
        let names = HudiNames(table: properties.name)
        do {
            commitText = try AvroSchema(columns, table: names).description
            footerText = try AvroSchema(columns, table: names, withMetaFields: true).description
        } catch {
            throw TableFault(.unsupported, "the table's schema: \(error)")
        }
    }
}
