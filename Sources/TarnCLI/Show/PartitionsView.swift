import TarnBase
import TarnTable

/// The partitions that hold rows, or held some.
struct PartitionsView: TableView {
    let table: ShownTable

    private func rows() async throws -> [(name: String, files: Int, bytes: Int64, newest: InstantTime?)] {
        let files = try await table.latestFiles()
        return Dictionary(grouping: files, by: \.partition).sorted { $0.key < $1.key }
            .map { ("\($0.key)", $0.value.count, $0.value.reduce(0) { $0 + $1.size }, $0.value.map(\.instant).max()) }
    }

    func text() async throws -> String {
        let rows = try await rows().map { [$0.name, "\($0.files)", ByteCount($0.bytes).description, $0.newest.map { "\($0)" } ?? ""] }
        return AlignedText.table([["partition", "files", "bytes", "newest commit"]] + rows)
    }

    func json() async throws -> JSON {
        [
            "partitions": .array(
                try await rows().map { row in
                    [
                        "partition": .string(row.name), "files": .int(row.files), "bytes": .int(row.bytes),
                        "newest_commit": row.newest.map { .string("\($0)") } ?? .null,
                    ]
                })
        ]
    }
}
