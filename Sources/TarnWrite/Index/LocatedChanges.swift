import TarnStorage
import TarnTable

/// What a write does, row by row, in the order in which files are written; and the counts.
final class LocatedChanges {
    /// Replacements and removals, by file group and position.
    private let rewrites: SortedRuns<PlacedChange>
    /// New rows, by partition and arrival.
    private let inserts: SortedRuns<PlacedChange>

    /// The file groups that `rewrites` names.
    private(set) var rewrittenGroups: Set<UInt32> = []

    private(set) var inserted: Int64 = 0
    private(set) var updated: Int64 = 0
    private(set) var deleted: Int64 = 0
    private(set) var stale: Int64 = 0
    private(set) var duplicates: Int64 = 0

    private let operation: WriteOperation
    /// Whether changes of stored rows may become log records, which name a row by its key alone.
    private let mayLog: Bool
    /// For each entry of the directory in hand the group it was found in; empty where nothing is logged.
    private var groups: [UInt32] = []
    /// Place of each partition in the order of paths.
    private let partitionRanks: [UInt32]

    init(operation: WriteOperation, mayLog: Bool, partitionRanks: [UInt32], memory: MemoryPlan, scratch: ScratchSpace) {
        self.operation = operation
        self.mayLog = mayLog
        self.partitionRanks = partitionRanks
        rewrites = SortedRuns(memoryLimit: memory.changes, scratch: scratch)
        inserts = SortedRuns(memoryLimit: memory.changes, scratch: scratch)
    }

    /// A stored row has the key of a staged change.
    func meet(
        _ directory: KeyDirectory, entry: Int, group: UInt32, partition: UInt32, position: UInt32, storedOrdering: Int64
    ) throws {
        let change = directory[entry]
        let decision = Decision.of(
            change, storedOrdering: storedOrdering, samePartition: change.partition == partition, operation: operation)
        let delete = PlacedChange.delete(group, position, by: change, storedOrdering: storedOrdering)
        if directory.isFound(entry) {
            // A key that another writer stored twice: the change has its place already, so what it beats here goes. A log
            // cannot tell two rows of one key in its own group apart.
            if mayLog, groups[entry] == group { return }
            if decision != .stale && decision != .alreadyStored { try rewrite(delete) }
            return
        }
        directory.markFound(entry)
        if mayLog {
            if groups.isEmpty { groups = Array(repeating: .max, count: directory.count) }
            groups[entry] = group
        }
        switch decision {
        case .stale: stale += 1
        case .alreadyStored: duplicates += 1
        case .update:
            try rewrite(.update(group, position, by: change))
            updated += 1
        case .move:
            try rewrite(delete)
            try inserts.append(.insert(into: partitionRanks[Int(change.partition)], change, isMove: true))
            updated += 1
        case .delete:
            try rewrite(delete)
            deleted += 1
        }
    }

    private func rewrite(_ change: PlacedChange) throws {
        rewrittenGroups.insert(change.destination)
        try rewrites.append(change)
    }

    /// The whole table was looked through for the keys of `directory`: what was not met is new.
    func endPass(_ directory: KeyDirectory) throws {
        groups = []
        duplicates += directory.duplicateCount
        for entry in 0..<directory.count {
            let change = directory[entry]
            guard !directory.isFound(entry) else { continue }
            if change.kind == .upsert {
                try inserts.append(.insert(into: partitionRanks[Int(change.partition)], change, isMove: false))
                inserted += 1
            } else {
                stale += 1
            }
        }
    }

    /// What there is to do, in order. Call once, after the last pass.
    func finish() throws -> (rewrites: PlacedChanges, inserts: PlacedChanges) {
        (try PlacedChanges(rewrites.finish()), try PlacedChanges(inserts.finish()))
    }
}
