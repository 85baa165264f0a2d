import TarnTable

/// Decides which instants leave the active timeline. Looks at nothing but its arguments.
///
/// Completed writes leave oldest first and without a gap, since whatever is older than the first active write counts as
/// committed (hudi-format §8.4): never past an unfinished instant, a savepoint, a replacecommit whose replaced files are
/// there, the newest commit that carries what writers go on from, or a file of no commit. Cleans and rollbacks are counted
/// apart, each kind for itself. What is archived already leaves whatever the counts are.
struct ArchivalPlanner {
    let ground: ArchivalGround
    let keeping: ClosedRange<Int>

    private var timeline: Timeline { ground.timeline }

    func decide() -> ArchivalDecision {
        var verdicts: [ArchivalDecision.Verdict] = []
        for action in [Action.clean, .rollback] {
            verdicts += self.verdicts(timeline.completed.filter { $0.action == action }) { (instant: Instant) -> ArchivalReason? in
                firstPending.flatMap { $0 < instant.time ? .pending($0) : nil }
            }
        }
        let orphan = firstOrphan()
        verdicts += self.verdicts(timeline.completedWrites) { instant in obstacle(instant, orphan) }
        return ArchivalDecision(keeping: keeping, verdicts: verdicts)
    }

    /// - Parameter obstacle: Why an instant must stay although it is old.
    private func verdicts(_ instants: [Instant], _ obstacle: (Instant) -> ArchivalReason?) -> [ArchivalDecision.Verdict] {
        var firstKept: InstantTime?
        return instants.enumerated().map { number, instant in
            let isArchived = ground.archived.contains(instant.time)
            if !isArchived, instants.count <= keeping.upperBound { return .init(instant: instant, reason: .fewEnough(keeping.upperBound)) }
            if !isArchived, number >= instants.count - keeping.lowerBound { return .init(instant: instant, reason: .amongNewest(keeping.lowerBound)) }
            if let firstKept { return .init(instant: instant, reason: .behind(firstKept)) }
            guard let reason = obstacle(instant) else { return .init(instant: instant, reason: isArchived ? .archivedBefore : .older(keeping: keeping.lowerBound)) }
            firstKept = instant.time
            return .init(instant: instant, reason: reason)
        }
    }

    private func obstacle(_ write: Instant, _ orphan: (time: InstantTime, path: String)?) -> ArchivalReason? {
        if let firstPending, firstPending <= write.time { return .pending(firstPending) }
        if let savepoint = ground.savepoints.min(), savepoint <= write.time { return .savepoint(savepoint) }
        if let group = ground.replaced[write.time]?.first(where: { present.contains($0) }) { return .replacedFiles(group) }
        if let key = ground.carriers.filter({ $0.value <= write.time }).keys.min() { return .carries(key) }
        if let carrier = ground.schemaCarrier, carrier <= write.time { return .carriesSchema }
        // The last write before the orphan stays: with it on the timeline, the orphan is younger than the first.
        if let orphan, (timeline.completedWrites.first { $0.time > write.time }?.time).map({ $0 > orphan.time }) ?? true { return .orphan(orphan.path) }
        return nil
    }

    private let firstPending: InstantTime?
    private let present: Set<FileGroupID>

    init(_ ground: ArchivalGround, keeping: ClosedRange<Int>) {
        self.ground = ground
        self.keeping = keeping
        firstPending = ground.timeline.pending.map(\.time).min()
        var present: Set<FileGroupID> = []
        if !ground.replaced.isEmpty {
            present.formUnion(ground.files.baseFiles.map(\.group))
            present.formUnion(ground.files.logFiles.map(\.group))
        }
        self.present = present
    }

    /// The oldest data file that is on the active timeline's stretch and belongs to none of its writes.
    private func firstOrphan() -> (time: InstantTime, path: String)? {
        let known = Set(timeline.instants.filter { $0.action.writesData }.map(\.time))
        var first: (time: InstantTime, path: String)?
        func look(_ time: InstantTime, _ path: @autoclosure () -> String) {
            guard !timeline.holds(time), !known.contains(time), first.map({ time < $0.time }) ?? true else { return }
            first = (time, path())
        }
        for file in ground.files.baseFiles { look(file.instant, file.relativePath) }
        for file in ground.files.logFiles { look(file.name.baseInstant, file.relativePath) }
        return first
    }
}
