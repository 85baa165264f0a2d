import TarnBase
import TarnTable

/// The table in a dozen lines.
struct SummaryView: TableView {
    let table: ShownTable

    private func facts() async throws -> [(key: String, label: String, value: JSON)] {
        let properties = table.properties
        let newest = table.timeline.newestCompletedWrite
        var facts: [(String, String, JSON)] = [
            ("name", "table", .string(properties.name)), ("version", "version", .int(properties.version)),
            ("type", "type", .string(properties.type.rawValue)),
            ("record_key", "record key", .array(properties.recordKeyFields.map { .string($0) })),
            ("partitioned_by", "partitioned by", .array(properties.partitionFields.map { .string($0) })),
            ("ordering", "ordering field", properties.orderingField.map { .string($0) } ?? .null),
            ("commits", "completed commits", .int(table.timeline.completedWrites.count)),
            ("pending", "pending instants", .int(table.timeline.pending.count)),
            ("newest_commit", "newest commit", newest.map { .string("\($0.time)") } ?? .null),
        ]
        if let files = try? await table.latestFiles() {
            facts += [
                ("partitions", "partitions", .int(Set(files.map(\.partition)).count)), ("files", "latest files", .int(files.count)),
                ("bytes", "bytes", .int(files.reduce(0) { $0 + $1.size })),
            ]
        }
        return facts
    }

    func json() async throws -> JSON { .object(try await facts().map { .init($0.key, $0.value) }) }

    func text() async throws -> String {
        let facts = try await facts()
        let width = facts.map(\.label.count).max() ?? 0
        return facts.map { fact in
            let value = fact.value.stringValue ?? fact.value.arrayValue.map { $0.compactMap(\.stringValue).joined(separator: ", ") } ?? "\(fact.value)"
            let shown = fact.key == "bytes" ? ByteCount(fact.value.intValue ?? 0).description : value.isEmpty || value == "null" ? "none" : value
            return fact.label + String(repeating: " ", count: width - fact.label.count + 2) + shown + "\n"
        }.joined()
    }
}
