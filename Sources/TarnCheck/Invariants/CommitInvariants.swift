import TarnBase
import TarnColumns
import TarnTable

/// What must hold of a completed commit's statistics (hudi-format §3). Takes the commits of a timeline in their order.
struct CommitInvariants {
    /// Who wrote a group, in order: the write stats' own history.
    private var writers: [FileGroupID: [InstantTime]] = [:]
    private let timeline: Timeline
    private let completed: Set<InstantTime>
    private let archived: Set<InstantTime>?
    /// Commits that do not decode: what they wrote is not known.
    private var unknown: Set<InstantTime> = []
    private let logsChanges: Bool
    /// Rollbacks and restores take commits off the timeline, and with them versions that stats referred to.
    private let hasUndone: Bool
    /// After a downgrade stats of logs may lack what version 6 has in them.
    private let isDowngraded: Bool

    init(_ facts: TableFacts) {
        timeline = facts.timeline
        completed = facts.completedWrites
        archived = facts.archived
        logsChanges = facts.properties.logsChanges
        isDowngraded = facts.properties.isDowngraded
        hasUndone = facts.timeline.instants.contains { $0.action == .rollback || $0.action == .restore }
    }

    /// The latest commit that wrote the group, of those taken so far.
    func newestWriter(of group: FileGroupID) -> InstantTime? { writers[group]?.last }

    /// Takes the next commit, which does not decode.
    mutating func skip(_ instant: Instant) { unknown.insert(instant.time) }

    /// Takes the next commit.
    mutating func check(_ instant: Instant, _ metadata: CommitMetadata, _ json: JSON) -> [Finding] {
        let path = TableFacts.metaPath(instant.fileName.text)
        var messages = CommitInvariants.envelope(instant, metadata, json) + replaced(instant, metadata)
        var counts: [String] = []
        var warnings: [String] = []
        for partition in metadata.partitions {
            for stat in partition.stats {
                let isNew = FileGroupID(partition: partition.partitionPath, fileID: stat.fileID).map { writers[$0] == nil } ?? true
                counts += CommitInvariants.counts(stat, metadata.operation, isNew: isNew)
                messages += check(stat, in: partition.partitionPath, of: instant, metadata.operation)
                if stat.writeErrors > 0 { warnings.append("\(stat.writeErrors) rows were refused although the commit went on: \(stat.path ?? stat.fileID)") }
            }
        }
        messages += CommitInvariants.missingMembers(json)
        return messages.map { Finding(.commitStats, at: path, instant: instant.time, $0) }
            + counts.map { Finding(.rowCounts, at: path, instant: instant.time, $0) }
            + warnings.map { Finding(.rowCounts, at: path, instant: instant.time, $0, severity: .warning) }
    }

    private static let replacing: Set<WriteOperation> = [.insertOverwrite, .insertOverwriteTable, .deletePartition, .cluster]

    private static func envelope(_ instant: Instant, _ metadata: CommitMetadata, _ json: JSON) -> [String] {
        var messages: [String] = []
        let operation = metadata.operation
        if json["partitionToWriteStats"]?.objectValue == nil { messages.append("partitionToWriteStats is no object") }
        if json["extraMetadata"]?.objectValue == nil { messages.append("extraMetadata is no object") }
        if json["compacted"]?.boolValue == nil { messages.append("compacted is neither true nor false") }
        if !WriteOperation.knownToVersion6.contains(operation) || json["operationType"] == nil {
            messages.append("operationType is not one that Hudi knows: \(json["operationType"]?.stringValue ?? "missing")")
        } else if replacing.contains(operation) != (instant.action == .replaceCommit) || (operation == .compact) != (instant.action == .compaction) {
            messages.append("operationType \(operation) on a \(instant.action.rawValue)")
        }
        if metadata.isCompacted, instant.action != .compaction, operation != .compact, operation != .logCompact {
            messages.append("compacted is true on a \(instant.action.rawValue)")
        }
        return messages
    }

    private func replaced(_ instant: Instant, _ metadata: CommitMetadata) -> [String] {
        guard instant.action == .replaceCommit else {
            return metadata.replacedGroups?.isEmpty == false ? ["partitionToReplaceFileIds on a \(instant.action.rawValue)"] : []
        }
        guard let groups = metadata.replacedGroups else { return ["partitionToReplaceFileIds is missing: replaced groups stay visible"] }
        var messages: [String] = []
        for partition in groups {
            let written = Set(metadata.partitions.filter { $0.partitionPath == partition.partitionPath }.flatMap(\.stats).map(\.fileID))
            for id in partition.fileIDs {
                if FileGroupID(partition: partition.partitionPath, fileID: id) == nil { messages.append("a replaced group has no legal name: \(partition.partitionPath)/\(id)") }
                if written.contains(id) { messages.append("the group is replaced and written by the same instant: \(id)") }
            }
        }
        return messages
    }

    // MARK: One stat

    private mutating func check(_ stat: WriteStat, in partition: String, of instant: Instant, _ operation: WriteOperation) -> [String] {
        let name = stat.path ?? stat.fileID
        guard let path = stat.path, !stat.fileID.isEmpty else { return ["a write stat without path or file ID: \(name)"] }
        var messages: [String] = []
        if stat.partitionPath != partition { messages.append("partitionPath is '\(stat.partitionPath ?? "null")' under the key '\(partition)': \(name)") }
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { String(path[..<$0]) } ?? ""
        let file = slash.map { String(path[path.index(after: $0)...]) } ?? path
        if folder != partition { messages.append("the path does not lie in partition '\(partition)': \(path)") }
        if let base = BaseFileName(file) {
            if base.fileID.text != stat.fileID { messages.append("the file ID is \(stat.fileID), the path's another: \(path)") }
            if base.instant != instant.time { messages.append("the file has another instant than the commit: \(path)") }
            guard let group = FileGroupID(partition: partition, fileID: stat.fileID) else { return messages + ["no legal file group: \(path)"] }
            messages += previous(stat, group, instant, operation)
            if logsChanges, CommitInvariants.needsChangeLog(stat, operation) { messages.append("changes are logged, and the stat names no change log: \(path)") }
            writers[group, default: []].append(instant.time)
        } else if let log = LogFileName(file) {
            if log.fileID.text != stat.fileID { messages.append("the file ID is \(stat.fileID), the path's another: \(path)") }
            if !isDowngraded { messages += DeltaStatInvariants.problems(stat, log: log) }
            if let group = FileGroupID(partition: partition, fileID: stat.fileID) { writers[group, default: []].append(instant.time) }
        } else {
            messages.append("the path is no data file: \(path)")
        }
        return messages
    }

    private func previous(_ stat: WriteStat, _ group: FileGroupID, _ instant: Instant, _ operation: WriteOperation) -> [String] {
        let name = stat.path ?? stat.fileID
        let known = writers[group] ?? []
        guard let text = stat.previousInstant else {
            guard let before = known.last, operation != .cluster, !hasUndone else { return [] }
            return ["prevCommit is null, but \(before) wrote the group: \(name)"]
        }
        guard let previous = InstantTime(text) else { return ["prevCommit is no instant: \(text) (\(name))"] }
        guard previous < instant.time else { return ["prevCommit \(text) is not older than the commit: \(name)"] }
        let isKnown = completed.contains(previous) || archived.map { $0.contains(previous) } ?? (timeline.firstActive.map { previous < $0 } ?? false)
        if !isKnown && !hasUndone { return ["prevCommit \(text) is no completed instant: \(name)"] }
        if !known.isEmpty, !known.contains(previous), !unknown.contains(previous) { return ["prevCommit \(text) did not write the group: \(name)"] }
        return []
    }

    /// A version that only adds rows needs none: the file itself tells what changed.
    private static func needsChangeLog(_ stat: WriteStat, _ operation: WriteOperation) -> Bool {
        guard stat.previousInstant != nil, ![.compact, .cluster, .bootstrap].contains(operation), stat.writes > 0 else { return false }
        let onlyInserts = stat.updates == 0 && stat.deletes == 0 && stat.inserts == stat.writes
        return !onlyInserts && stat.changeFiles?.isEmpty ?? true
    }

    private static func counts(_ stat: WriteStat, _ operation: WriteOperation, isNew: Bool) -> [String] {
        guard let path = stat.path, BaseFileName(path.split(separator: "/").last.map(String.init) ?? "") != nil else { return [] }
        var messages: [String] = []
        let (changed, overflow) = stat.inserts.addingReportingOverflow(stat.updates)
        if overflow || changed > stat.writes || stat.inserts < 0 || stat.updates < 0 || stat.deletes < 0 {
            messages.append("numInserts \(stat.inserts) and numUpdateWrites \(stat.updates) exceed numWrites \(stat.writes): \(path)")
        } else if isNew, stat.previousInstant == nil, operation != .compact, operation != .bootstrap, stat.inserts != stat.writes {
            messages.append("a new group with numInserts \(stat.inserts) and numWrites \(stat.writes): \(path)")
        }
        return messages
    }

    // MARK: Members

    private static let texts = ["fileId", "path", "prevCommit", "partitionPath"]
    private static let numbers = [
        "numWrites", "numDeletes", "numUpdateWrites", "numInserts", "totalWriteBytes", "totalWriteErrors", "fileSizeInBytes",
    ]

    /// Java reads a missing member as null, and fails on it later.
    private static func missingMembers(_ json: JSON) -> [String] {
        var messages: [String] = []
        for partition in json["partitionToWriteStats"]?.objectValue ?? [] {
            for stat in partition.value.arrayValue ?? [] {
                let name = stat["path"]?.stringValue ?? stat["fileId"]?.stringValue ?? partition.name
                for member in texts where stat[member]?.stringValue == nil { messages.append("\(member) is missing or no text: \(name)") }
                for member in numbers where stat[member]?.intValue == nil { messages.append("\(member) is missing or no number: \(name)") }
            }
        }
        return messages
    }
}
