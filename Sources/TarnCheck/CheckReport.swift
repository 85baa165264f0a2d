public import TarnBase

/// How much of a table a check has seen.
public struct CheckedCounts: Hashable, Sendable {
    /// Instants of the active timeline.
    public var instants = 0
    /// File groups of the latest snapshot.
    public var fileGroups = 0
    /// Base files whose footer was read, and log files whose blocks were.
    public var files = 0
    /// Of these files, as stored.
    public var bytes: Int64 = 0
    /// Rows of the latest snapshot's base files, as their footers say.
    public var records: Int64 = 0
}

/// What a check found.
public struct CheckReport: Sendable {
    /// As the caller named it.
    public let table: String
    /// `hoodie.table.version`; nil where it could not be read.
    public let version: Int?
    public let checked: CheckedCounts
    /// In the order in which they were found.
    public let findings: [Finding]

    init(table: String, version: Int?, checked: CheckedCounts, findings: [Finding]) {
        self.table = table
        self.version = version
        self.checked = checked
        self.findings = findings
    }

    /// The report of a table whose store could not even be reached: one finding, that nothing was checked.
    public init(unreadable message: String) {
        self.init(table: "", version: nil, checked: CheckedCounts(), findings: [Finding(.unreadable, at: ".", message)])
    }

    /// Whether nothing at all was found.
    public var isEmpty: Bool { findings.isEmpty }

    /// The worst of what was found; nil if nothing was.
    public var severity: Severity? { findings.map(\.severity).max() }

    /// The report as `tablecheck --json` prints it.
    ///
    /// - Parameter name: Stands for ``table``: a command line was given an address, the check a path in a store.
    public func json(table name: String? = nil) -> JSON {
        [
            "table": .string(name ?? table), "version": version.map { .int($0) } ?? .null,
            "checked": [
                "instants": .int(checked.instants), "file_groups": .int(checked.fileGroups), "files": .int(checked.files),
                "bytes": .int(checked.bytes), "records": .int(checked.records),
            ],
            "findings": .array(findings.map(\.json)),
        ]
    }
}
