public import TarnColumns

/// What a new table is told once: the required facts in the initialiser, the rest with the format's defaults.
public struct TableConfiguration: Hashable, Sendable {
    /// How updates are kept.
    public enum TableType: Hashable, Sendable {
        /// Every change rewrites the files it touches.
        case copyOnWrite
        /// Changes of stored rows go to log files, which reads merge until compaction does.
        case mergeOnRead
    }

    /// How rows are spread over folders.
    public enum Partitioning: Hashable, Sendable {
        case none
        /// A folder level for each of these columns.
        case fields([String])
    }

    /// Which of two versions of a row is kept.
    public enum MergeMode: Hashable, Sendable {
        /// The one with the greater ordering value; the later arrival if they are equal.
        case eventTimeOrdering
        /// The later arrival.
        case commitTimeOrdering
    }

    public var name: String
    /// nil: none.
    public var database: String?
    public var schema: Schema
    /// The columns that identify a row in the whole table.
    public var recordKey: [String]
    public var type = TableType.copyOnWrite
    public var partitioning = Partitioning.none
    /// The column that tells which of two versions of a row is newer. Version 6 takes one at most.
    public var orderingFields: [String] = []
    /// nil: event time if there is an ordering field, else commit time.
    public var mergeMode: MergeMode?
    /// Folders named `column=value`.
    public var hiveStylePartitioning = true
    /// Whether characters that are special in paths are escaped in partition values.
    public var urlEncodedPartitioning = false
    /// The table version to write: 6.
    public var tableVersion = 6
    /// The key generator by name, nil to tell it from the key and partition columns.
    public var keyGenerator: KeyGeneratorKind?

    public enum KeyGeneratorKind: String, Hashable, Sendable, CaseIterable {
        case simple, complex, timestamp
        case nonPartitioned = "non-partitioned"
    }

    public init(name: String, schema: Schema, recordKey: [String]) {
        self.name = name
        self.schema = schema
        self.recordKey = recordKey
    }
}
