import TarnBase
import TarnLocations
import TarnTable

/// The files of the latest snapshot: base files and the logs on top of them.
struct FilesView: TableView {
    let table: ShownTable
    let pathsOnly: Bool

    private struct Entry {
        let path: String
        let partition: PartitionPath
        let name: String
        let fileID: FileID
        let instant: InstantTime
        let isLog: Bool
        let bytes: Int64
    }

    private func entries() async throws -> [Entry] {
        try await table.latestSlices().flatMap { slice in
            let base = slice.baseFile.map {
                Entry(
                    path: $0.relativePath, partition: $0.partition, name: "\($0.name)", fileID: $0.fileID, instant: $0.instant, isLog: false, bytes: $0.size)
            }
            return [base].compactMap { $0 }
                + slice.logFiles.map {
                    Entry(
                        path: $0.relativePath, partition: $0.partition, name: $0.name.text, fileID: $0.name.fileID, instant: $0.name.baseInstant,
                        isLog: true, bytes: $0.size)
                }
        }
    }

    func text() async throws -> String {
        let files = try await entries()
        if pathsOnly { return files.map { "\(table.location.place.text)/\($0.path)\n" }.joined() }
        return AlignedText.table(
            [["partition", "file", "instant", "bytes"]] + files.map { ["\($0.partition)", $0.name, "\($0.instant)", "\($0.bytes)"] })
    }

    func json() async throws -> JSON {
        [
            "files": .array(
                try await entries().map { file in
                    [
                        "path": .string(file.path), "partition": .string("\(file.partition)"), "file_id": .string("\(file.fileID)"),
                        "instant": .string("\(file.instant)"), "kind": .string(file.isLog ? "log" : "base"), "bytes": .int(file.bytes),
                    ]
                })
        ]
    }
}
