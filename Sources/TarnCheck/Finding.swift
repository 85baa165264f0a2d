public import TarnBase
import TarnTable

/// Where a table breaks an invariant, or could not be checked.
public struct Finding: Hashable, Sendable {
    public let invariant: Invariant
    public let severity: Severity
    /// The file concerned, relative to the table, also when it ought to exist; `.` is the table's own folder.
    public let path: String
    /// The instant concerned, if there is one.
    public let instant: String?
    /// What was found, with the values: for people.
    public let message: String

    init(_ invariant: Invariant, at path: String, instant: InstantTime? = nil, _ message: String, severity: Severity? = nil) {
        self.invariant = invariant
        self.severity = severity ?? invariant.severity
        self.path = path.isEmpty ? "." : path
        self.instant = instant.map { "\($0)" }
        self.message = message
    }

    /// The invariant's id, as in SPEC.md.
    public var id: String { invariant.id }
    /// The events known to cause it.
    public var likelyCause: String { invariant.likelyCause }
    /// What puts it right.
    public var repair: String { invariant.repair }

    public var json: JSON {
        [
            "id": .string(id), "severity": .string(severity.rawValue), "path": .string(path),
            "instant": instant.map { .string($0) } ?? .null, "message": .string(message), "likely_cause": .string(likelyCause),
            "repair": .string(repair),
        ]
    }
}

extension Finding: CustomStringConvertible {
    public var description: String { "\(severity.rawValue) \(id) \(path): \(message)" }
}
