import TarnBase
import TarnTable

/// `hoodie.properties`, key by key.
struct PropertiesView: TableView {
    let table: ShownTable

    private var entries: [JavaProperties.Entry] { table.properties.file.entries.sorted { $0.key < $1.key } }

    func text() async throws -> String { entries.map { "\($0.key)=\($0.value)\n" }.joined() }
    func json() async throws -> JSON { .object(entries.map { .init($0.key, .string($0.value)) }) }
}
