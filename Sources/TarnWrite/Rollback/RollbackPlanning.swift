import TarnStorage
import TarnTable

/// Which files a rollback deletes. Looks at nothing but its arguments.
struct RollbackPlanning {
    let table: TableHandle
    let instant: Instant

    /// Of a failed write: the files that have a marker, and those whose name carries the instant, as Spark plans from
    /// markers (hudi-format §9.4). The markers alone are enough for our own writes; the names find what a writer left that
    /// makes none.
    func plan(markers: [ObjectInfo], files: [BaseFile]) -> RollbackPlan {
        let named = files.filter { $0.instant == instant.time }
        var requests = named.map { request($0.partition, $0.name) }
        let known = Set(named.map(\.relativePath))
        for marker in markers {
            guard let file = markedFile(marker), !known.contains(file.relativePath) else { continue }
            requests.append(request(file.partition, file.name))
        }
        return RollbackPlan(instant: instant.time.description, action: instant.action.rawValue, requests: requests)
    }

    /// Of a completed commit: by its files, in the form Spark gives such plans.
    func planOfCompleted(files: [BaseFile]) -> RollbackPlan {
        let requests = files.filter { $0.instant == instant.time }.map { file in
            RollbackRequest(
                partitionPath: file.partition.text, fileID: "", latestBaseInstant: "", filesToDelete: [fullPath(file.partition, file.name)])
        }
        return RollbackPlan(instant: instant.time.description, action: instant.action.rawValue, requests: requests)
    }

    private func request(_ partition: PartitionPath, _ name: BaseFileName) -> RollbackRequest {
        RollbackRequest(
            partitionPath: partition.text, fileID: name.fileID.text, latestBaseInstant: instant.time.description,
            filesToDelete: [fullPath(partition, name)])
    }

    private func fullPath(_ partition: PartitionPath, _ name: BaseFileName) -> String {
        table.store.fullPath(of: table.folder(of: partition).appending(name.text))
    }

    /// `<partition>/<file>.marker.CREATE` below the instant's marker folder.
    private func markedFile(_ marker: ObjectInfo) -> BaseFile? {
        guard let relative = marker.path.relative(to: table.markerFolder(of: instant.time)),
            let end = ["CREATE", "MERGE", "APPEND"].lazy.compactMap({ relative.range(ofSuffix: ".marker.\($0)") }).first
        else { return nil }
        let path = relative[..<end]
        let slash = path.lastIndex(of: "/")
        guard let name = BaseFileName(path[(slash.map { path.index(after: $0) } ?? path.startIndex)...]),
            let partition = PartitionPath(slash.map { String(path[..<$0]) } ?? "")
        else { return nil }
        return BaseFile(partition: partition, name: name, size: 0)
    }

    /// The files of a plan, ours or another writer's, as objects of the table. Plans name them by full paths, with or without
    /// a scheme, of a machine that may not be this one: the partition and the last segment say which file is meant.
    static func objects(of plan: RollbackPlan, in table: TableHandle) throws(TableError) -> [(partition: String, path: ObjectPath, fullPath: String)] {
        var objects: [(partition: String, path: ObjectPath, fullPath: String)] = []
        for request in plan.requests {
            guard request.logBlocksToDelete?.isEmpty ?? true else {
                throw TableError(.unsupported, "the rollback of \(plan.instant) disowns log blocks, which this version does not write")
            }
            guard let partition = PartitionPath(request.partitionPath) else {
                throw TableError(.corrupt, "the rollback of \(plan.instant) names no legal partition: \(request.partitionPath)")
            }
            for file in request.filesToDelete {
                guard let name = BaseFileName(file.split(separator: "/").last ?? ""), name.instant.description == plan.instant else {
                    throw TableError(.corrupt, "the rollback of \(plan.instant) would delete what that instant did not write: \(file)")
                }
                objects.append((partition.text, table.folder(of: partition).appending(name.text), file))
            }
        }
        return objects
    }
}

extension String {
    /// Where `suffix` begins, if the text ends with it.
    fileprivate func range(ofSuffix suffix: String) -> Index? {
        hasSuffix(suffix) ? index(endIndex, offsetBy: -suffix.count) : nil
    }
}
