package import TarnStorage

/// The active instants of a table as one listing of `.hoodie` showed them (layout 1; hudi-format §2.4).
///
/// One instant for each (time, comparable action), in the most advanced state that has a file. A write is visible if and
/// only if its completed file exists.
package struct Timeline: Sendable {
    package struct File: Hashable, Sendable {
        package let name: InstantFileName
        package let size: Int64
        package let modifiedMilliseconds: Int64

        package init(name: InstantFileName, size: Int64, modifiedMilliseconds: Int64) {
            self.name = name
            self.size = size
            self.modifiedMilliseconds = modifiedMilliseconds
        }
    }

    /// Sorted by time, then by the action's word.
    package let instants: [Instant]
    /// Every timeline file, sorted by time and state; several an instant.
    package let files: [File]
    /// What else lies directly in `.hoodie`, side files of Hadoop (`.….crc`) left out.
    package let others: [ObjectInfo]
    /// Names of the folders directly in `.hoodie`: `metadata`, `.temp`, `archived`, …
    package let folders: Set<String>

    package init(files: [File], others: [ObjectInfo] = [], folders: Set<String> = []) {
        struct Key: Hashable {
            let time: InstantTime
            let action: Action
        }
        var found: [Key: Instant] = [:]
        for file in files {
            let key = Key(time: file.name.time, action: file.name.action.comparable)
            let known = found[key]
            // The requested file tells a compaction from a commit; the most advanced file tells the rest.
            let planned = [known?.action, file.name.action].compactMap { $0 }.first { $0 != key.action } ?? key.action
            let leading = known.map { $0.state > file.name.state ? $0 : nil } ?? nil
            found[key] = Instant(
                key.time, planned, leading?.state ?? file.name.state, size: leading?.size ?? file.size,
                modifiedMilliseconds: leading?.modifiedMilliseconds ?? file.modifiedMilliseconds)
        }
        instants = found.values.sorted { ($0.time, $0.action.rawValue) < ($1.time, $1.action.rawValue) }
        self.files = files.sorted { ($0.name.time, $0.name.state, $0.name.action.rawValue) < ($1.name.time, $1.name.state, $1.name.action.rawValue) }
        self.others = others
        self.folders = folders
        visible = Set(instants.filter { $0.isCompleted && $0.action.writesData || $0.isPendingCompaction }.map(\.time))
        firstActive = visible.min()
    }

    private let visible: Set<InstantTime>
    /// The oldest instant that counts as the start of the active timeline: completed commits of all kinds, and pending
    /// compactions. Older cleans and rollbacks do not move it (§8.4). nil while nothing was ever committed.
    package let firstActive: InstantTime?

    /// Lists `.hoodie`, once and not recursively. Cost: a request for each started 1,000 entries.
    package static func load(_ table: TableHandle) async throws -> Timeline {
        let listing: ObjectListing
        do {
            listing = try await table.store.list(table.metaFolder, recursive: false)
        } catch {
            throw TableError(error, at: table.metaFolder)
        }
        return Timeline(listing)
    }

    package init(_ listing: ObjectListing) {
        var files: [File] = []
        var others: [ObjectInfo] = []
        for object in listing.objects {
            let name = object.path.name
            if let parsed = InstantFileName(name) {
                files.append(File(name: parsed, size: object.size, modifiedMilliseconds: object.modifiedMilliseconds))
            } else if !(name.hasPrefix(".") && name.hasSuffix(".crc")) {
                others.append(object)
            }
        }
        self.init(files: files, others: others, folders: Set(listing.folders.map(\.name)))
    }
}

// MARK: - Questions

extension Timeline {
    package var completed: [Instant] { instants.filter(\.isCompleted) }
    package var pending: [Instant] { instants.filter { !$0.isCompleted } }

    /// Completed commits, delta commits and replace commits, compactions among them: what makes data visible.
    package var completedWrites: [Instant] { instants.filter { $0.isCompleted && $0.action.writesData } }
    package var newestCompletedWrite: Instant? { instants.last { $0.isCompleted && $0.action.writesData } }

    /// Pending compactions and log compactions.
    package var pendingCompactions: [Instant] { instants.filter(\.isPendingCompaction) }
    /// Pending insert-overwrites, delete-partitions and clusterings; their requested file tells which.
    package var pendingReplaces: [Instant] { instants.filter { !$0.isCompleted && $0.action == .replaceCommit } }

    /// The latest time of any action in any state: a new instant must be later.
    package var newestTime: InstantTime? { instants.last?.time }

    package func instant(_ time: InstantTime, _ action: Action) -> Instant? {
        instants.first { $0.time == time && $0.action.comparable == action.comparable }
    }

    /// The files of an instant, in the order of its states.
    package func files(of instant: Instant) -> [File] {
        files.filter { $0.name.time == instant.time && $0.name.action.comparable == instant.action.comparable }
    }

    /// Whether data written at `time` counts as committed: its write is completed, or it is older than the active timeline
    /// and presumed archived (§8.1 rule 4, §8.4). A pending compaction's time counts too: it opens slices.
    package func holds(_ time: InstantTime) -> Bool { visible.contains(time) || firstActive.map { time < $0 } ?? false }

    /// Whether a metadata table lies in the table.
    package var hasMetadataTable: Bool { folders.contains("metadata") }

    /// The size of `.hoodie/<name>` if it is there and no timeline file.
    package func size(ofOther name: String) -> Int64? { others.first { $0.path.name == name }?.size }
}

extension Instant {
    var isPendingCompaction: Bool { state != .completed && (action == .compaction || action == .logCompaction) }
}
