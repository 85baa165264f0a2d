import TarnBase
import TarnTable

/// Decides which versions of file groups go. Looks at nothing but its arguments.
///
/// In every group these stay: the newest version; what a savepoint, a pending compaction or a pending clustering needs; and
/// what the snapshots that are kept read, which is every version of the retention point or later, and the newest before it.
/// A version goes with all its files. A replaced group goes whole, once every kept snapshot is from after the replacement.
struct CleaningPlanner {
    let ground: CleaningGround
    let retention: Retention
    /// Milliseconds since 1970 UTC, for hours.
    let now: Int64
    let zone: TimelineZone

    private var timeline: Timeline { ground.timeline }

    func decide() -> CleaningDecision {
        let point = retentionPoint()
        var verdicts: [CleaningDecision.Verdict] = []
        var all = ground.versions()[...]
        while let first = all.first {
            let versions = all.prefix { $0.group == first.group }
            all = all[versions.endIndex...]
            for (version, reason) in zip(versions, reasons(Array(versions), point?.time)) {
                verdicts.append(.init(version: version, reason: protection(of: version, reason) ?? reason))
            }
        }
        return CleaningDecision(
            retention: retention, retained: point, newestCommit: timeline.newestCompletedWrite?.time,
            savepoints: ground.savepoints.times, verdicts: verdicts)
    }

    /// The oldest commit whose snapshot stays readable; nil where nothing is old enough, and for numbers of versions.
    ///
    /// Never later than the oldest pending write: what that began on may still be read by it.
    func retentionPoint() -> Instant? {
        let commits = timeline.completedWrites
        let point: Instant?
        switch retention {
        case .versions: return nil
        case .commits(let count): point = commits.count > count ? commits[commits.count - count] : nil
        case .hours(let hours):
            let (milliseconds, isFar) = Int64(hours).multipliedReportingOverflow(by: 3_600_000)
            guard !isFar, milliseconds < now else { return nil }
            let cutoff = InstantTime(epochMilliseconds: now - milliseconds, zone: zone)
            // A table at rest: what is older than its newest commit by then is as old as it can get.
            point = commits.first { $0.time >= cutoff } ?? commits.last
        }
        let pending = timeline.pending.first { $0.action.writesData && $0.action.comparable == $0.action }
        guard let point, let pending, pending.time < point.time else { return point }
        return commits.last { $0.time < pending.time }
    }

    /// For the versions of one group, newest first.
    private func reasons(_ versions: [GroupVersion], _ point: InstantTime?) -> [CleanReason] {
        if let replacement = ground.replaced[versions[0].group] {
            guard case .versions = retention else {
                let isOld = point.map { replacement < $0 } ?? false
                return versions.map { _ in isOld ? .replaced(by: replacement) : .replacedLately(by: replacement) }
            }
            return versions.map { _ in .replaced(by: replacement) }
        }
        if case .versions(let count) = retention { return byNumber(versions, keeping: count) }
        guard let point else { return versions.map { _ in .nothingIsOld } }
        let read = versions.first { $0.instant < point }
        return versions.enumerated().map { number, version in
            if number == 0 { return .newest }
            if version.instant >= point { return .retained(from: point) }
            if version.instant == read?.instant { return .readAt(point) }
            return .superseded(by: versions[number - 1].instant)
        }
    }

    private func byNumber(_ versions: [GroupVersion], keeping count: Int) -> [CleanReason] {
        // A version that a pending compaction opened holds only logs yet: with the one before, it is one.
        let opened = versions[0].instant == ground.pendingCompactions[versions[0].group] ? 1 : 0
        return versions.indices.map { number in
            number == 0 ? .newest : number < count + opened ? .amongVersions(count) : .beyondVersions(count)
        }
    }

    /// What keeps a version that would go.
    private func protection(of version: GroupVersion, _ reason: CleanReason) -> CleanReason? {
        guard reason.isDeletion else { return nil }
        if let savepoint = version.files.lazy.compactMap({ ground.savepoints.files[version.relativePath(of: $0)] }).first {
            return .savepoint(savepoint)
        }
        if let clustering = ground.pendingClusterings[version.group] { return .pendingClustering(clustering) }
        if let compaction = ground.pendingCompactions[version.group], isRead(version, by: compaction) { return .pendingCompaction(compaction) }
        return nil
    }

    /// A pending compaction at C reads the newest version before C; what is on top of C is not old.
    private func isRead(_ version: GroupVersion, by compaction: InstantTime) -> Bool {
        version.instant >= compaction || version.instant == newestBefore[version.group]
    }

    /// Of the groups in pending compactions, the version that is compacted.
    private let newestBefore: [FileGroupID: InstantTime]

    init(_ ground: CleaningGround, keeping retention: Retention, now: Int64, zone: TimelineZone) {
        self.ground = ground
        self.retention = retention
        self.now = now
        self.zone = zone
        var newest: [FileGroupID: InstantTime] = [:]
        if !ground.pendingCompactions.isEmpty {
            for version in ground.versions() {
                guard let compaction = ground.pendingCompactions[version.group], version.instant < compaction else { continue }
                newest[version.group] = max(newest[version.group] ?? version.instant, version.instant)
            }
        }
        newestBefore = newest
    }
}
