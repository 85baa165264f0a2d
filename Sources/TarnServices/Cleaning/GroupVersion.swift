package import TarnTable

/// All files of one version of a file group: base file, logs and change logs of one base instant.
package struct GroupVersion: Hashable, Sendable {
    package struct File: Hashable, Sendable {
        package let name: String
        package let size: Int64
    }

    package let group: FileGroupID
    package let instant: InstantTime
    package let files: [File]

    package func relativePath(of file: File) -> String {
        group.partition.text.isEmpty ? file.name : "\(group.partition)/\(file.name)"
    }
}

extension CleaningGround {
    /// The versions that count, sorted by group, the newest of each first. Files of instants that are not completed are
    /// left out: they are for rollback, or for the service that is making them.
    func versions() -> [GroupVersion] {
        struct Place: Hashable {
            let group: FileGroupID
            let instant: InstantTime
        }
        let unfinished = Set((timeline.pendingReplaces + timeline.pendingCompactions).map(\.time))
        var found: [Place: [GroupVersion.File]] = [:]
        for file in files.baseFiles where timeline.holds(file.instant) && !unfinished.contains(file.instant) {
            found[Place(group: file.group, instant: file.instant), default: []].append(.init(name: file.name.text, size: file.size))
        }
        for file in files.logFiles + files.changeLogs where timeline.holds(file.name.baseInstant) {
            found[Place(group: file.group, instant: file.name.baseInstant), default: []].append(.init(name: file.name.text, size: file.size))
        }
        return found.map { GroupVersion(group: $0.key.group, instant: $0.key.instant, files: $0.value.sorted { $0.name < $1.name }) }
            .sorted { $0.group == $1.group ? $0.instant > $1.instant : $0.group < $1.group }
    }
}
