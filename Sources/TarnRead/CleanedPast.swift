import TarnStorage
import TarnTable

extension ReadGround {
    /// Refuses to show the table as it was at `time` if a clean took away, or is about to, what it was then: fewer rows than
    /// there were would be a wrong answer.
    ///
    /// Cleans that were archived meanwhile are not known any more. File IDs tell groups apart here: plans do not say the
    /// partition in every release.
    ///
    /// Cost: one request for each clean on the active timeline.
    func refuseCleaned(asOf time: InstantTime) async throws {
        let cleans = timeline.instants.filter { $0.action == .clean }
        guard !cleans.isEmpty else { return }
        var present: [FileID: [InstantTime]] = [:]
        for file in files.baseFiles { present[file.fileID, default: []].append(file.instant) }
        for file in files.logFiles { present[file.name.fileID, default: []].append(file.name.baseInstant) }
        let gone = Set(selection.replaced.filter { $0.value <= time }.keys.map(\.fileID))
        for clean in cleans {
            for (fileID, instant) in try await slicesTakenAway(by: clean) {
                guard instant <= time, timeline.holds(instant), !gone.contains(fileID) else { continue }
                // Another file of the slice, or a newer slice, is there: nothing of then is missing.
                if present[fileID, default: []].contains(where: { $0 >= instant && $0 <= time }) { continue }
                throw TableError(
                    .unsupported, "the table as it was at \(time): the clean \(clean.time) took away what file group \(fileID) was then", instant: time)
            }
        }
    }

    private func slicesTakenAway(by clean: Instant) async throws -> [(FileID, InstantTime)] {
        let path = table.timelineFile(clean.fileName(clean.isCompleted ? .completed : .requested))
        do {
            let bytes = try await table.store.get(path)
            let names = clean.isCompleted ? try CleanMetadata(parsing: bytes).partitions.flatMap(\.deletedFiles) : try CleanPlan(parsing: bytes).files
            return names.compactMap { path in
                let name = path.split(separator: "/").last ?? ""
                if let file = BaseFileName(name) { return (file.fileID, file.instant) }
                if let file = LogFileName(name) { return (file.fileID, file.baseInstant) }
                return nil
            }
        } catch {
            throw TableError(error, at: path, instant: clean.time)
        }
    }
}
