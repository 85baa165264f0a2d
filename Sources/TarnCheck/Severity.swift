/// How bad a finding is, in rising order.
public enum Severity: String, Hashable, Sendable, CaseIterable, Comparable {
    /// True, and survivable: a writer runs, or something was left behind that nobody reads.
    case warning
    /// A part could not be checked: unreadable, or of a kind that this version does not judge. Never a pass.
    case unchecked
    /// The table breaks an invariant.
    case error

    private var rank: Int { self == .warning ? 0 : self == .unchecked ? 1 : 2 }
    public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }
}
