import TarnBase
import TarnTable

/// What one completed write says of itself.
struct CommitView: TableView {
    let table: ShownTable
    let instant: Instant

    /// - Parameter instant: The newest completed write if nil.
    init(table: ShownTable, instant text: String?) throws {
        self.table = table
        let writes = table.timeline.completedWrites
        guard let text else {
            guard let newest = writes.last else { throw Failure(.notFound, "the table has no completed commit") }
            instant = newest
            return
        }
        guard let found = writes.first(where: { "\($0.time)" == text }) else {
            throw Failure(.notFound, "there is no completed commit \(text); 'tarn show TABLE timeline' lists the instants")
        }
        instant = found
    }

    func json() async throws -> JSON { try await table.commits.metadata(of: instant).json }

    func text() async throws -> String {
        let metadata = try await table.commits.metadata(of: instant)
        var rows = [["partition", "file", "rows", "inserts", "updates", "deletes", "bytes", "previous"]]
        for stat in metadata.stats {
            rows.append([
                stat.partitionPath ?? "", stat.path?.split(separator: "/").last.map(String.init) ?? "", "\(stat.writes)",
                "\(stat.inserts)", "\(stat.updates)", "\(stat.deletes)", "\(stat.fileSize)", stat.previousInstant ?? "",
            ])
        }
        let extra = metadata.extraMetadata.entries.map { "\($0.key): \($0.value)\n" }.joined()
        return "\(instant.time) \(instant.action.rawValue) \(metadata.operation)\n\n\(AlignedText.table(rows))\n\(extra)"
    }
}
