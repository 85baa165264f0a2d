import TarnTable

/// What must hold between the archived and the active timeline (hudi-format §9.6).
enum ArchiveInvariants {
    static func check(_ archive: ArchivedTimeline, _ facts: TableFacts) -> [Finding] {
        var findings: [Finding] = []
        for instant in facts.timeline.instants where instant.isCompleted && instant.action != .savepoint && archive.times.contains(instant.time) {
            findings.append(
                Finding(.historyDisjoint, at: TableFacts.metaPath(instant.fileName.text), instant: instant.time, "the instant is archived, and its file is still on the active timeline"))
        }
        guard !archive.replaced.isEmpty else { return findings }
        let active = Set(facts.timeline.completedWrites.map(\.time))
        func judge(_ group: FileGroupID, _ instant: InstantTime, _ path: String) {
            guard let replacement = archive.replaced[group], instant < replacement, !active.contains(replacement) else { return }
            findings.append(
                Finding(.replacedGone, at: path, instant: replacement, "the archived \(replacement) replaced the file's group, and nothing hides it from readers any more"))
        }
        for file in facts.files.baseFiles { judge(file.group, file.instant, file.relativePath) }
        for file in facts.files.logFiles { judge(file.group, file.name.baseInstant, file.relativePath) }
        return findings
    }
}
