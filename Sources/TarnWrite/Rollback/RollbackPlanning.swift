import TarnStorage
import TarnTable

/// What a rollback deletes and disowns. Looks at nothing but its arguments.
struct RollbackPlanning {
    let table: TableHandle
    let instant: Instant

    /// Of a failed write: the files that have a marker, and those whose name carries the instant, as Spark plans from
    /// markers (hudi-format §9.4). The markers alone are enough for our own writes; the names find what a writer left that
    /// makes none.
    ///
    /// - Parameter logs: Log files that hold blocks of the instant, where no marker could name them.
    func plan(markers: [WriteMarkers.Mark], files: [BaseFile], logs: [LogFile]) -> RollbackPlan {
        let named = files.filter { $0.instant == instant.time }
        var requests = named.map { request($0.partition, $0.name) }
        let known = Set(named.map(\.relativePath))
        for mark in markers {
            if mark.isAppend {
                guard let slice = LogSliceName(mark.fileName) else { continue }
                requests.append(request(mark.partition, slice, FileLength(mark.fileName, 1)))
            } else if let name = BaseFileName(mark.fileName), !known.contains(BaseFile(partition: mark.partition, name: name, size: 0).relativePath) {
                requests.append(request(mark.partition, name))
            }
        }
        requests += logs.map { request($0.partition, LogSliceName($0.name), FileLength($0.name.text, 1)) }
        return RollbackPlan(instant: instant.time.description, action: instant.action.rawValue, requests: requests)
    }

    /// Of a completed commit: by its files, in the form Spark gives such plans.
    ///
    /// - Parameter stats: What the commit says it wrote.
    func planOfCompleted(files: [BaseFile], stats: [WriteStat]) -> RollbackPlan {
        var requests = files.filter { $0.instant == instant.time }.map { file in
            RollbackRequest(
                partitionPath: file.partition.text, fileID: "", latestBaseInstant: "", filesToDelete: [fullPath(file.partition, file.name.text)])
        }
        for stat in stats {
            guard let path = stat.path, let partition = PartitionPath(stat.partitionPath ?? ""),
                let name = LogFileName(path.split(separator: "/").last ?? "")
            else { continue }
            let file = FileLength(table.store.address(of: table.folder(of: partition).appending(name.text)), stat.fileSize)
            requests.append(request(partition, LogSliceName(name), file))
        }
        return RollbackPlan(instant: instant.time.description, action: instant.action.rawValue, requests: requests)
    }

    private func request(_ partition: PartitionPath, _ name: BaseFileName) -> RollbackRequest {
        RollbackRequest(
            partitionPath: partition.text, fileID: name.fileID.text, latestBaseInstant: instant.time.description,
            filesToDelete: [fullPath(partition, name.text)])
    }

    private func request(_ partition: PartitionPath, _ slice: LogSliceName, _ file: FileLength) -> RollbackRequest {
        RollbackRequest(
            partitionPath: partition.text, fileID: slice.fileID.text, latestBaseInstant: slice.baseInstant.description,
            logBlocksToDelete: [file])
    }

    private func fullPath(_ partition: PartitionPath, _ name: String) -> String {
        table.store.fullPath(of: table.folder(of: partition).appending(name))
    }

    // MARK: What a plan means

    /// The files of a plan, ours or another writer's, as objects of the table. Plans name them by full paths, with or without
    /// a scheme, of a machine that may not be this one: the partition and the last segment say which file is meant.
    static func objects(of plan: RollbackPlan, in table: TableHandle) throws(TableError) -> [(partition: String, path: ObjectPath, fullPath: String)] {
        var objects: [(partition: String, path: ObjectPath, fullPath: String)] = []
        for request in plan.requests {
            let partition = try partition(of: request, plan)
            for file in request.filesToDelete {
                guard let name = BaseFileName(file.split(separator: "/").last ?? ""), name.instant.description == plan.instant else {
                    throw TableError(.corrupt, "the rollback of \(plan.instant) would delete what that instant did not write: \(file)")
                }
                objects.append((partition.text, table.folder(of: partition).appending(name.text), file))
            }
        }
        return objects
    }

    /// The log slices that a plan touches, each once, with the log files of the instant that it names there.
    static func slices(of plan: RollbackPlan) throws(TableError) -> [(partition: PartitionPath, slice: LogSliceName, files: [FileLength])] {
        struct Key: Hashable {
            let partition: PartitionPath
            let slice: LogSliceName
        }
        var files: [Key: [FileLength]] = [:]
        for request in plan.requests {
            guard let logs = request.logBlocksToDelete, !logs.isEmpty else { continue }
            let partition = try partition(of: request, plan)
            for log in logs {
                // Some releases name a base file that is none; the request says the slice all the same.
                guard let slice = LogSliceName(log.path.split(separator: "/").last ?? "") ?? LogSliceName(request) else {
                    throw TableError(.corrupt, "the rollback of \(plan.instant) names no legal log file: \(log.path)")
                }
                files[Key(partition: partition, slice: slice), default: []].append(log)
            }
        }
        return files.map { ($0.key.partition, $0.key.slice, $0.value) }.sorted { ($0.0, $0.1.fileID, $0.1.baseInstant) < ($1.0, $1.1.fileID, $1.1.baseInstant) }
    }

    private static func partition(of request: RollbackRequest, _ plan: RollbackPlan) throws(TableError) -> PartitionPath {
        guard let partition = PartitionPath(request.partitionPath) else {
            throw TableError(.corrupt, "the rollback of \(plan.instant) names no legal partition: \(request.partitionPath)")
        }
        return partition
    }
}

/// Which slice of its group a log file's name puts it into.
struct LogSliceName: Hashable {
    let fileID: FileID
    let baseInstant: InstantTime

    init(fileID: FileID, baseInstant: InstantTime) {
        self.fileID = fileID
        self.baseInstant = baseInstant
    }

    init(_ name: LogFileName) { self.init(fileID: name.fileID, baseInstant: name.baseInstant) }

    /// From the name of a log file, or from the base file's name that 0.14 gives its markers of appends; nil for others.
    init?(_ text: some StringProtocol) {
        if let name = LogFileName(text) {
            self.init(name)
        } else if let name = BaseFileName(text) {
            self.init(fileID: name.fileID, baseInstant: name.instant)
        } else {
            return nil
        }
    }

    fileprivate init?(_ request: RollbackRequest) {
        guard let fileID = request.fileID.flatMap({ FileID($0) }), let instant = request.latestBaseInstant.flatMap({ InstantTime($0) }) else { return nil }
        self.init(fileID: fileID, baseInstant: instant)
    }
}
