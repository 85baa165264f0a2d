import TarnTable

/// What must hold of the logs of one file group on one base instant (hudi-format §5.1, §5.2, §5.4). Takes their blocks in order.
struct LogInvariants {
    private let facts: TableFacts
    private let group: FileGroupID
    private let baseInstant: InstantTime
    /// Blocks of rows and deletes that no rollback command took back so far.
    private var standing: [(instant: InstantTime, file: LogFile)] = []

    init(_ facts: TableFacts, _ group: FileGroupID, _ baseInstant: InstantTime) {
        self.facts = facts
        self.group = group
        self.baseInstant = baseInstant
    }

    /// Takes the next block.
    mutating func take(_ block: LogBlock, of file: LogFile) -> [Finding] {
        guard block.type == .command else {
            standing.append((block.instant, file))
            return block.header[.schema] == nil && block.type.holdsRows ? [finding(.logBlockDecodes, file, block, "the block has no schema")] : []
        }
        guard let target = block.rolledBack else { return [] }
        defer { standing.removeAll { $0.instant == target } }
        if block.instant <= target { return [finding(.rollbackTarget, file, block, "the rollback \(block.instant) of \(target), which is not older than it")] }
        if facts.isCompletedForGood(target), standing.contains(where: { $0.instant == target }) {
            return [finding(.rollbackTarget, file, block, "the block takes back what \(target) wrote, which is completed: readers lose it")]
        }
        if !facts.isKnownRollback(block.instant) {
            return [finding(.rollbackTarget, file, block, "no rollback \(block.instant) is on the timeline that could have taken \(target) back")]
        }
        return []
    }

    /// What passing over bytes that are no block means: the death of a writer that never completed, or rows that are lost.
    func passedOver(_ range: Range<Int64>, of file: LogFile) -> Finding {
        let isCompleted = facts.appends[file.relativePath]?.contains { $0.overlaps(range) } ?? false
        return Finding(
            .logFrames, at: file.relativePath, "bytes \(range.lowerBound) to \(range.upperBound) are no block" + (isCompleted ? ": what a completed commit wrote there is lost" : ""),
            severity: isCompleted ? .error : .warning)
    }

    /// After the last block.
    func finish() -> [Finding] {
        var findings: [Finding] = []
        var told: Set<InstantTime> = []
        for (instant, file) in standing where told.insert(instant).inserted {
            let path = file.relativePath
            if instant < baseInstant { findings.append(Finding(.logHasGroup, at: path, instant: instant, "a block of \(instant) on the base instant \(baseInstant), which is newer")) }
            if facts.isUnderway(instant) { continue }
            guard facts.isCommitted(instant) else {
                let effect = facts.timeline.firstActive.map { instant < $0 } ?? false ? "; older than the first active instant, so that readers take it for data" : ""
                findings.append(Finding(.orphanNoInstant, at: path, instant: instant, "a block of \(instant), which is neither completed nor pending nor rolled back\(effect)"))
                continue
            }
            if facts.named[path] == nil, let commit = facts.commits[instant], commit.isDecoded {
                findings.append(Finding(.orphanUnnamed, at: path, instant: instant, "the commit of a block in it does not name the log file"))
            }
        }
        return standing.isEmpty ? findings : findings + slice(standing[0].file)
    }

    /// A log hangs on a base file, on a pending compaction that will write it, or on the delta commit that began a group
    /// without one. Any other base instant hides the group's rows: readers take its slice for the newest.
    private func slice(_ file: LogFile) -> [Finding] {
        func broken(_ message: String) -> [Finding] { [Finding(.logHasGroup, at: file.relativePath, instant: baseInstant, message)] }
        if facts.isUnderway(baseInstant) { return [] }
        guard facts.isCommitted(baseInstant) || facts.timeline.firstActive.map({ baseInstant < $0 }) ?? false else {
            return broken("its base instant \(baseInstant) is on no timeline")
        }
        let hasBase = facts.files.baseFiles.contains { $0.group == group && $0.instant == baseInstant }
        let beganHere = standing.contains { $0.instant == baseInstant } || facts.logsBegun.contains(GroupVersion(group: group, instant: baseInstant))
        let isGone = facts.cleanedNames.contains { $0.hasPrefix("\(group.fileID)_") && $0.hasSuffix("_\(baseInstant).parquet") }
        guard !hasBase, !beganHere, !isGone, !facts.hasArchive else { return [] }
        return broken("no base file of \(baseInstant) is there, and no delta commit of that instant began the group")
    }

    private func finding(_ invariant: Invariant, _ file: LogFile, _ block: LogBlock, _ message: String) -> Finding {
        Finding(invariant, at: file.relativePath, instant: block.instant, "\(message), at byte \(block.offset)")
    }
}

extension TableFacts {
    /// Completed, and of a kind that is not done again under its own instant after a rollback.
    func isCompletedForGood(_ time: InstantTime) -> Bool {
        timeline.instants.contains { $0.time == time && $0.isCompleted && [.commit, .deltaCommit].contains($0.action) }
    }

    /// Whether a rollback or restore of this instant is on the timeline, or may have been archived.
    func isKnownRollback(_ time: InstantTime) -> Bool {
        hasArchive || isUnderway(time) || timeline.instants.contains { $0.time == time && ($0.action == .rollback || $0.action == .restore) }
            || timeline.instants.contains { $0.action == .restore }
    }
}
