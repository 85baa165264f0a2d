/// One sentence that holds for every sound table: SPEC.md, section 9.
public struct Invariant: Hashable, Sendable {
    /// The dotted name, the same in SPEC.md, comments, tests and reports.
    public let id: String
    /// What a breach of it is, unless a finding says otherwise.
    public let severity: Severity
    /// Whether checking it reads the rows of files.
    public let isDeep: Bool
    /// The sentence.
    public let statement: String
    /// The events known to cause a breach.
    public let likelyCause: String
    /// What puts a breach right.
    public let repair: String

    init(_ id: String, severity: Severity = .error, deep: Bool = false, _ statement: String, cause: String, repair: String) {
        self.id = id
        self.severity = severity
        isDeep = deep
        self.statement = statement
        likelyCause = cause
        self.repair = repair
    }

    /// The invariant of this id.
    public static func named(_ id: String) -> Invariant? { all.first { $0.id == id } }

    /// All of them, in SPEC.md's order; first what is said of a check itself.
    public static let all: [Invariant] =
        checking + properties + timeline + commits + files + baseFiles + logs + keys + ledger

    public static func == (left: Invariant, right: Invariant) -> Bool { left.id == right.id }
    public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}
