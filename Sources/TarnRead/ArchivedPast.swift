import TarnColumns
import TarnStorage
import TarnTable

extension ReadGround {
    /// An incremental read of the rows after `begin`, up to `end`.
    func incremental(after begin: InstantTime, upTo end: InstantTime?) async throws -> Snapshot {
        let slices = properties.type == .copyOnWrite ? baseSlices(asOf: end) : selection.latestSlices(of: files, asOf: end)
        // A base file older than the range has no row of it, and its rows win over none of it.
        let inRange = slices.compactMap { slice in
            let base = slice.baseFile.flatMap { $0.instant > begin ? $0 : nil }
            guard base != nil || !slice.logFiles.isEmpty else { return nil as FileSlice? }
            return FileSlice(
                partition: slice.partition, fileID: slice.fileID, baseInstant: slice.baseInstant, baseFile: base, logFiles: slice.logFiles)
        }
        return try await snapshot(of: inRange, upTo: end, after: begin)
    }

    /// Where an incremental read begins. Spark answers from the commits of the active timeline alone, and silently leaves out
    /// rows of archived ones. Where no row of an archived commit is left, that is the whole answer; else it is refused.
    ///
    /// - Throws: ``TableError`` `unsupported`, naming the range that is missing.
    ///
    /// Cost: nothing for a range on the active timeline; else a listing of the archive, and, if there is one, the commit times
    /// of all rows in the range.
    func beginOnTimeline(_ begin: InstantTime, upTo end: InstantTime?) async throws -> InstantTime {
        guard let first = timeline.firstActive, let before = first.justBefore, begin < before, try await hasArchive else { return begin }
        let archived = Filter.less(MetaFields.commitTime, .text("\(first)"))
        var rows = try await incremental(after: begin, upTo: end).scan(columns: [], where: archived).makeAsyncIterator()
        guard try await rows.next() == nil else {
            throw TableError(
                .unsupported,
                "rows written after \(begin): some are of commits before \(first), which were archived, and Spark leaves such rows out; begin with a commit at or after \(first), or read a snapshot",
                instant: begin)
        }
        return before
    }

    private var hasArchive: Bool {
        get async throws {
            let folder = try ArchiveFolder(table, properties)
            guard timeline.folders.contains(properties.archiveFolder) || properties.archiveFolder.contains("/") else { return false }
            return try await table.store.list(folder.path, startingAfter: nil, recursive: true).objects.contains { !$0.path.name.hasSuffix(".crc") }
        }
    }

    /// What was archived of cleans and replacements.
    func archive() async throws -> ArchivedTimeline {
        try await hasArchive ? try await ArchiveFolder(table, properties).load() : ArchivedTimeline()
    }
}

extension InstantTime {
    /// A time before this one with no other of up to 17 digits in between; nil before the first of all.
    fileprivate var justBefore: InstantTime? {
        guard let digits = UInt64(description.prefix(17)), digits > 0 else { return nil }
        let text = String(digits - 1)
        let length = min(17, description.utf8.count)
        return InstantTime(String(repeating: "0", count: length - text.utf8.count) + text + "999999999")
    }
}
