import TarnStorage
import TarnTable

extension ReadGround {
    /// Refuses to show the table as it was at `time` if a clean took away, or is about to, what it was then: fewer rows than
    /// there were would be a wrong answer.
    ///
    /// Cost: one request for each clean on the active timeline; the archive, where one of its cleans could matter: all of
    /// those are older than the oldest that is active, and what a clean took away nobody read at its time or later.
    func refuseCleaned(asOf time: InstantTime) async throws {
        let cleans = timeline.instants.filter { $0.action == .clean }
        var past = PastVersions(self, at: time)
        var archived: ArchivedTimeline?
        if cleans.first.map({ time < $0.time }) ?? true {
            let archive = try await archive()
            past.learn(archive)
            archived = archive
            if let lost = archive.cleanedNames.lazy.compactMap(past.loss).first {
                throw TableError(.unsupported, "the table as it was at \(time): an archived clean took away what file group \(lost) was then", instant: time)
            }
        }
        for clean in cleans {
            let (names, retained) = try await takenAway(by: clean)
            guard names.contains(where: { past.loss(of: $0) != nil }) else { continue }
            // A replacement that was archived since may be why nobody misses it.
            if archived == nil {
                let archive = try await archive()
                past.learn(archive)
                archived = archive
            }
            guard let lost = names.lazy.compactMap(past.loss).first else { continue }
            let remedy = retained.isEmpty ? "" : "; snapshots from \(retained) on are whole"
            throw TableError(
                .unsupported, "the table as it was at \(time): the clean \(clean.time) took away what file group \(lost) was then\(remedy)", instant: time)
        }
    }

    private func takenAway(by clean: Instant) async throws -> (names: [String], retained: String) {
        let path = table.timelineFile(clean.fileName(clean.isCompleted ? .completed : .requested))
        do {
            let bytes = try await table.store.get(path)
            if clean.isCompleted {
                let metadata = try CleanMetadata(parsing: bytes)
                return (metadata.partitions.flatMap { $0.deletedFiles + $0.failedFiles }, metadata.earliestInstantToRetain)
            }
            let plan = try CleanPlan(parsing: bytes)
            return (plan.files, plan.earliestInstantToRetain?.time ?? "")
        } catch {
            throw TableError(error, at: path, instant: clean.time)
        }
    }
}

/// What a table was at a time, as far as its files are still there.
private struct PastVersions {
    private let time: InstantTime
    private let timeline: Timeline
    private let present: Set<String>
    /// The version of each group that a snapshot at the time shows. File IDs tell groups apart: plans do not say the
    /// partition in every release.
    private let shown: [FileID: InstantTime]
    private var replaced: Set<FileID>

    init(_ ground: ReadGround, at time: InstantTime) {
        self.time = time
        timeline = ground.timeline
        present = Set(ground.files.baseFiles.map(\.name.text) + ground.files.logFiles.map(\.name.text))
        shown = Dictionary(ground.selection.groups(of: ground.files, asOf: time).map { ($0.id.fileID, $0.latest.baseInstant) }, uniquingKeysWith: min)
        replaced = Set(ground.selection.replaced.filter { $0.value <= time }.keys.map(\.fileID))
    }

    mutating func learn(_ archive: ArchivedTimeline) {
        replaced.formUnion(archive.replaced.filter { $0.value <= time }.keys.map(\.fileID))
    }

    /// The group that lacks this file at the time; nil where it is still there, or nobody would read it.
    func loss(of path: String) -> FileID? {
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        guard !present.contains(name) else { return nil }
        let (fileID, instant): (FileID, InstantTime)
        if let base = BaseFileName(name) {
            (fileID, instant) = (base.fileID, base.instant)
        } else if let log = LogFileName(name), !log.isChangeLog {
            (fileID, instant) = (log.fileID, log.baseInstant)
        } else {
            return nil
        }
        guard instant <= time, timeline.holds(instant), !replaced.contains(fileID) else { return nil }
        // A newer version is read instead.
        if let newest = shown[fileID], newest > instant { return nil }
        return fileID
    }
}
