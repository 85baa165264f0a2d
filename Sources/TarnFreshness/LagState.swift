/// How a source partition, or a table as a whole, stands. Ordered from worst to best; a table is as its worst partition.
///
/// The rules are those of ``PartitionJudgement``; this is the list alone.
public enum LagState: String, Hashable, Sendable, CaseIterable {
    /// Expected, but never in the ledger, or gone from it.
    case missing
    /// The committed offset or the source's end fell.
    case rewound
    /// There is something to read, and nobody commits any data.
    case stopped
    /// There is something to read, commits go on, and this partition's offset does not move.
    case stalled
    /// Moving, but further behind than the objective.
    case behind
    /// Nobody has looked at the source lately.
    case unknown
    /// Moving, and within the objective.
    case current
    /// Everything that the source has is committed.
    case idle

    /// 0 for the worst.
    public var rank: Int { LagState.allCases.firstIndex(of: self) ?? 0 }

    public static func worst(of states: some Sequence<LagState>) -> LagState? { states.min { $0.rank < $1.rank } }

    /// What `tarn lag` exits with.
    public var exitCode: Int32 {
        switch self {
        case .current, .idle: 0
        case .missing, .rewound, .stopped, .stalled, .behind: 1
        case .unknown: 2
        }
    }
}
