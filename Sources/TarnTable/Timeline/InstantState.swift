/// How far an instant has come. Each step adds a file and leaves the earlier ones (hudi-format §2.4).
package enum InstantState: String, Hashable, Sendable, CaseIterable, Comparable {
    case requested, inflight, completed

    private var rank: Int { self == .requested ? 0 : self == .inflight ? 1 : 2 }
    package static func < (left: InstantState, right: InstantState) -> Bool { left.rank < right.rank }
}
