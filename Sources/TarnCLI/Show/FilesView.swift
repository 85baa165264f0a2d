import TarnBase
import TarnLocations
import TarnTable

/// The files of the latest snapshot.
struct FilesView: TableView {
    let table: ShownTable
    let pathsOnly: Bool

    func text() async throws -> String {
        let files = try await table.latestFiles()
        if pathsOnly { return files.map { "\(table.location.place.text)/\($0.relativePath)\n" }.joined() }
        return AlignedText.table([["partition", "file", "instant", "bytes"]] + files.map { ["\($0.partition)", "\($0.name)", "\($0.instant)", "\($0.size)"] })
    }

    func json() async throws -> JSON {
        [
            "files": .array(
                try await table.latestFiles().map { file in
                    [
                        "path": .string(file.relativePath), "partition": .string("\(file.partition)"), "file_id": .string("\(file.fileID)"),
                        "instant": .string("\(file.instant)"), "bytes": .int(file.size),
                    ]
                })
        ]
    }
}
