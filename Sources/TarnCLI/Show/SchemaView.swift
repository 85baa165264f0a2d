import TarnAvro
import TarnBase
import TarnColumns
import TarnTable

/// The table's columns; as JSON, the Avro schema that commits carry.
struct SchemaView: TableView {
    let table: ShownTable

    func text() async throws -> String { try await table.schema().description + "\n" }
    func json() async throws -> JSON { try AvroSchema(try await table.schema(), table: HudiNames(table: table.properties.name)).json }
}
