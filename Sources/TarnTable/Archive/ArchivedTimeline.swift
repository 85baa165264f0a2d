import TarnAvro
package import TarnBase

/// What the archive of a timeline tells (hudi-format §9.6): log blocks of Avro records, one a timeline file, in no order.
package struct ArchivedTimeline: Sendable {
    /// Completed writes.
    package private(set) var completed: Set<InstantTime> = []
    /// Completed cleans and rollbacks.
    package private(set) var completedServices: Set<InstantTime> = []
    /// Names of files that archived cleans removed.
    package private(set) var cleanedNames: Set<String> = []
    /// Groups that archived replace commits replaced, with the latest of each.
    package private(set) var replaced: [FileGroupID: InstantTime] = [:]
    /// What the newest archived commit with a source ledger carries.
    package private(set) var newestLedger: (commit: InstantTime, extra: ExtraMetadata)?

    package init() {}

    /// All completed instants of the archive.
    package var times: Set<InstantTime> { completed.union(completedServices) }

    package static func isArchiveFile(_ name: String) -> Bool { ArchiveFileName(name) != nil || name.hasPrefix(".commits_.archive.") }

    /// Adds the records of one archive file.
    ///
    /// - Throws: ``TableError`` `corrupt` with the offset, or what decoding the records threw.
    package mutating func add(_ file: Bytes) throws {
        try AvroLogFile.forEachRecord(of: file, types: [.avroData]) { add($0) }
    }

    private mutating func add(_ record: AvroValue) {
        let state = record["actionState"]?.stringValue
        guard state == nil || state == "COMPLETED", let time = record["commitTime"]?.stringValue.flatMap({ InstantTime($0) }),
            let action = record["actionType"]?.stringValue.flatMap(Action.init(rawValue:))
        else { return }
        if action.writesData { completed.insert(time) } else { completedServices.insert(time) }
        for partition in record["hoodieCleanMetadata"]?["partitionMetadata"]?.mapValue ?? [] {
            for list in ["deletePathPatterns", "successDeleteFiles", "failedDeleteFiles"] {
                for name in partition.value.texts(list) { cleanedNames.insert(String(name.split(separator: "/").last ?? "")) }
            }
        }
        for groups in record["hoodieReplaceCommitMetadata"]?["partitionToReplaceFileIds"]?.mapValue ?? [] {
            for id in groups.value.arrayValue?.compactMap(\.stringValue) ?? [] {
                guard let group = FileGroupID(partition: groups.name, fileID: id) else { continue }
                replaced[group] = max(replaced[group] ?? time, time)
            }
        }
        for member in ["hoodieCommitMetadata", "hoodieReplaceCommitMetadata"] where newestLedger.map({ $0.commit < time }) ?? true {
            let extra = ExtraMetadata(record[member]?["extraMetadata"])
            if extra[SourceLedger.key] != nil { newestLedger = (time, extra) }
        }
    }
}
