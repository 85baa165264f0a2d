import TarnColumns
import TarnStorage
import TarnTable

/// What a check knows of a table so far; each part is filled by the step that reads it.
struct TableFacts {
    let table: TableHandle
    let properties: TableProperties
    /// As it was before anything else was read.
    var timeline = Timeline(files: [])
    /// Instants that came while the check listed the table: what they wrote is not judged.
    var laterInstants: Set<InstantTime> = []
    /// Archived completed instants; nil where the archive could not be read, or is of a kind that is not.
    var archived: Set<InstantTime>? = []
    var files = TableFiles()
    /// Every object outside `.hoodie`, `.crc` files left out: path relative to the table, and size.
    var sizes: [String: Int64] = [:]
    /// Hadoop's side files, with their sizes; relative to the table.
    var sideFiles: [(path: String, size: Int64)] = []
    /// Files that a completed, archived or pending clean deletes, by name.
    var cleanedNames: Set<String> = []
    /// What completed active commits said of their files, by path relative to the table.
    var named: [String: NamedFile] = [:]
    /// What completed active commits are, by time.
    var commits: [InstantTime: CommitFacts] = [:]
    /// Groups that a completed active replacecommit made invisible.
    var replaced: [FileGroupID: InstantTime] = [:]
    /// Plans of compactions and clusterings on the active timeline, pending or carried out.
    var plans: [Plan] = []
    /// What completed active commits appended to logs, by path: the bytes.
    var appends: [String: [Range<Int64>]] = [:]
    /// Slices without base file that a completed active commit began.
    var logsBegun: Set<GroupVersion> = []
    /// Log files, by the slice that their names give.
    var logsByGroup: [GroupVersion: [LogFile]] = [:]
    /// Whether any commit is Tarn's: keys are then unique in the whole table, not in a partition.
    var isWrittenByTarn = false
    var newestSchema: Schema?

    init(table: TableHandle, properties: TableProperties) {
        self.table = table
        self.properties = properties
    }

    /// A file as the write stat of its commit has it.
    struct NamedFile {
        let instant: InstantTime
        let writes: Int64
        /// nil where the stat names no legal group.
        let group: FileGroupID?
        let isLog: Bool
    }

    /// What a compaction or clustering was asked to take in.
    struct Plan {
        let name: InstantFileName
        let slices: [PlannedSlice]
    }

    struct CommitFacts {
        let operation: WriteOperation
        /// nil where the commit has none that parse.
        let columns: CommitColumns?
        /// False for a completed file of 0 bytes or one that does not decode: it names no files.
        let isDecoded: Bool
    }

    var hasArchive: Bool { archived.map { !$0.isEmpty } ?? true }

    /// Whether data of this instant is the table's: completed, now or before it was archived.
    func isCommitted(_ time: InstantTime) -> Bool {
        if completedWrites.contains(time) { return true }
        if let archived { return archived.contains(time) }
        return timeline.firstActive.map { time < $0 } ?? false
    }

    /// Whether the instant is on the timeline without being completed, or came while the table was being listed.
    func isUnderway(_ time: InstantTime) -> Bool { pendingTimes.contains(time) || laterInstants.contains(time) }

    /// Whether the instant of a timeline file is not completed.
    func isPending(_ name: InstantFileName) -> Bool {
        timeline.instants.contains { $0.time == name.time && $0.action == name.action && !$0.isCompleted }
    }

    private(set) var completedWrites: Set<InstantTime> = []
    private(set) var pendingTimes: Set<InstantTime> = []

    mutating func setTimeline(_ timeline: Timeline) {
        self.timeline = timeline
        completedWrites = Set(timeline.completedWrites.map(\.time))
        pendingTimes = Set(timeline.pending.map(\.time))
    }

    func relative(_ path: ObjectPath) -> String { path.relative(to: table.path) ?? path.text }

    static func metaPath(_ name: String) -> String { ".hoodie/\(name)" }
}

/// A file group at one base instant.
struct GroupVersion: Hashable {
    let group: FileGroupID
    let instant: InstantTime
}

extension TableFacts {
    /// The groups that pending compactions take in, with their instants.
    var pendingCompactions: [FileGroupID: InstantTime] {
        var pending: [FileGroupID: InstantTime] = [:]
        for plan in plans where plan.name.action == .compaction && isPending(plan.name) {
            for slice in plan.slices { if let group = FileGroupID(partition: slice.partition, fileID: slice.fileID) { pending[group] = plan.name.time } }
        }
        return pending
    }

    /// The file's name in a path, which timeline files spell absolute or not, with or without scheme.
    static func lastName(_ path: String) -> String { path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path }
}
