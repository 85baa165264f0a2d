import TarnBase
import TarnStorage
import TarnTable
import TarnWrite

/// Moves instants from the active timeline to the archive, some at a time.
///
/// Of each lot: the archive file, whole, with every state of every instant; then the requested and inflight files go, in
/// any order, since a completed file alone is a completed instant; then the completed ones, of writes one by one and oldest
/// first, so that whoever looks in between sees a timeline without holes. A lot that was archived and not yet removed is
/// removed by the next run, without a second record.
struct ArchiveRun {
    let folder: ArchiveFolder
    let archive: ArchiveEnd
    let timeline: Timeline
    let zone: TimelineZone

    private var table: TableHandle { folder.table }
    /// Below a part of an upload, so that the file is put by one request with a condition.
    private static let fileBytes = 4 << 20
    private static let lotCount = 500

    /// - Returns: The names of the archive files made.
    ///
    /// Cost: a request for each file of the instants that is not empty; one for
    /// each lot, each 1,000 requested and inflight files, and each write.
    func run(_ instants: [Instant]) async throws -> [String] {
        var number = archive.number
        var made: [String] = []
        var lot: [Instant] = []
        var file = ArchiveFile()
        func close() async throws {
            if !file.isEmpty {
                number += 1
                let name = ArchiveFileName(number).text
                try await put(file.finish(), at: folder.path.appending(name))
                made.append(name)
            }
            try await remove(lot)
            lot = []
        }
        for instant in instants {
            try Task.checkCancellation()
            if !archive.known.times.contains(instant.time) {
                for entry in try await entries(of: instant) { try file.append(entry) }
            }
            lot.append(instant)
            if file.byteCount >= Self.fileBytes || lot.count >= Self.lotCount { try await close() }
        }
        try await close()
        return made
    }

    private func entries(of instant: Instant) async throws -> [ArchivedEntry] {
        var entries: [ArchivedEntry] = []
        var requested = Bytes()
        for file in timeline.files(of: instant) {
            let path = table.timelineFile(file.name)
            do {
                var content = file.size == 0 ? Bytes() : try await table.store.get(path, ranges: [0..<file.size])[0]
                if file.name.state == .requested { requested = content }
                // Releases after 0.15 leave it empty.
                if instant.action == .clean, file.name.state == .inflight, content.isEmpty { content = requested }
                entries.append(
                    try ArchivedEntry(
                        file.name, of: instant, content: content,
                        transition: InstantTime(epochMilliseconds: file.modifiedMilliseconds, zone: zone)))
            } catch {
                throw TableError(error, at: path, instant: instant.time)
            }
        }
        return entries
    }

    /// A file of that number that came in between is another writer's, or ours when the answer was lost: the next run knows.
    private func put(_ bytes: Bytes, at path: ObjectPath) async throws {
        do { try await table.store.put(bytes, at: path, condition: .ifAbsent) } catch { throw TableError(error, at: path) }
    }

    private func remove(_ lot: [Instant]) async throws {
        let files = lot.map { timeline.files(of: $0) }
        let early = files.flatMap { $0.filter { $0.name.state != .completed } }
        try await delete(early)
        try await delete(files.flatMap { $0.filter { $0.name.state == .completed && !$0.name.action.writesData } })
        for write in files.flatMap({ $0.filter { $0.name.state == .completed && $0.name.action.writesData } }) { try await delete([write]) }
    }

    private func delete(_ files: [Timeline.File]) async throws {
        for start in stride(from: 0, to: files.count, by: 1000) {
            let some = files[start..<min(files.count, start + 1000)]
            do { try await table.store.delete(some.map { table.timelineFile($0.name) }) } catch {
                throw TableError(error, at: table.timelineFile(some[some.startIndex].name), instant: some[some.startIndex].name.time)
            }
        }
    }
}
