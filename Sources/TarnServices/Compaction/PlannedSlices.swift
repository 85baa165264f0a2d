import TarnTable

/// Finds the files that a stored plan names.
struct PlannedSlices {
    private let bases: [String: BaseFile]
    private let logs: [String: LogFile]

    init(_ files: TableFiles) {
        bases = Dictionary(files.baseFiles.map { ($0.relativePath, $0) }) { first, _ in first }
        logs = Dictionary(files.logFiles.map { ($0.relativePath, $0) }) { first, _ in first }
    }

    /// - Throws: ``TableError`` `corrupt` when the plan names what cannot be, or a file that is not there.
    func slices(of plan: CompactionPlan) throws(TableError) -> [FileSlice] {
        var slices: [FileSlice] = []
        for operation in plan.operations {
            let group = operation.group
            guard let id = FileGroupID(partition: group.partitionPath, fileID: group.fileID), let base = InstantTime(operation.baseInstant) else {
                throw TableError(.corrupt, "a compaction plan names no legal file slice: \(group.partitionPath)/\(group.fileID) of \(operation.baseInstant)")
            }
            let baseFile = try operation.baseFile.map { name throws(TableError) in try find(name, of: id, in: bases) }
            var logFiles: [LogFile] = []
            for name in operation.logFiles { logFiles.append(try find(name, of: id, in: logs)) }
            guard baseFile != nil || !logFiles.isEmpty else { throw TableError(.corrupt, "a compaction plan names no file of \(id.partition)/\(id.fileID)") }
            slices.append(
                FileSlice(
                    partition: id.partition, fileID: id.fileID, baseInstant: base, baseFile: baseFile,
                    logFiles: logFiles.sorted { $0.name < $1.name }))
        }
        return slices
    }

    /// By its name; plans of version 1 have full paths, of a machine that may not be this one.
    private func find<File>(_ path: String, of group: FileGroupID, in files: [String: File]) throws(TableError) -> File {
        let name = String(path.split(separator: "/").last ?? "")
        let relative = group.partition.text.isEmpty ? name : "\(group.partition)/\(name)"
        let fileID = BaseFileName(name)?.fileID ?? LogFileName(name)?.fileID
        guard fileID == group.fileID else { throw TableError(.corrupt, "a compaction plan names '\(name)' as a file of \(group.fileID)") }
        guard let file = files[relative] else { throw TableError(.corrupt, "a compaction plan names '\(relative)', which is not there") }
        return file
    }
}
