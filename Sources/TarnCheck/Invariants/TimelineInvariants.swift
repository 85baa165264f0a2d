import TarnStorage
package import TarnTable

/// What must hold of the names, sizes and times of the files in `.hoodie` (hudi-format §2).
package enum TimelineInvariants {
    /// - Parameters:
    ///   - archived: Completed instants of the archive: an archival that died takes their files away one by one. nil where it
    ///     could not be read, so that nothing can be said of a file that is missing.
    ///   - isDowngraded: After a downgrade from version 8, requested files may hold what that version put there.
    package static func check(_ timeline: Timeline, archived: Set<InstantTime>? = [], isDowngraded: Bool = false) -> [Finding] {
        names(timeline) + legalTimes(timeline) + states(timeline, archived, isDowngraded) + completions(timeline) + modified(timeline) + pending(timeline)
    }

    private static func path(_ file: Timeline.File) -> String { TableFacts.metaPath(file.name.text) }

    private static func names(_ timeline: Timeline) -> [Finding] {
        timeline.others.compactMap { object in
            let name = object.path.name
            let looksLikeInstant = name.utf8.first.map { (0x30...0x39).contains($0) } ?? false
            guard looksLikeInstant || (name.hasPrefix(".") && name.hasSuffix(".tmp")) else { return nil }
            return Finding(.namesParse, at: TableFacts.metaPath(name), looksLikeInstant ? "not the name of an instant; readers skip it" : "a temporary file that its writer left")
        }
    }

    /// Reserved instants: table creation and the two kinds of bootstrap.
    private static let reserved: Set<String> = ["00000000000000", "00000000000001", "00000000000002"]

    private static func legalTimes(_ timeline: Timeline) -> [Finding] {
        timeline.instants.compactMap { instant in
            let time = instant.time
            if time.civil != nil && (time.digitCount == 14 || time.digitCount == 17) || reserved.contains("\(time)") { return nil }
            return Finding(
                .instantsLegal, at: TableFacts.metaPath(instant.fileName.text), instant: time, "\(time) is no calendar time of 14 or 17 digits: it orders wrongly among others")
        }
    }

    private static func states(_ timeline: Timeline, _ archived: Set<InstantTime>?, _ isDowngraded: Bool) -> [Finding] {
        var findings: [Finding] = []
        for instant in timeline.instants {
            let files = timeline.files(of: instant)
            let present = Set(files.map(\.name.state))
            let isLeaving = instant.isCompleted && archived.map { $0.contains(instant.time) } ?? true
            for state in [InstantState.requested, .inflight] where state < instant.state && !present.contains(state) && !isLeaving {
                guard !(instant.action == .savepoint && state == .requested) else { continue }
                let missing = instant.fileName(state).text
                findings.append(
                    Finding(.statesInOrder, at: TableFacts.metaPath(missing), instant: instant.time, "\(missing) is missing, although \(instant.fileName.text) is there"))
            }
            for file in files where mustBeEmpty(file.name) && file.size > 0 && !(isDowngraded && file.name.state == .requested) {
                findings.append(Finding(.statesInOrder, at: path(file), instant: instant.time, "\(file.size) bytes, where an empty file is expected"))
            }
        }
        return findings
    }

    private static func mustBeEmpty(_ name: InstantFileName) -> Bool {
        switch (name.action, name.state) {
        case (.commit, .requested), (.deltaCommit, .requested): true
        case (.compaction, .inflight), (.logCompaction, .inflight), (.rollback, .inflight), (.restore, .inflight), (.savepoint, .inflight): true
        default: false
        }
    }

    private static func completions(_ timeline: Timeline) -> [Finding] {
        var findings: [Finding] = []
        for (time, files) in Dictionary(grouping: timeline.files, by: \.name.time).sorted(by: { $0.key < $1.key }) {
            var actions = Set(files.map(\.name.action)).subtracting([.savepoint])
            // The completed file of a compaction is a commit's; a commit's earlier states would be another action's.
            for planned in [Action.compaction, .logCompaction] where actions.contains(planned) {
                if files.allSatisfy({ $0.name.action != planned.comparable || $0.name.state == .completed }) { actions.remove(planned.comparable) }
            }
            guard actions.count > 1 else { continue }
            let names = files.map(\.name.text).joined(separator: ", ")
            findings.append(
                Finding(.oneCompletion, at: path(files[0]), instant: time, "\(actions.map(\.rawValue).sorted().joined(separator: " and ")) use one instant: \(names)"))
        }
        return findings
    }

    /// 1.x takes modification times for completion times. A compaction or clustering is rightly completed late: after commits
    /// with newer instants.
    private static func modified(_ timeline: Timeline) -> [Finding] {
        var findings: [Finding] = []
        var newest: Instant?
        for instant in timeline.completedWrites where ![.compaction, .logCompaction, .replaceCommit].contains(instant.action) {
            guard let before = newest, instant.modifiedMilliseconds < before.modifiedMilliseconds else {
                newest = instant
                continue
            }
            findings.append(
                Finding(
                    .modifiedInOrder, at: TableFacts.metaPath(instant.fileName.text), instant: instant.time,
                    "modified before \(TableFacts.metaPath(before.fileName.text)), an older instant"))
        }
        return findings
    }

    private static func pending(_ timeline: Timeline) -> [Finding] {
        timeline.pending.map { instant in
            Finding(.pendingInstant, at: TableFacts.metaPath(instant.fileName.text), instant: instant.time, "\(instant.action.rawValue) is \(instant.state.rawValue), not completed")
        }
    }
}
